// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts
import Wire

/// Whether scenarios are consistent: the file in itself, and the file with its two sources.
public enum Check {
  /// All problems of the named scenarios, or of all, sorted by place; empty if there are none.
  ///
  /// - Parameter patterns: names, or patterns with `*` and `?`.
  /// - Throws: ``CatalogueError``.
  public static func problems(
    repository: String, matching patterns: [String] = []
  ) throws -> [Problem] {
    try Catalogue.names(repository: repository, matching: patterns).flatMap { name in
      problems(of: name, repository: repository)
    }
  }

  /// A file that can't be read is one problem among the others.
  private static func problems(of name: String, repository: String) -> [Problem] {
    let yaml = "scenarios/\(name).yaml"
    var unreadable: [String: UnreadableFile] = [:]
    func text(_ path: String) throws(UnreadableFile) -> String? {
      do {
        return try ScenarioText.readFile(path, ofRepository: repository)
      } catch {
        guard path != yaml else { throw error }
        unreadable[path] = error
        return nil
      }
    }
    do {
      let text = try ScenarioText.read(name, text: text)
      let found = problems(of: text).filter { unreadable[$0.file] == nil }
      return (found + unreadable.map { Problem($0.value, file: $0.key) }).sorted()
    } catch {
      return [Problem(error, file: yaml)]
    }
  }

  /// All problems of one scenario, sorted by place.
  public static func problems(of text: ScenarioText) -> [Problem] {
    let file = "scenarios/\(text.name).yaml"
    do {
      let (scenario, lines) = try ScenarioFile.parseWithLines(text.yaml, file: file)
      let declared = DeclarationCheck(scenario: scenario, file: file, lines: lines).problems
      let sources = SourceCheck(
        scenario: scenario, text: text, hookLine: lines["hook.bpf"] ?? 1)
      return (declared + sources.problems).firstOfFile
    } catch {
      return error.problems
    }
  }
}

extension Problem {
  init(_ unreadable: UnreadableFile, file: String) {
    self.init(file: file, line: 1, message: "the file can't be read: \(unreadable.reason)")
  }
}

/// Whether a scenario's file is consistent with itself and with the design.
struct DeclarationCheck {
  let scenario: Scenario
  let file: String
  let lines: [String: Int]

  var problems: [Problem] {
    var problems = general + workload + attachments + chance + mirrors + differs
    for mechanism in Mechanism.allCases { problems += expectation(mechanism) }
    return problems
  }

  /// - Parameter path: the key that is to blame; if it isn't in the file, the one around it.
  private func problem(_ path: String, _ message: String) -> Problem {
    var parts = path.split(separator: ".")
    while !parts.isEmpty {
      if let line = lines[parts.joined(separator: ".")] {
        return Problem(file: file, line: line, message: message)
      }
      parts.removeLast()
    }
    return Problem(file: file, line: 1, message: message)
  }

  private var general: [Problem] {
    var problems: [Problem] = []
    if scenario.weakness.wholeMatch(of: /CWE-[1-9][0-9]*/) == nil {
      problems.append(
        problem("weakness", "weakness \"\(scenario.weakness)\" must be like CWE-476"))
    }
    let words = scenario.lesson.split(whereSeparator: \.isWhitespace).count
    if !(100...200).contains(words) {
      problems.append(problem("lesson", "the lesson must have 100 to 200 words, and has \(words)"))
    }
    if (scenario.observation.variable == nil) == (scenario.observation.map == nil) {
      problems.append(
        problem("observation", "an observation has either a variable or a map"))
    }
    if scenario.observation.value == 0 {
      problems.append(
        problem(
          "observation.value",
          "an observation of 0 proves nothing: a twin that does not run reports it, too"))
    }
    return problems
  }

  private var mirrors: [Problem] {
    (scenario.mirrors ?? []).filter {
      $0.wholeMatch(of: /(CVE-[0-9]{4}-[0-9]{4,}|commit [0-9a-f]{12,40}):? +\S(?s:.)*/) == nil
    }.map {
      problem(
        "mirrors",
        "\"\($0)\" must be a CVE or a commit, and what it was: \"CVE-2021-31440: …\" or "
          + "\"commit 4b81ccebaeee …\"")
    }
  }

  /// The same function or event, whatever the way to it, is the same hook.
  private var differs: [Problem] {
    let hook = scenario.hook
    guard hook.differs == nil else { return [] }
    func plain(_ text: String) -> String { text.lowercased().replacing("_", with: " ") }
    let parts = hook.bpf.split(separator: /\s*,\s*|\s+and\s+/).map(String.init)
    let same = parts.allSatisfy { part in
      let name = part.split(separator: "/").dropFirst().last.map(String.init)
      return plain(hook.lkm).contains(plain(name ?? String(part.prefix { $0 != " " })))
    }
    guard !same else { return [] }
    return [
      problem(
        "hook",
        "the hooks \"\(hook.bpf)\" and \"\(hook.lkm)\" are not the same: say what differs, in "
          + "hook.differs")
    ]
  }

  private var workload: [Problem] {
    guard !scenario.workload.isEmpty else {
      return [problem("workload", "the workload must have at least one step")]
    }
    return scenario.workload.enumerated().compactMap { index, step in
      guard case .systemCall(let name, _, let callers) = step else { return nil }
      if callers > 1, Scenario.pairedSystemCalls.contains(name) {
        return problem(
          "workload[\(index)].callers", "\(name) needs other calls around it: it has one caller")
      }
      guard !Scenario.knownSystemCalls.contains(name) else { return nil }
      let known = Scenario.knownSystemCalls
      return problem(
        "workload[\(index)].syscall",
        "the agent makes no system call \"\(name)\"\(didYouMean(name, among: known)) "
          + "(it makes: \(known.joined(separator: ", ")))")
    }
  }

  private var attachments: [Problem] {
    scenario.attach.enumerated().compactMap { index, attach in
      let needsDevice = [.tcIngress, .tcEgress, .xdp].contains(attach.to)
      if needsDevice, attach.device == nil {
        return problem("attach[\(index)]", "\(attach.to.rawValue) needs a device, such as lo")
      }
      if !needsDevice, attach.device != nil {
        return problem("attach[\(index)].device", "\(attach.to.rawValue) has no device")
      }
      if attach.to != .iterator, attach.map != nil {
        return problem("attach[\(index)].map", "a map goes with an iterator only")
      }
      return nil
    }
  }

  private func expectation(_ mechanism: Mechanism) -> [Problem] {
    let path = "twins.\(mechanism.rawValue)"
    let twin = scenario.twins[mechanism]
    var problems = expectation(mechanism, twin.armed, at: "\(path).armed")
    if let sensitive = twin.sensitive {
      problems += expectation(mechanism, sensitive, at: "\(path).sensitive")
    } else if twin.armed.verdict == .survived {
      problems.append(
        problem(
          path,
          "a twin expected survived must say under sensitive what a kernel with all its checks shows: "
            + "add \(path).sensitive, with verdict and because"
        ))
    }
    for (index, item) in (twin.kernels ?? []).enumerated() {
      problems += self.kernel(mechanism, item, at: "\(path).kernels[\(index)]")
    }
    problems += built(twin, path)
    let verdicts =
      [twin.armed.verdict, twin.sensitive?.verdict]
      + (twin.kernels ?? []).map(\.expectation.verdict)
    if verdicts.contains(.contained), twin.guardName == nil {
      problems.append(problem(path, "a twin expected contained must name its guard"))
    }
    if !verdicts.contains(.contained), twin.guardName != nil {
      problems.append(problem("\(path).guard", "a guard goes only with contained"))
    }
    return problems
  }

  private func kernel(
    _ mechanism: Mechanism, _ item: KernelExpectation, at path: String
  ) -> [Problem] {
    var problems = expectation(mechanism, item.expectation, at: path)
    if item.range.isEmpty {
      problems.append(problem(path, "say which kernels: from, before, with or without"))
    }
    let bounds = [("from", item.from), ("before", item.before)]
    for case (let key, let text?) in bounds where KernelVersion(text) == nil {
      problems.append(
        problem("\(path).\(key)", "\"\(text)\" is not a version such as 6.12 or 6.1.115"))
    }
    if let from = item.from.flatMap(KernelVersion.init),
      let before = item.before.flatMap(KernelVersion.init), !(from < before)
    {
      problems.append(problem(path, "no kernel is both from \(from) and before \(before)"))
    }
    if let commit = item.commit, commit.wholeMatch(of: /[0-9a-f]{12,40}/) == nil {
      problems.append(
        problem("\(path).commit", "\"\(commit)\" is not a commit of Linux: 12 to 40 digits"))
    }
    return problems
  }

  private func expectation(
    _ mechanism: Mechanism, _ expected: Expectation, at path: String
  ) -> [Problem] {
    var problems: [Problem] = []
    if expected.verdict == .inconclusive {
      problems.append(
        problem(
          "\(path).verdict", "inconclusive is a failure of the laboratory, not an expectation"))
    }
    if expected.verdict == .notRun {
      problems.append(
        problem("\(path).verdict", "not-run is the answer to a program that try never saw run"))
    }
    problems += by(mechanism, expected, at: path)
    if expected.category != nil,
      expected.verdict != .rejected || expected.by != Gate.verifier.rawValue
    {
      problems.append(
        problem("\(path).category", "a category goes only with rejected by verifier"))
    }
    for kind in expected.kinds where !kind.canStandBehind(expected.verdict) {
      problems.append(
        problem(
          "\(path).kinds", "\(kind.rawValue) can't go with \(expected.verdict.rawValue)"))
    }
    return problems
  }

  private func built(_ twin: Scenario.Twin, _ path: String) -> [Problem] {
    switch (twin.built, twin.builtBecause) {
    case (.twice, nil):
      [problem("\(path).built", "built: twice needs built_because: why one object can't do")]
    case (.twice, _?), (.once, nil), (nil, nil): []
    case (.once, _?), (nil, _?):
      [problem("\(path).built_because", "built_because goes only with built: twice")]
    }
  }

  /// A share that a single trial decides is meaningless.
  private var chance: [Problem] {
    guard let chance = scenario.repeat, chance.agree * Double(chance.times) < 1 else { return [] }
    return [
      problem(
        "repeat.agree",
        "of \(chance.times) trials a share of \(chance.agree) is less than one")
    ]
  }

  /// `by` names a gate of this mechanism for a rejection, the guard for a containment.
  private func by(
    _ mechanism: Mechanism, _ expected: Expectation, at path: String
  ) -> [Problem] {
    let twin = scenario.twins[mechanism]
    switch (expected.verdict, expected.by) {
    case (.rejected, nil):
      return [problem(path, "rejected needs by: \(gates(mechanism))")]
    case (.rejected, let by?):
      let fits = Gate(rawValue: by).map { $0.canRefuse(mechanism) } ?? false
      return fits
        ? []
        : [problem("\(path).by", "\"\(by)\" can't refuse this twin; allowed: \(gates(mechanism))")]
    case (.contained, let by?) where by != twin.guardName:
      return [problem("\(path).by", "by must be the twin's guard if a fault is contained")]
    case (.contained, _), (_, nil): return []
    case (let verdict, _?):
      return [problem("\(path).by", "by goes only with rejected, not with \(verdict.rawValue)")]
    }
  }

  private func gates(_ mechanism: Mechanism) -> String {
    Gate.allCases.filter { $0.canRefuse(mechanism) }.map(\.rawValue).joined(separator: ", ")
  }
}

extension Gate {
  /// The mechanism whose way into the kernel this gate guards.
  fileprivate func canRefuse(_ mechanism: Mechanism) -> Bool {
    switch self {
    case .compiler, .policy: true
    case .libbpf, .verifier, .attach: mechanism == .bpf
    case .moduleLoader: mechanism == .lkm
    }
  }
}

extension Kind {
  /// Whether the kernel's finding can go with a ruling: nothing is reported about what was refused,
  /// contained or unnoticed, and a kind that is defined by the guest's end goes with that end only.
  fileprivate func canStandBehind(_ ruling: Ruling) -> Bool {
    let possible: Set<Ruling> =
      switch self {
      case .softLockup, .hardLockup, .rcuStall, .hungTask, .workqueueLockup: [.hung, .warned]
      case .reboot: [.reset]
      case .noOutput: [.reset, .hung]
      case .panic, .initDied, .mountFailure: [.panicked]
      case .outOfMemory: [.panicked, .warned, .leaked]
      case .memoryLeak: [.leaked, .warned]
      case .informationLeak: [.leaked, .corrupted, .warned]
      default: [.corrupted, .warned, .oopsed, .panicked, .hung]
      }
    return possible.contains(ruling)
  }
}

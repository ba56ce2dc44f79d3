// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts
public import Wire
import Yams

/// Reads `scenarios/<name>.yaml`.
public enum ScenarioFile {
  /// The scenario in a file.
  ///
  /// - Parameters:
  ///   - path: the file's; its name without `.yaml` must be the scenario's.
  ///   - shown: what messages call the file; the path by default.
  /// - Throws: ``InvalidScenario`` with all problems, ``UnreadableFile``.
  public static func read(_ path: String, shownAs shown: String? = nil) throws -> Scenario {
    try parse(try readText(path), file: shown ?? path)
  }

  /// The scenario in a text.
  ///
  /// - Parameter file: what messages call it; its name without `.yaml` must be the scenario's.
  /// - Throws: ``InvalidScenario`` with all problems.
  public static func parse(_ text: String, file: String) throws(InvalidScenario) -> Scenario {
    try parseWithLines(text, file: file).scenario
  }

  /// Also returns the line of each key.
  static func parseWithLines(
    _ text: String, file: String
  ) throws(InvalidScenario) -> (scenario: Scenario, lines: [String: Int]) {
    let report = YAMLProblems(file: file)
    let scenario = report.root(of: text).flatMap { node in
      Scenario(
        YAMLFields(
          node, at: "",
          known: [
            "name", "title", "family", "weakness", "job", "fault", "hook", "cpus", "modules",
            "attach", "workload", "armed_privileges", "repeat", "observation", "watch", "twins",
            "lesson", "references", "mirrors",
          ], in: report))
    }
    if let scenario {
      checkName(scenario.name, in: report)
      checkForeignNames(scenario, in: report)
    }
    guard let scenario, report.problems.isEmpty else {
      throw InvalidScenario(problems: report.problems.firstOfFile)
    }
    return (scenario, report.lines)
  }

  /// A name becomes part of paths: what it may hold keeps those inside their folders.
  private static func checkName(_ name: String, in report: YAMLProblems) {
    guard !name.isEmpty else { return }
    let line = report.lines["name"] ?? 1
    guard Scenario.isName(name) else {
      report.add(
        line, "name \"\(name)\" must be lower-case letters, digits and hyphens, a letter first")
      return
    }
    let fileName = report.file.split(separator: "/").last.map(String.init) ?? report.file
    if fileName != "\(name).yaml" {
      report.add(line, "name \"\(name)\" must be the file's: \(fileName)")
    }
  }
}

extension ScenarioFile {
  /// These too become parts of paths, below `/sys` and in the guest's image.
  private static func checkForeignNames(_ scenario: Scenario, in report: YAMLProblems) {
    let observed =
      [
        ("observation.variable", scenario.observation.variable),
        ("observation.map", scenario.observation.map),
      ] + scenario.attach.enumerated().map { ("attach[\($0)].map", $1.map) }
    for case (let path, let name?) in observed
    where name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil {
      report.add(report.lines[path] ?? 1, "\(path) \"\(name)\" must be a name in C")
    }
    for (path, names) in [("modules", scenario.modules), ("watch", scenario.watch)] {
      for name in names where name.wholeMatch(of: /[A-Za-z0-9_:][A-Za-z0-9_.:-]*/) == nil {
        report.add(
          report.lines[path] ?? 1,
          "\"\(name)\" in \(path) must be letters, digits, hyphens and underscores")
      }
    }
  }
}

extension Scenario {
  package static func isName(_ name: String) -> Bool {
    guard let first = name.utf8.first, isLetter(first) else { return false }
    return name.utf8.allSatisfy {
      isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-")
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }

  fileprivate init(_ fields: YAMLFields) {
    name = fields.string("name")
    title = fields.string("title")
    family = fields.choice("family") ?? .memory
    weakness = fields.string("weakness")
    job = fields.string("job")
    fault = fields.string("fault")
    let hook = fields.fields("hook", known: ["lkm", "bpf", "differs"])
    self.hook = Hook(
      lkm: hook?.string("lkm") ?? "", bpf: hook?.string("bpf") ?? "",
      differs: hook?.optionalString("differs"))
    cpus = fields.optionalInteger("cpus", in: 1...2) ?? 1
    modules = fields.strings("modules")
    attach = fields.items("attach", known: ["program", "to", "device", "map"]).map {
      Attachment(
        program: $0.string("program"), to: $0.choice("to") ?? .testRun,
        device: $0.optionalString("device"), map: $0.optionalString("map"))
    }
    workload = fields.steps("workload")
    if !fields.has("workload") {
      fields.missing("workload")
    }
    armedPrivileges = fields.optionalChoice("armed_privileges")
    `repeat` = fields.has("repeat") ? Repeat(fields) : nil
    let observation = fields.fields("observation", known: ["variable", "map", "value"])
    self.observation = Observation(
      variable: observation?.optionalString("variable"),
      map: observation?.optionalString("map"),
      value: observation?.integer("value", in: Int64.min...Int64.max) ?? 0)
    watch = fields.strings("watch")
    let twins = fields.fields("twins", known: ["lkm", "bpf"])
    self.twins = Twins(lkm: Twin(twins, "lkm"), bpf: Twin(twins, "bpf"))
    lesson = fields.string("lesson")
    references = fields.strings("references")
    mirrors = fields.has("mirrors") ? fields.strings("mirrors") : nil
  }
}

extension Scenario.Twin {
  fileprivate init(_ twins: YAMLFields?, _ mechanism: String) {
    self.init(
      twins?.fields(
        mechanism, known: ["guard", "built", "built_because", "armed", "sensitive", "kernels"]))
  }

  init(_ fields: YAMLFields?) {
    guardName = fields?.optionalString("guard")
    built = fields?.optionalChoice("built")
    builtBecause = fields?.optionalString("built_because")
    armed = Expectation(fields, "armed")
    sensitive = fields?.has("sensitive") == true ? Expectation(fields, "sensitive") : nil
    kernels =
      fields?.has("kernels") == true
      ? fields?.items("kernels", known: KernelExpectation.keys).map(KernelExpectation.init) : nil
  }
}

extension Expectation {
  fileprivate init(_ twin: YAMLFields?, _ key: String) {
    self.init(twin?.fields(key, known: Self.keys))
  }

  fileprivate static let keys = ["verdict", "by", "kinds", "category", "because"]

  fileprivate init(_ fields: YAMLFields?) {
    self.init(
      verdict: fields?.choice("verdict") ?? .inconclusive, by: fields?.optionalString("by"),
      kinds: fields?.choices("kinds") ?? [], category: fields?.optionalChoice("category"),
      because: fields?.string("because") ?? "")
  }
}

extension KernelExpectation {
  fileprivate static let keys =
    ["from", "before", "with", "without", "commit", "profile"] + Expectation.keys

  fileprivate init(_ fields: YAMLFields) {
    self.init(
      from: fields.optionalString("from"), before: fields.optionalString("before"),
      with: fields.optionalString("with"), without: fields.optionalString("without"),
      commit: fields.optionalString("commit"), profile: fields.optionalString("profile"),
      expectation: Expectation(fields))
  }
}

extension Scenario.Repeat {
  fileprivate init(_ fields: YAMLFields) {
    let fields = fields.fields("repeat", known: ["times", "agree", "because"])
    times = fields?.integer("times", in: 2...100) ?? 2
    agree = fields?.share("agree") ?? 1
    because = fields?.string("because") ?? ""
  }
}

extension YAMLFields {
  /// The steps of a workload.
  func steps(_ key: String) -> [WorkStep] {
    items(key, known: WorkStep.keys).compactMap { WorkStep($0) }
  }
}

extension WorkStep {
  fileprivate static let names = [
    "syscall", "files", "packets", "connections", "held", "release", "processes", "signals",
    "bystander", "sleep_ms",
    "iterate", "trigger", "shell", "devices", "unload",
  ]
  /// A workload must end within a trial's time.
  private static let counts = 1...1_000_000
  fileprivate static let keys = names + ["times", "callers"]

  /// Nil if the item is not one step; the report then says so.
  fileprivate init?(_ fields: YAMLFields) {
    let named = fields.keys.subtracting(["times", "callers"])
    guard let name = named.first, named.count == 1 else {
      guard fields.isMapping else { return nil }
      fields.report.add(
        fields.line,
        "\(fields.path) must have exactly one of \(WorkStep.names.joined(separator: ", "))")
      return nil
    }
    for key in ["times", "callers"] where name != "syscall" && fields.has(key) {
      fields.report.add(fields.line, "\(key) in \(fields.path) goes with syscall only")
    }
    switch name {
    case "syscall":
      self = .systemCall(
        name: fields.string(name),
        times: fields.optionalInteger("times", in: WorkStep.counts) ?? 1,
        callers: fields.optionalInteger("callers", in: 1...8) ?? 1)
    case "files": self = .files(count: fields.integer(name, in: WorkStep.counts))
    case "packets": self = .packets(count: fields.integer(name, in: WorkStep.counts))
    case "connections": self = .connections(count: fields.integer(name, in: WorkStep.counts))
    case "held": self = .held(count: fields.integer(name, in: WorkStep.counts))
    case "release":
      fields.requireTrue(name)
      self = .release
    case "processes": self = .processes(count: fields.integer(name, in: WorkStep.counts))
    case "sleep_ms": self = .sleep(milliseconds: fields.integer(name, in: 1...60_000))
    case "signals": self = .signals(count: fields.integer(name, in: WorkStep.counts))
    case "bystander": self = .bystander(writes: fields.integer(name, in: WorkStep.counts))
    case "iterate": self = .iterate(times: fields.integer(name, in: WorkStep.counts))
    case "trigger": self = .trigger(times: fields.integer(name, in: WorkStep.counts))
    case "shell": self = .shell(line: fields.string(name))
    case "devices": self = .devices(times: fields.integer(name, in: WorkStep.counts))
    default:
      fields.requireTrue(name)
      self = .unload
    }
  }

  /// One step as in a scenario's file: `files: 8`, `{syscall: getpid, times: 64}`.
  ///
  /// - Throws: ``InvalidScenario`` with what is wrong, or Yams' message if it is not YAML.
  public static func reading(_ text: String) throws -> WorkStep {
    let report = YAMLProblems(file: text)
    let node = try Yams.compose(yaml: text) ?? Node("")
    let step = WorkStep(YAMLFields(node, at: "the step", known: keys, in: report))
    if case .systemCall(let name, _, _) = step, report.problems.isEmpty,
      !Scenario.knownSystemCalls.contains(name)
    {
      let near = didYouMean(name, among: Scenario.knownSystemCalls)
      report.add(1, "no system call \"\(name)\" is known here\(near)")
    }
    guard let step, report.problems.isEmpty else {
      throw InvalidScenario(problems: report.problems)
    }
    return step
  }
}

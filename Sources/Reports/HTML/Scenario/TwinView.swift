// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// One twin of a scenario: its result, shown in its source and its logs.
struct TwinViews {
  private let run: RunRecord
  private let evidence: RunEvidence
  private let links: String?
  /// Whether nothing was expected, and there is no twin to compare with.
  private let isTried: Bool
  /// By the trial in which the fault went unnoticed.
  private let looks: [TrialID: SecondLook]
  private let lookIDs: Set<TrialID>
  /// The most bytes of each log, so that the page stays small whatever the run.
  private let logLimit: Int

  init(_ run: RunRecord, evidence: RunEvidence, links: String?) {
    self.run = run
    self.evidence = evidence
    self.links = links
    isTried = run.header.tried != nil
    let all = run.secondLooks
    looks = Dictionary(all.map { ($0.first, $0) }, uniquingKeysWith: { $1 })
    lookIDs = Set(all.map(\.id)).subtracting(run.header.trials)
    logLimit = min(max((6 << 20) / max(run.scenarios.count * 2, 1), 4 << 10), 96 << 10)
  }

  func view(_ mechanism: Mechanism, _ scenario: Scenario, _ source: String, _ own: [TrialRecord])
    throws -> View
  {
    let armed = own.filter {
      $0.id.mechanism == mechanism && ($0.id.armed || isTried) && !lookIDs.contains($0.id)
    }
    let shown = armed.first { $0.outcome != .met && $0.outcome != .skipped } ?? armed.first
    let path = scenario.sourcePath(mechanism)
    let file = isTried ? Self.name(of: path) : path
    let blamed = shown?.verdict.source.flatMap { source in
      (isTried ? Self.name(of: source.file) : source.file) == file ? source.line : nil
    }
    let declared = scenario.twins[mechanism].armed
    var way: Set<Int> = []
    var view: View = [
      "mechanism": mechanism.title, "id": mechanism.rawValue, "scenario": scenario.name,
      "file": file, "proof": "", "evidence": [View](),
      "hook": mechanism == .bpf ? scenario.hook.bpf : scenario.hook.lkm,
      "because": Prose.view(declared.because), "expected": isTried ? "" : declared.phrase,
      "hasSource": !isTried || !source.isEmpty,
      "hasTrial": shown != nil, "others": others(armed, shown),
    ]
    if let shown {
      view.merge(verdict(shown)) { $1 }
      var logs: [LogView] = []
      if let text = try evidence.text("verifier.log", of: shown, limit: logLimit) {
        let log = logView("verifier.log", text, shown)
        logs.append(log)
        view.merge(try refusal(shown, log)) { $1 }
        // The way may begin before what the page shows of the log.
        let whole =
          text.skipped == 0 ? text : try evidence.text("verifier.log", of: shown, limit: 1 << 20)
        let steps = VerifierSteps(whole ?? text, source: source, file: file)
        view.merge(steps.view) { $1 }
        way = steps.way
      }
      let console = try consoleView(shown)
      logs += console.map { [$0] } ?? []
      view.merge(try remains(console, shown, lines: 24)) { $1 }
      view["evidence"] = try cited(shown, logs)
      view["proof"] = try proof(shown, own)
      // Armed, if it was let in; it is the same object either way.
      let loaded = [shown] + own.filter { $0.id.mechanism == mechanism && !$0.id.armed }
      view.merge(try inspection(loaded)) { $1 }
      if let look = try looks[shown.id].map(secondLook) { view["look"] = look }
    }
    view["source"] = SourceView(source, blamed: blamed, way: way).view
    return view
  }

  private static func name(of path: String) -> String {
    String(path.split(separator: "/").last ?? "")
  }

  // MARK: - Its result

  private func verdict(_ trial: TrialRecord) -> View {
    let verdict = trial.verdict
    let rulingClass = verdict.ruling.rulingClass
    return [
      "class": rulingClass.rawValue, "sign": rulingClass.sign, "verdict": trial.said,
      "title": verdict.title ?? "", "outcome": trial.standing.rawValue,
      "isMet": trial.outcome == (isTried ? .skipped : .met), "reason": trial.reason ?? "",
      "note": isTried && trial.outcome == .skipped ? verdict.reason ?? "" : "",
      "trial": trial.id.phrase,
      "place": verdict.source.map { "\($0.file):\($0.line)" } ?? "",
      "environment": environment(trial),
    ]
  }

  /// The lines that the verdict rests on, each with where the page, or the copy of the evidence
  /// beside it, shows it.
  private func cited(_ trial: TrialRecord, _ logs: [LogView]) throws -> [View] {
    let copies = try files(trial)
    return trial.verdict.evidence.prefix(12).map { line in
      let log = logs.first { $0.file == line.file }
      let file = copies.first { $0["name"] as? String == line.file }?["link"] as? String
      return [
        "file": line.file, "line": line.line, "text": DisplayText.cutEnd(line.text, to: 300),
        "link": log?.address(of: line.line) ?? file ?? "",
      ]
    }
  }

  /// For a fault that did no visible harm: what shows that it ran at all.
  private func proof(_ trial: TrialRecord, _ own: [TrialRecord]) throws -> String {
    guard trial.id.armed, [.contained, .survived].contains(trial.verdict.ruling),
      let text = try evidence.text("agent.jsonl", of: trial),
      let faults = AgentTimeline.faults(text.lines)
    else { return "" }
    let control = own.first {
      !$0.id.armed && $0.id.mechanism == trial.id.mechanism && $0.id.kernel == trial.id.kernel
        && $0.outcome == .met
    }
    let times = faults == 1 ? "once" : "\(faults) times"
    var sentence =
      faults == 0 ? "The twin counted no run of its faulty code." : "Its faulty code ran \(times)."
    if let observed = trial.observed {
      sentence += " The job came to \(observed)"
      if let usual = control?.observed {
        sentence += usual == observed ? ", as it does disarmed" : ", and to \(usual) disarmed"
      }
      sentence += "."
    }
    if trial.verdict.ruling == .contained, let by = trial.verdict.by {
      sentence += " What absorbed it: \(by)."
    }
    let isHealthy = trial.verdict.evidence.contains { $0.text == "healthy" }
    return sentence + (isHealthy ? " The kernel then passed every health check." : "")
  }

  private func environment(_ trial: TrialRecord) -> String {
    let kernel = run.header.kernels.first { $0.name == trial.id.kernel }?.release
    let started = trial.started.map { ", guest \($0.rawValue)" } ?? ""
    return "Linux \(kernel ?? trial.id.kernel), profile \(trial.id.profile), "
      + "\(run.header.accelerator)\(started) in \(duration(trial.seconds.start)), trial "
      + duration(trial.seconds.trial)
  }

  /// The verdicts of other kernels, profiles and repetitions that are not like the one shown.
  private func others(_ armed: [TrialRecord], _ shown: TrialRecord?) -> [View] {
    var seen: Set<String> = []
    return armed.filter { $0.verdict.phrase != shown?.verdict.phrase }
      .filter { seen.insert("\($0.id.kernel) \($0.id.profile) \($0.verdict.phrase)").inserted }
      .prefix(20).map {
        let rulingClass = $0.verdict.ruling.rulingClass
        return [
          "trial": $0.id.phrase, "class": rulingClass.rawValue, "sign": rulingClass.sign,
          "verdict": $0.said, "outcome": $0.outcome == .met ? "" : $0.standing.rawValue,
        ]
      }
  }

  private func secondLook(_ look: SecondLook) throws -> View {
    // Every key is set: Mustache would look for a missing one in the first trial.
    var view: View = [
      "profile": look.id.profile, "sentence": look.sentence, "hasSecond": look.second != nil,
      "hasExcerpt": false, "hasConsole": false,
    ]
    guard let second = look.second else { return view }
    view.merge(verdict(second)) { $1 }
    view["isMet"] = second.outcome == .met || second.outcome == .skipped
    view.merge(try remains(try consoleView(second), second, lines: 12)) { $1 }
    return view
  }

  // MARK: - What it left

  private func logView(_ file: String, _ text: EvidenceText, _ trial: TrialRecord) -> LogView {
    let look = lookIDs.contains(trial.id) ? "-second" : ""
    return LogView(
      file, text, evidence: trial.verdict.evidence,
      anchor: "e-\(trial.id.scenario)-\(trial.id.mechanism.rawValue)\(look)")
  }

  private func refusal(_ trial: TrialRecord, _ log: LogView) throws -> View {
    [
      "verifier": log.view, "explanation": try explanation(trial, log.text) ?? [:],
      "hasExplanation": trial.verdict.ruling == .rejected,
    ]
  }

  /// A log that was cut is read again, completely: the path may begin in its middle.
  private func explanation(_ trial: TrialRecord, _ log: EvidenceText) throws -> View? {
    guard trial.verdict.ruling == .rejected else { return nil }
    let whole =
      log.skipped == 0 ? log : try evidence.text("verifier.log", of: trial, limit: 16 << 20)
    let lines = (whole ?? log).lines
    guard let rejection = VerifierLog.rejection(in: Array(lines.joined(separator: "\n").utf8))
    else { return nil }
    return [
      "headline": rejection.headline, "text": Prose.view(rejection.explanation),
      "suggestion": Prose.view(rejection.suggestion), "message": rejection.message,
      "instruction": rejection.instruction.map { "\($0.index): \($0.text)" } ?? "",
      "registers": rejection.registers.prefix(16).map {
        ["name": $0.name, "state": $0.state] as View
      },
      "hasRegisters": !rejection.registers.isEmpty,
      "path": rejection.path.map {
        ["number": $0.instruction, "text": $0.text, "why": $0.why] as View
      },
      "hasPath": !rejection.path.isEmpty,
    ]
  }

  private func consoleView(_ trial: TrialRecord) throws -> LogView? {
    guard let text = try evidence.text("console.log", of: trial, limit: logLimit),
      !text.lines.isEmpty
    else { return nil }
    var log = logView("console.log", text, trial)
    log.places = try frames(trial)
    return log
  }

  private func remains(_ console: LogView?, _ trial: TrialRecord, lines: Int) throws -> View {
    var view: View = ["timeline": try timeline(trial), "files": try files(trial)]
    guard let log = console else { return view }
    let excerpt = log.excerpt(lines)
    view["console"] = log.view
    view["hasConsole"] = true
    view["excerpt"] = excerpt
    view["hasExcerpt"] = !excerpt.isEmpty
    return view
  }

  /// What was seen of the program while it was loaded, in the first trial in which it was.
  private func inspection(_ trials: [TrialRecord]) throws -> View {
    for trial in trials {
      guard let seen = try log("bpftool.txt", trial) else { continue }
      var view: View = ["bpftool": seen, "inspectedArm": trial.id.armed ? "armed" : "disarmed"]
      if let code = try log("jited.txt", trial) { view["jited"] = code }
      return view
    }
    return [:]
  }

  private func log(_ name: String, _ trial: TrialRecord) throws -> View? {
    guard let text = try evidence.text(name, of: trial, limit: logLimit), !text.lines.isEmpty
    else { return nil }
    return LogView(name, text, evidence: []).view
  }

  private func frames(_ trial: TrialRecord) throws -> [String: SourcePlace] {
    try evidence.json("frames.json", of: trial) ?? [:]
  }

  /// When what happened, by the agent's messages.
  private func timeline(_ trial: TrialRecord) throws -> [View] {
    guard let text = try evidence.text("agent.jsonl", of: trial) else { return [] }
    let entries = AgentTimeline.entries(text.lines)
    return entries.map { ["seconds": decimal($0.seconds, 3), "what": $0.what] }
  }

  private func files(_ trial: TrialRecord) throws -> [View] {
    guard let links, let folder = trial.evidenceDirectory else { return [] }
    return try evidence.files(of: trial).map {
      ["name": $0, "link": "\(links)/\(folder)/\($0)"]
    }
  }
}

/// Sentences with `code` between backticks.
enum Prose {
  static func view(_ text: String) -> [View] {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false)
    // Without its partner a backtick is a backtick.
    guard parts.count % 2 == 1 else { return [["plain": text, "code": ""]] }
    return parts.enumerated().map { index, part in
      index % 2 == 0 ? ["plain": part, "code": ""] : ["plain": "", "code": part]
    }
  }
}

extension Expectation {
  fileprivate var phrase: String {
    let gate = by.map { " by \($0)" } ?? ""
    let kinds = kinds.map(\.rawValue).joined(separator: " or ")
    let finding = kinds.isEmpty ? category?.rawValue ?? "" : kinds
    return "\(verdict.rawValue)\(gate)\(finding.isEmpty ? "" : ": \(finding)")"
  }
}

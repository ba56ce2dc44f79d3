import FoundationEssentials
import Record
import Scenarios
import Verdicts

/// A section a scenario: what happened to its twins, shown in the sources and the logs.
struct ScenarioViews {
  private let run: RunRecord
  private let evidence: RunEvidence
  private let links: String?
  private let trials: [String: [TrialRecord]]

  init(_ run: RunRecord, evidence: RunEvidence, links: String?) {
    self.run = run
    self.evidence = evidence
    self.links = links
    trials = Dictionary(grouping: run.currentTrials, by: \.id.scenario)
  }

  var views: [View] {
    get throws {
      try run.scenarios.compactMap { scenario in
        guard let own = trials[scenario.name] else { return nil }
        return try section(scenario, own)
      }
    }
  }

  private func section(_ scenario: Scenario, _ own: [TrialRecord]) throws -> View {
    let sources = try evidence.sources(scenario.name)
    let kernels = own.map(\.id.kernel).withoutRepeats
    return [
      "name": scenario.name, "title": scenario.title, "family": scenario.family.rawValue,
      "weakness": scenario.weakness, "weaknessNumber": scenario.weakness.dropFirst(4),
      "job": scenario.job, "fault": scenario.fault, "differs": scenario.hook.differs ?? "",
      "lesson": paragraphs(scenario.lesson), "references": scenario.references,
      "twins": try Mechanism.allCases.map { try twin($0, scenario, sources, own) },
      "control": control(own), "observation": scenario.observation.value,
      "trials": trialRows(own),
      "omittedTrials": own.count > ScenarioViews.shownTrials
        ? "\(own.count - ScenarioViews.shownTrials)" : "",
      "command": "./panicroom run \(scenario.name)"
        + kernels.map { " --kernel \($0)" }.joined(),
    ]
  }

  private func paragraphs(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0.allSatisfy(\.isWhitespace) }.map { $0.joined(separator: " ") }
  }

  // MARK: - A twin

  private func twin(
    _ mechanism: Mechanism, _ scenario: Scenario, _ sources: ScenarioText, _ own: [TrialRecord]
  ) throws -> View {
    let armed = own.filter { $0.id.mechanism == mechanism && $0.id.armed }
    let shown = armed.first { $0.outcome != .met && $0.outcome != .skipped } ?? armed.first
    let file = scenario.sourcePath(mechanism)
    let blamed = shown?.verdict.source.flatMap { $0.file == file ? $0.line : nil }
    let declared = scenario.twins[mechanism].armed
    let hook = mechanism == .bpf ? scenario.hook.bpf : scenario.hook.lkm
    var view: View = [
      "mechanism": mechanism.title, "id": mechanism.rawValue, "file": file, "hook": hook,
      "because": declared.because, "expected": declared.phrase,
      "source": SourceView(sources[mechanism] ?? "", blamed: blamed).view,
      "hasTrial": shown != nil,
    ]
    if let shown {
      for (key, value) in try outcome(shown) { view[key] = value }
    }
    return view
  }

  private func outcome(_ trial: TrialRecord) throws -> View {
    let verdict = trial.verdict
    let rulingClass = verdict.ruling.rulingClass
    var view: View = [
      "class": rulingClass.rawValue, "sign": rulingClass.sign, "verdict": verdict.phrase,
      "title": verdict.title ?? "", "outcome": trial.outcome.rawValue,
      "isMet": trial.outcome == .met, "reason": trial.reason ?? "", "trial": trial.id.phrase,
      "place": verdict.source.map { "\($0.file):\($0.line)" } ?? "",
      "evidence": verdict.evidence.prefix(12).map {
        ["file": $0.file, "line": $0.line, "text": DisplayText.cutEnd($0.text, to: 300)] as View
      },
      "timeline": try timeline(trial), "files": try files(trial),
    ]
    if let text = try evidence.text("verifier.log", of: trial) {
      let log = LogView("verifier.log", text, evidence: verdict.evidence)
      let steps = VerifierSteps(text.lines)
      view["verifier"] = log.view
      view["steps"] = steps.view
      view["hasSteps"] = !steps.steps.isEmpty
      view["omittedSteps"] = steps.omitted > 0 ? "\(steps.omitted)" : ""
      view["complaint"] = steps.complaint.prefix(6).joined(separator: " ")
      view["explanation"] = explanation(text, verdict)
    }
    if let text = try evidence.text("console.log", of: trial), !text.lines.isEmpty {
      var log = LogView("console.log", text, evidence: verdict.evidence)
      log.places = try frames(trial)
      let excerpt = log.excerpt(24)
      view["console"] = log.view
      view["excerpt"] = excerpt
      view["hasExcerpt"] = !excerpt.isEmpty
    }
    return view
  }

  private func explanation(_ text: EvidenceText, _ verdict: Verdict) -> View? {
    guard verdict.ruling == .rejected,
      let rejection = VerifierLog.rejection(in: Array(text.lines.joined(separator: "\n").utf8))
    else { return nil }
    return [
      "headline": rejection.headline, "explanation": rejection.explanation,
      "suggestion": rejection.suggestion, "message": rejection.message,
    ]
  }

  private func frames(_ trial: TrialRecord) throws -> [String: SourcePlace] {
    guard let text = try evidence.text("frames.json", of: trial), text.skipped == 0 else {
      return [:]
    }
    return try JSONDecoder().decode(
      [String: SourcePlace].self, from: Data(text.lines.joined(separator: "\n").utf8))
  }

  /// When what happened, by the agent's messages.
  private func timeline(_ trial: TrialRecord) throws -> [View] {
    guard let text = try evidence.text("agent.jsonl", of: trial) else { return [] }
    let entries = AgentTimeline.entries(text.lines)
    return entries.map { ["seconds": decimal($0.seconds, 3), "what": $0.what] }
  }

  private func files(_ trial: TrialRecord) throws -> [View] {
    guard let links, let folder = trial.evidenceDirectory else { return [] }
    return try evidence.files(of: trial).map { ["name": $0, "link": "\(links)/\(folder)/\($0)"] }
  }

  // MARK: - All its trials

  private static let shownTrials = 400

  private func control(_ own: [TrialRecord]) -> [View] {
    own.filter { !$0.id.armed }.prefix(40).map {
      [
        "trial": $0.id.phrase, "observed": $0.observed.map { "\($0)" } ?? "nothing",
        "verdict": $0.verdict.phrase, "isMet": $0.outcome == .met,
      ]
    }
  }

  private func trialRows(_ own: [TrialRecord]) -> [View] {
    own.sorted { $0.outcome.urgency > $1.outcome.urgency }.prefix(ScenarioViews.shownTrials).map {
      [
        "trial": $0.id.phrase, "verdict": $0.verdict.phrase, "outcome": $0.outcome.rawValue,
        "seconds": decimal($0.seconds.total, 2),
        "started": $0.started?.rawValue ?? "",
        "place": $0.verdict.source.map { "\($0.file):\($0.line)" } ?? "",
      ]
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

extension Sequence where Element: Hashable {
  fileprivate var withoutRepeats: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

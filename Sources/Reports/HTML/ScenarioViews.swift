// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// A section a scenario: what happened to its twins, shown in the sources and the logs.
struct ScenarioViews {
  private let run: RunRecord
  private let evidence: RunEvidence
  private let twins: TwinViews
  private let trials: [String: [TrialRecord]]

  init(_ run: RunRecord, evidence: RunEvidence, links: String?) {
    self.run = run
    self.evidence = evidence
    twins = TwinViews(run, evidence: evidence, links: links)
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
      "lesson": paragraphs(scenario.lesson).map { ["parts": Prose.view($0)] as View },
      "references": scenario.references,
      "hasReferences": !scenario.references.isEmpty,
      "twins": try Mechanism.allCases.map {
        try twins.view($0, scenario, sources[$0] ?? "", own)
      },
      "control": control(own), "isEquivalent": Summary.hasControl(own),
      "observation": scenario.observation.value,
      "trials": trialRows(own),
      "omittedTrials": own.count > ScenarioViews.shownTrials
        ? "\(own.count - ScenarioViews.shownTrials)" : "",
      "command": "./panicroom run \(scenario.name)"
        + kernels.map { " --kernel \($0)" }.joined()
        + run.header.profiles.map { " --profile \($0)" }.joined(),
    ]
  }

  private func paragraphs(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0.allSatisfy(\.isWhitespace) }.map { $0.joined(separator: " ") }
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
        "sign": $0.verdict.ruling.rulingClass.sign,
        "class": $0.verdict.ruling.rulingClass.rawValue, "seconds": decimal($0.seconds.total, 2),
        "started": $0.started?.rawValue ?? "",
        "place": $0.verdict.source.map { "\($0.file):\($0.line)" } ?? "",
      ]
    }
  }
}

extension Sequence where Element: Hashable {
  fileprivate var withoutRepeats: [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}

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
  private let faults: [String: [PairedFault]]
  private let shown: [Scenario]

  init(_ run: RunRecord, _ faults: [PairedFault], evidence: RunEvidence, links: String?) {
    self.run = run
    self.evidence = evidence
    self.faults = Dictionary(grouping: faults, by: \.scenario)
    twins = TwinViews(run, evidence: evidence, links: links)
    let ages = Dictionary(
      run.kernelsByAge.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
    // The oldest kernel first, whatever ended first.
    let trials = Dictionary(grouping: run.currentTrials, by: \.id.scenario).mapValues { own in
      own.enumerated().sorted { left, right in
        let age = (ages[left.element.id.kernel] ?? 0, ages[right.element.id.kernel] ?? 0)
        return age.0 == age.1 ? left.offset < right.offset : age.0 < age.1
      }.map(\.element)
    }
    self.trials = trials
    shown = run.scenarios.filter { trials[$0.name] != nil }
  }

  /// The table of contents: each scenario with the worst verdicts of its two twins.
  var contents: [View] {
    shown.map { scenario in
      [
        "name": scenario.name, "plain": PlainTitle.of(scenario.name),
        "twins": Mechanism.allCases.map { mechanism -> View in
          let worst = (faults[scenario.name] ?? []).map { $0[mechanism] }
            .max { $0.severity < $1.severity }
          return [
            "class": worst?.rawValue ?? "none", "sign": worst?.sign ?? "–",
            "label": "\(mechanism.title): \(worst?.word ?? "no verdict that counts")",
          ]
        },
      ]
    }
  }

  var views: [View] {
    get throws {
      try shown.indices.map { index in
        var view = try section(shown[index], trials[shown[index].name] ?? [])
        let before = index > 0 ? shown[index - 1].name : ""
        let after = index + 1 < shown.count ? shown[index + 1].name : ""
        view["previous"] = before
        view["previousTitle"] = PlainTitle.of(before)
        view["next"] = after
        view["nextTitle"] = PlainTitle.of(after)
        return view
      }
    }
  }

  private func section(_ scenario: Scenario, _ own: [TrialRecord]) throws -> View {
    let mirrors = scenario.mirrors ?? []
    let sources = try evidence.sources(scenario.name)
    let kernels = own.map(\.id.kernel).withoutRepeats
    return [
      "name": scenario.name, "plain": PlainTitle.of(scenario.name), "title": scenario.title,
      "family": scenario.family.rawValue,
      "weakness": scenario.weakness, "weaknessNumber": scenario.weakness.dropFirst(4),
      "job": scenario.job, "fault": scenario.fault, "differs": scenario.hook.differs ?? "",
      "lesson": paragraphs(scenario.lesson).map { ["parts": Prose.view($0)] as View },
      "references": scenario.references.map { Reference($0).view },
      "mirrors": mirrors.map { Reference($0).view }, "hasMirrors": !mirrors.isEmpty,
      "hasReferences": !scenario.references.isEmpty,
      "twins": try Mechanism.allCases.map {
        try twins.view($0, scenario, sources[$0] ?? "", own)
      },
      "control": control(own), "isEquivalent": hasControl(own),
      "isSkipped": own.contains { !$0.id.armed && $0.outcome == .skipped }
        && !own.contains { !$0.id.armed && [.unmet, .inconclusive].contains($0.outcome) },
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

  /// Whether the control is met on each kernel that can run it.
  private func hasControl(_ own: [TrialRecord]) -> Bool {
    Summary.hasControl(own.filter { $0.outcome != .skipped })
  }

  private func control(_ own: [TrialRecord]) -> [View] {
    own.filter { !$0.id.armed }.prefix(40).map {
      [
        "trial": $0.id.phrase, "observed": $0.observed.map { "\($0)" } ?? "nothing",
        "verdict": $0.said, "isMet": $0.outcome == .met, "isSkipped": $0.outcome == .skipped,
      ]
    }
  }

  private func trialRows(_ own: [TrialRecord]) -> [View] {
    own.sorted { $0.standing.urgency > $1.standing.urgency }.prefix(ScenarioViews.shownTrials).map {
      [
        "trial": $0.id.phrase, "verdict": $0.said, "outcome": $0.standing.rawValue,
        "sign": $0.verdict.ruling.rulingClass.sign,
        "class": $0.verdict.ruling.rulingClass.rawValue, "seconds": decimal($0.seconds.total, 2),
        "started": $0.started?.rawValue ?? "",
        "place": $0.verdict.source.map { "\($0.file):\($0.line)" } ?? "",
      ]
    }
  }
}

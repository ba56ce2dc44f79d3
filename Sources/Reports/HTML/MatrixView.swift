// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// Scenario × kernel × mechanism, unmet and inconclusive first.
struct MatrixView {
  private struct Place: Hashable {
    var kernel: String
    var profile: String
  }

  private struct Cell: Hashable {
    var scenario: String
    var place: Place
    var mechanism: Mechanism
    var armed: Bool
  }

  private let scenarios: [String: Scenario]
  private let places: [Place]
  private let names: [String]
  private let trials: [Cell: [TrialRecord]]
  /// By the trial in which the fault went unnoticed: they are shown in its cell.
  private let looks: [TrialID: SecondLook]

  init(_ run: RunRecord) {
    scenarios = Dictionary(run.scenarios.map { ($0.name, $0) }) { first, _ in first }
    let current = run.currentTrials
    let allLooks = run.secondLooks
    looks = Dictionary(allLooks.map { ($0.first, $0) }, uniquingKeysWith: { $1 })
    trials = Dictionary(grouping: current) {
      Cell(
        scenario: $0.id.scenario, place: Place(kernel: $0.id.kernel, profile: $0.id.profile),
        mechanism: $0.id.mechanism, armed: $0.id.armed)
    }
    let ran = Set(trials.keys.map(\.place))
    places = run.header.kernels.flatMap { kernel in
      run.header.profiles.map { Place(kernel: kernel.name, profile: $0) }
    }.filter(ran.contains)
    let urgency = Dictionary(grouping: current, by: \.id.scenario).mapValues {
      $0.map(\.outcome.urgency).max() ?? 0
    }
    let planned = run.header.trials.map(\.scenario)
    var seen: Set<String> = []
    names = planned.filter { seen.insert($0).inserted }.enumerated().sorted {
      let left = urgency[$0.element] ?? 0
      let right = urgency[$1.element] ?? 0
      return left == right ? $0.offset < $1.offset : left > right
    }.map(\.element)
  }

  var view: View {
    let families = Scenario.Family.allCases.filter { family in
      names.contains { scenarios[$0]?.family == family }
    }
    return [
      "columns": places.map { ["kernel": $0.kernel, "profile": $0.profile] as View },
      "rows": names.map(row),
      "families": families.map { ["name": $0.rawValue] as View },
      "kernels": Set(places.map(\.kernel)).sorted().map { ["name": $0] as View },
      "hasKernels": Set(places.map(\.kernel)).count > 1,
      "classes": RulingClass.shown.map { ["name": $0.rawValue, "word": $0.word] as View },
      "outcomes": Outcome.allCases.map { ["name": $0.rawValue] as View },
    ]
  }

  private func row(_ name: String) -> View {
    let scenario = scenarios[name]
    let cells = places.flatMap { place in
      Mechanism.allCases.map { cell(name, place, $0) }
    }
    let own = places.flatMap { place in
      Mechanism.allCases.flatMap { mechanism in
        [true, false].flatMap {
          trials[Cell(scenario: name, place: place, mechanism: mechanism, armed: $0)] ?? []
        }
      }
    }
    let seconds = own.compactMap { looks[$0.id]?.second }
    let classes = Set(
      (own.filter(\.id.armed) + seconds).map(\.verdict.ruling.rulingClass.rawValue)
    ).sorted()
    return [
      "name": name, "title": scenario?.title ?? "", "family": scenario?.family.rawValue ?? "",
      "cells": cells, "classes": classes.joined(separator: " "),
      "outcomes": Set((own + seconds).map(\.outcome.rawValue)).sorted().joined(separator: " "),
      "kernels": Set(own.map(\.id.kernel)).sorted().joined(separator: " "),
      "control": control(name),
    ]
  }

  private func control(_ name: String) -> View {
    let own = places.flatMap { place in
      Mechanism.allCases.flatMap {
        trials[Cell(scenario: name, place: place, mechanism: $0, armed: false)] ?? []
      }
    }
    let met = own.count { $0.outcome == .met }
    return [
      "isMet": met == own.count && !own.isEmpty,
      "text": own.isEmpty ? "not run" : "\(met) of \(own.count) met",
    ]
  }

  /// Of several repetitions the first that isn't met is shown, or the first.
  private func cell(_ name: String, _ place: Place, _ mechanism: Mechanism) -> View {
    let own =
      trials[Cell(scenario: name, place: place, mechanism: mechanism, armed: true)] ?? []
    guard let shown = own.first(where: { $0.outcome != .met }) ?? own.first else {
      return ["isEmpty": true, "class": "absent", "look": ["isShown": false] as View]
    }
    let rulingClass = shown.verdict.ruling.rulingClass
    let alike = own.count { $0.verdict.ruling == shown.verdict.ruling }
    let isSkipped = shown.outcome == .skipped
    return [
      "isEmpty": false, "class": isSkipped ? "absent" : rulingClass.rawValue,
      "sign": isSkipped ? "–" : rulingClass.sign,
      "verdict": isSkipped ? "skipped" : shown.verdict.ruling.rawValue,
      "finding": isSkipped ? shown.reason ?? "" : TrialTable.finding(shown.verdict) ?? "",
      "alike": own.count > 1 ? "\(alike) of \(own.count) alike" : "",
      "problem": problem(shown),
      "look": looks[shown.id].flatMap(look) ?? ["isShown": false] as View,
    ]
  }

  private func problem(_ trial: TrialRecord) -> String {
    trial.outcome.urgency > 0 ? trial.outcome.rawValue : ""
  }

  /// What the second look at an unnoticed fault says.
  private func look(_ look: SecondLook) -> View? {
    guard let second = look.second else { return nil }
    let rulingClass = second.verdict.ruling.rulingClass
    return [
      "isShown": true, "profile": look.id.profile, "class": rulingClass.rawValue,
      "sign": rulingClass.sign, "verdict": second.verdict.ruling.rawValue,
      "finding": TrialTable.finding(second.verdict) ?? "", "problem": problem(second),
    ]
  }
}

extension Outcome {
  /// What a reader must see first has the greatest.
  var urgency: Int {
    switch self {
    case .unmet: 3
    case .inconclusive: 2
    case .skipped, .met: 0
    }
  }
}

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
  private let faults: [String: [PairedFault]]
  /// The names of gates and guards, the rules of the verifier among them: `bpf:verifier:policy`.
  private let stoppers: [String]
  private let kernels: [String]
  /// The oldest kernel first.
  private let places: [Place]
  private let names: [String]
  private let trials: [Cell: [TrialRecord]]
  /// By the trial in which the fault went unnoticed: they are shown in its cell.
  private let looks: [TrialID: SecondLook]

  init(_ run: RunRecord, _ faults: [PairedFault]) {
    self.faults = Dictionary(grouping: faults, by: \.scenario)
    stoppers = Set(faults.flatMap(MatrixView.stoppers)).sorted()
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
    let places = run.kernelsByAge.flatMap { kernel in
      run.header.profiles.map { Place(kernel: kernel.name, profile: $0) }
    }.filter(ran.contains)
    self.places = places
    kernels = run.kernelsByAge.map(\.name).filter { name in places.contains { $0.kernel == name } }
    let urgency = Dictionary(grouping: current.filter(\.isCounted), by: \.id.scenario).mapValues {
      $0.map(\.standing.urgency).max() ?? 0
    }
    let planned = run.header.trials.map(\.scenario)
    var seen: Set<String> = []
    names = planned.filter { seen.insert($0).inserted }.enumerated().sorted {
      let left = urgency[$0.element] ?? 0
      let right = urgency[$1.element] ?? 0
      return left == right ? $0.offset < $1.offset : left > right
    }.map(\.element)
  }

  private static func stoppers(_ fault: PairedFault) -> [String] {
    Mechanism.allCases.flatMap { mechanism in
      fault.stoppers(mechanism).map { "\(mechanism.rawValue):\($0)" }
    }
  }

  /// Family and control have no columns where several kernels need the room.
  private var isNarrow: Bool { places.count > 2 }

  var view: View {
    let families = Scenario.Family.allCases.filter { family in
      names.contains { scenarios[$0]?.family == family }
    }
    let weaknesses = Set(names.compactMap { scenarios[$0]?.weakness })
      .sorted(by: BreakdownView.isBefore)
    return [
      "isNarrow": isNarrow,
      "columns": places.map { ["kernel": $0.kernel, "profile": $0.profile] as View },
      "rows": names.map(row),
      "families": families.map { ["name": $0.rawValue] as View },
      "weaknesses": weaknesses.map { ["name": $0] as View },
      "stoppers": stoppers.map { stopper -> View in
        let parts = stopper.split(separator: ":").map(String.init)
        let mechanism = parts.first.flatMap { Mechanism(rawValue: $0) } ?? .bpf
        return [
          "name": stopper,
          "text": "\(mechanism.title): \(parts.dropFirst().joined(separator: ": "))",
        ]
      },
      "kernels": kernels.map { ["name": $0] as View }, "hasKernels": kernels.count > 1,
      "chips": Mechanism.allCases.map(chips), "outcomes": outcomes,
    ]
  }

  private var outcomes: [View] {
    let present = Set(trials.values.joined().map(\.standing)).union(
      looks.values.compactMap { $0.second?.standing })
    return Standing.allCases.filter(present.contains).map { ["name": $0.rawValue] }
  }

  /// The classes of one mechanism's faults, each with how many there are.
  private func chips(_ mechanism: Mechanism) -> View {
    let all = faults.values.joined()
    return [
      "mechanism": mechanism.title, "id": mechanism.rawValue,
      "classes": RulingClass.shown.compactMap { rulingClass -> View? in
        let count = all.count { $0[mechanism] == rulingClass }
        guard count > 0 else { return nil }
        return [
          "name": rulingClass.rawValue, "word": rulingClass.word, "sign": rulingClass.sign,
          "count": count,
        ]
      },
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
    return [
      // A suite's items have neither words nor a section.
      "name": name, "plain": scenario == nil ? name : PlainTitle.of(name),
      "link": scenario == nil ? "" : "#s-\(name)", "title": scenario?.title ?? "",
      "family": scenario?.family.rawValue ?? "", "weakness": scenario?.weakness ?? "",
      "cells": cells, "faults": (faults[name] ?? []).map(code).joined(separator: " "),
      "outcomes": Set((own + seconds).map(\.standing.rawValue)).sorted().joined(separator: " "),
      "kernels": kernels.indices.filter { index in
        own.contains { $0.id.kernel == kernels[index] }
      }.map { "\($0)" }.joined(separator: " "),
      "control": control(name),
    ]
  }

  /// A fault for the filters: `0:refused:crashed:2,5`. Kernels and stoppers are numbers, because
  /// their names come from elsewhere and may hold anything.
  private func code(_ fault: PairedFault) -> String {
    let kernel = kernels.firstIndex(of: fault.kernel).map { "\($0)" } ?? ""
    let own = MatrixView.stoppers(fault).compactMap { stoppers.firstIndex(of: $0) }
    return "\(kernel):\(fault[.bpf].rawValue):\(fault[.lkm].rawValue):"
      + own.map { "\($0)" }.joined(separator: ",")
  }

  private func control(_ name: String) -> View {
    let own = places.flatMap { place in
      Mechanism.allCases.flatMap {
        trials[Cell(scenario: name, place: place, mechanism: $0, armed: false)] ?? []
      }
    }
    let skipped = own.count { $0.outcome == .skipped }
    let tried = own.count - skipped
    let met = own.count { $0.outcome == .met }
    let rest = skipped > 0 ? ", \(skipped) skipped" : ""
    guard tried > 0 else {
      // A kernel that lacks something says nothing against the control.
      return [
        "class": "dim", "sign": "–", "text": own.isEmpty ? "not run" : "skipped",
      ]
    }
    return [
      "class": met == tried ? "met" : "unmet", "sign": met == tried ? "✓" : "✗",
      "text": "\(met) of \(tried) met\(rest)",
    ]
  }

  /// Of several repetitions the first that isn't met is shown, or the first.
  private func cell(_ name: String, _ place: Place, _ mechanism: Mechanism) -> View {
    let own =
      trials[Cell(scenario: name, place: place, mechanism: mechanism, armed: true)] ?? []
    let label =
      places.count > 1 ? "\(place.kernel) \(place.profile), \(mechanism.title)" : mechanism.title
    guard let shown = own.first(where: { $0.outcome != .met }) ?? own.first else {
      return ["isEmpty": true, "class": "absent", "label": label, "isSkipped": false]
    }
    let rulingClass = shown.verdict.ruling.rulingClass
    let alike = own.count { $0.verdict.ruling == shown.verdict.ruling }
    let isSkipped = shown.outcome == .skipped
    return [
      "isEmpty": false, "isSkipped": isSkipped, "label": label,
      "link": scenarios[name] == nil ? "" : "#twin-\(name)-\(mechanism.rawValue)",
      "class": isSkipped ? "absent" : rulingClass.rawValue,
      "sign": rulingClass.sign, "verdict": shown.verdict.ruling.word(armed: true),
      "finding": TrialTable.finding(shown.verdict) ?? "",
      "reason": shown.reason ?? "no reason was recorded",
      "alike": own.count > 1 ? "\(alike) of \(own.count) alike" : "",
      "problem": problem(shown),
      "look": looks[shown.id].flatMap(look) ?? ["isShown": false] as View,
    ]
  }

  private func problem(_ trial: TrialRecord) -> String {
    trial.standing.urgency > 0 ? trial.standing.rawValue : ""
  }

  /// What the second look at an unnoticed fault says.
  private func look(_ look: SecondLook) -> View? {
    guard let second = look.second else { return nil }
    let rulingClass = second.verdict.ruling.rulingClass
    return [
      "isShown": true, "profile": look.id.profile, "class": rulingClass.rawValue,
      "sign": rulingClass.sign, "verdict": second.verdict.ruling.word(armed: true),
      "finding": TrialTable.finding(second.verdict) ?? "", "problem": problem(second),
    ]
  }
}

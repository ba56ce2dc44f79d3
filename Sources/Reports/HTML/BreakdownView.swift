// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The faults counted by family, by weakness, and by what stopped them: of the run's own data.
struct BreakdownView {
  private let run: RunRecord
  private let faults: [PairedFault]
  private let scenarios: [String: Scenario]

  init(_ run: RunRecord, _ faults: [PairedFault]) {
    self.run = run
    self.faults = faults
    scenarios = Dictionary(run.scenarios.map { ($0.name, $0) }) { first, _ in first }
  }

  var view: View {
    let families = Scenario.Family.allCases.compactMap { family in
      row(family.rawValue, FilterLink("family", family.rawValue)) {
        scenarios[$0.scenario]?.family == family
      }
    }
    let weaknesses = Set(run.scenarios.map(\.weakness)).sorted(by: BreakdownView.isBefore)
      .compactMap { weakness in
        row(weakness, FilterLink("weakness", weakness)) {
          scenarios[$0.scenario]?.weakness == weakness
        }
      }
    return [
      "isEmpty": faults.isEmpty || families.isEmpty, "split": split.view, "families": families,
      "weaknesses": weaknesses, "weaknessCount": weaknesses.count, "stoppers": stoppers,
      "hasStoppers": !stoppers.isEmpty, "total": row("all", FilterLink()) { _ in true } ?? [:],
    ]
  }

  /// `CWE-20` is before `CWE-119`.
  static func isBefore(_ left: String, _ right: String) -> Bool {
    let numbers = [left, right].map { Int($0.drop { !$0.isNumber }) ?? Int.max }
    return numbers[0] == numbers[1] ? left < right : numbers[0] < numbers[1]
  }

  private func row(_ name: String, _ link: FilterLink, _ isIn: (PairedFault) -> Bool) -> View? {
    let own = faults.filter(isIn)
    guard !own.isEmpty else { return nil }
    let groups = [RulingClass.stopped, [.silent], RulingClass.harmful]
    let cells = Mechanism.allCases.flatMap { mechanism in
      groups.map { classes -> View in
        let count = own.count { classes.contains($0[mechanism]) }
        return [
          "count": count, "link": count == 0 ? "" : link.with(mechanism, classes).address,
          "label": "\(mechanism.title): \(BreakdownView.word(classes))",
          "isHarm": classes == RulingClass.harmful && count > 0,
        ]
      }
    }
    return ["name": name, "count": own.count, "link": link.address, "cells": cells]
  }

  private static func word(_ classes: [RulingClass]) -> String {
    switch classes {
    case RulingClass.stopped: "stopped"
    case RulingClass.harmful: "harmed"
    default: "unnoticed"
    }
  }

  // MARK: - Inside and outside of what the verifier promises

  /// Most of what eBPF lets through is in one family: the catalogue's shelf of faults that no gate
  /// looks for.
  var split: Sentence {
    let inside = faults.filter { scenarios[$0.scenario]?.family == .limits }
    let outside = faults.filter {
      scenarios[$0.scenario].map { $0.family != .limits } ?? false
    }
    let others = Scenario.Family.allCases.filter { $0 != .limits }.map(\.rawValue)
    let link = FilterLink("family", others.joined(separator: ","))
    let limits = FilterLink("family", Scenario.Family.limits.rawValue)
    return switch (outside.isEmpty, inside.isEmpty) {
    case (true, true): Sentence("")
    case (true, false): Sentence("Inside the family limits, ") + sides(inside, limits)
    case (false, true): Sentence("Outside the family limits, ") + sides(outside, link)
    case (false, false):
      Sentence("Outside the family limits, ") + sides(outside, link) + " Inside it, "
        + sides(inside, limits)
    }
  }

  /// `eBPF stopped 70 of 71 faults and harmed nothing; modules harmed 53.`
  private func sides(_ faults: [PairedFault], _ link: FilterLink) -> Sentence {
    func count(_ mechanism: Mechanism, _ classes: [RulingClass], none: String) -> Sentence {
      Sentence(
        faults.count { classes.contains($0[mechanism]) }, none: none, link.with(mechanism, classes))
    }
    let total = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
    let parts: [Sentence] = [
      Sentence("eBPF stopped "), count(.bpf, RulingClass.stopped, none: "none"),
      Sentence(" of "), Sentence(total, link: link.address), Sentence(" and harmed "),
      count(.bpf, RulingClass.harmful, none: "nothing"), Sentence("; modules harmed "),
      count(.lkm, RulingClass.harmful, none: "nothing"), Sentence("."),
    ]
    return Sentence.join(parts, "")
  }

  // MARK: - What stopped them

  private var stoppers: [View] {
    let words = ["refused": "rejected by", "contained": "contained by"]
    var counts: [String: [Mechanism: Int]] = [:]
    for mechanism in Mechanism.allCases {
      for fault in faults {
        let rulingClass = fault[mechanism].rawValue
        for stopper in fault.stoppers(mechanism) {
          counts["\(rulingClass) \(stopper)", default: [:]][mechanism, default: 0] += 1
        }
      }
    }
    let order = counts.keys.sorted { left, right in
      let classes = [left, right].map { $0.hasPrefix("refused") }
      return classes[0] == classes[1] ? left < right : classes[0]
    }
    return order.map { key in
      let parts = key.split(separator: " ", maxSplits: 1)
      let stopper = String(parts[1])
      return [
        "what": words[String(parts[0])] ?? "", "name": stopper.replacing(":", with: ": "),
        "isPart": stopper.contains(":"),
        "cells": Mechanism.allCases.map { mechanism -> View in
          let count = counts[key]?[mechanism] ?? 0
          let link = FilterLink("by", "\(mechanism.rawValue):\(stopper)")
          return [
            "count": count, "link": count == 0 ? "" : link.address, "label": mechanism.title,
          ]
        },
      ]
    }
  }
}

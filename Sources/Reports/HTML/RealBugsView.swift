// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The real bugs that the run's faults are like, each with the verdicts on the fault here.
struct RealBugsView {
  private let run: RunRecord
  private let faults: [String: [PairedFault]]

  init(_ run: RunRecord, _ faults: [PairedFault]) {
    self.run = run
    self.faults = Dictionary(grouping: faults, by: \.scenario)
  }

  var view: View {
    let rows = run.scenarios.flatMap { scenario in
      (scenario.mirrors ?? []).map { row(scenario, $0) }
    }
    let scenarios = run.scenarios.count { $0.mirrors?.isEmpty == false }
    return ["isEmpty": rows.isEmpty, "rows": rows, "count": rows.count, "scenarios": scenarios]
  }

  private func row(_ scenario: Scenario, _ mirror: String) -> View {
    [
      "reference": Reference(mirror).view, "link": "#s-\(scenario.name)",
      "title": PlainTitle.of(scenario.name),
      "cells": Mechanism.allCases.map { mechanism -> View in
        let classes = (faults[scenario.name] ?? []).map { $0[mechanism] }
        let shown = RulingClass.shown.filter(classes.contains)
        return [
          "label": mechanism.title, "isEmpty": shown.isEmpty,
          "verdicts": shown.map {
            ["class": $0.rawValue, "sign": $0.sign, "word": $0.word] as View
          },
        ]
      },
    ]
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// How far an object came, and what was attached and never ran.
enum StepLines {
  static func lines(of record: TrialRecord, width: Int) -> [StyledText] {
    let steps = TriedSteps(record)
    return finding(steps, width) + list(steps, width)
  }

  /// `compiles, verifies, attaches, ✗ fires, detaches`
  private static func list(_ steps: TriedSteps, _ width: Int) -> [StyledText] {
    // One that failed at its first step has said so.
    guard steps.items.count > 1 else { return [] }
    var lines: [StyledText] = []
    var line = StyledText()
    for (index, item) in steps.items.enumerated() {
      let part = text(item) + StyledText(index == steps.items.count - 1 ? "" : ",")
      if line.width > 0, line.width + 1 + part.width > width - 10 {
        lines.append(line)
        line = StyledText()
      }
      line = line.width == 0 ? part : line + StyledText(" ") + part
    }
    return (lines + [line]).enumerated().map { index, line in
      StyledText("  " + DisplayText.pad(index == 0 ? "steps" : "", to: 8), .dim) + line
    }
  }

  private static func text(_ item: TriedSteps.Item) -> StyledText {
    switch item.answer {
    case .yes: StyledText(item.step.rawValue)
    case .no: StyledText("✗ \(item.step.rawValue)", .boldRed)
    case .unknown: StyledText("? \(item.step.rawValue)", .yellow)
    }
  }

  private static func finding(_ steps: TriedSteps, _ width: Int) -> [StyledText] {
    guard !steps.neverFired.isEmpty else { return [] }
    return DisplayText.lines(of: finding(steps), to: width - 10).enumerated().map { index, text in
      StyledText("  " + DisplayText.pad(index == 0 ? "fires" : "", to: 8), .dim)
        + StyledText(text, .boldRed)
    }
  }

  private static func finding(_ steps: TriedSteps) -> String {
    let idle = steps.neverFired
    let names = idle.prefix(most).map { "\($0.name) (\($0.section))" }
    let rest = idle.count > most ? " and \(idle.count - most) more" : ""
    return "attached and never fired: \(names.joined(separator: ", "))\(rest). Nothing in the "
      + "workload set \(idle.count == 1 ? "it" : "them") off on this kernel: --workload gives "
      + "other work, --attach names another place"
  }

  /// More are in the JSON.
  private static let most = 12
}

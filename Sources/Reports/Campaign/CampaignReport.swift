// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A campaign's figures for a terminal.
enum CampaignReport {
  static func lines(_ figures: CampaignFigures, width: Int) -> [StyledText] {
    var lines: [StyledText] = []
    for (title, rows) in CampaignText.groups(figures) where !rows.isEmpty {
      lines.append(StyledText(row(title, ["", "count"] + words), .dim))
      for one in rows {
        for (name, counts) in [("eBPF", one.bpf), ("module", one.lkm)] where !counts.by.isEmpty {
          lines.append(
            StyledText(
              row(
                one.name,
                [name, "\(counts.judged)"]
                  + Self.cells(counts)
              )))
        }
      }
      lines.append(StyledText())
    }
    for sentence in CampaignText.sentences(figures) {
      lines += DisplayText.lines(of: sentence, to: width).map { StyledText($0) }
    }
    return lines + [StyledText()]
  }

  private static let words = ["rej.", "none", "wrong", "dam.", "crash", "hung", "rest"]

  /// The effects that were judged, and the rest in one column: more are too wide for a terminal.
  private static func cells(_ counts: CampaignFigures.Counts) -> [String] {
    let judged = CampaignText.effects.filter(\.effect.isJudged).map { counts[$0.effect] }
    let rest = counts.by.values.reduce(0, +) - counts.judged
    return (judged + [rest]).map { $0 == 0 ? "" : "\($0)" }
  }

  private static func row(_ name: String, _ cells: [String]) -> String {
    DisplayText.pad("  \(DisplayText.cutEnd(name, to: 18))", to: 21)
      + DisplayText.pad(cells[0], to: 7)
      + cells.dropFirst().map { String(repeating: " ", count: max(1, 6 - $0.count)) + $0 }.joined()
  }
}

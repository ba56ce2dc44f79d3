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
                  + CampaignText.effects.map {
                    counts[$0.effect] == 0 ? "" : "\(counts[$0.effect])"
                  }
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

  private static let words = [
    "rej.", "none", "wrong", "dam.", "crash", "hung", "n.r.", "skip", "inc.",
  ]

  private static func row(_ name: String, _ cells: [String]) -> String {
    DisplayText.pad("  \(DisplayText.cutEnd(name, to: 18))", to: 21)
      + DisplayText.pad(cells[0], to: 7)
      + cells.dropFirst().map { String(repeating: " ", count: max(1, 6 - $0.count)) + $0 }.joined()
  }
}

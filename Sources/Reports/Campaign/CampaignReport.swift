// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A campaign's figures for a terminal.
enum CampaignReport {
  static func lines(_ figures: CampaignFigures, width: Int) -> [StyledText] {
    var lines: [StyledText] = []
    for (title, rows) in CampaignText.groups(figures) where !rows.isEmpty {
      lines.append(StyledText(row(title, ["", "faults"] + words), .dim))
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
    let sentences = [
      CampaignText.harmful(figures), CampaignText.harmless(figures),
      CampaignText.weighted(figures), CampaignText.rejections(figures),
    ].compactMap(\.self)
    for sentence in sentences {
      lines += DisplayText.lines(of: sentence, to: width).map { StyledText($0) }
    }
    for (base, count) in figures.failedControls.sorted(by: { $0.key < $1.key }) {
      lines.append(StyledText("\(base): \(count) mutants don't count, its control failed", .yellow))
    }
    return lines + [StyledText()]
  }

  private static let words = ["rej.", "cont.", "none", "wrong", "dam.", "crash", "hung", "inc."]

  private static func row(_ name: String, _ cells: [String]) -> String {
    DisplayText.pad("  \(DisplayText.cutEnd(name, to: 18))", to: 21)
      + DisplayText.pad(cells[0], to: 7)
      + cells.dropFirst().map { String(repeating: " ", count: max(1, 7 - $0.count)) + $0 }.joined()
  }
}

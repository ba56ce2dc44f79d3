// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A campaign's figures for a page.
enum CampaignMarkdown {
  /// More of them are only in the JSON report.
  private static let mostListed = 200

  static func render(_ figures: CampaignFigures) -> String {
    var text = "### Mutants on \(figures.kernel)\n\n"
    text += CampaignText.sentences(figures).map { "\($0)\n\n" }.joined()
    for (title, rows) in CampaignText.groups(figures) where !rows.isEmpty {
      let words = CampaignText.effects.map(\.word)
      text += "| \(title) | twin | faults | \(words.joined(separator: " | ")) |\n"
      text += "| --- | --- |\(String(repeating: " ---: |", count: words.count + 1))\n"
      for row in rows { text += Self.row(row) }
      text += "\n"
    }
    return text + categories(figures) + programs(figures)
  }

  private static func row(_ row: CampaignFigures.Row) -> String {
    [("eBPF", row.bpf), ("module", row.lkm)].filter { !$0.1.by.isEmpty }.map { name, counts in
      let cells = CampaignText.effects.map { "\(counts[$0.effect])" }
      return "| \(row.name) | \(name) | \(counts.judged) | \(cells.joined(separator: " | ")) |\n"
    }.joined()
  }

  private static func categories(_ figures: CampaignFigures) -> String {
    guard !figures.categories.isEmpty else { return "" }
    return "| programs rejected for | mutants |\n| --- | ---: |\n"
      + figures.categories.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      .map { "| \($0.key) | \($0.value) |\n" }.joined() + "\n"
  }

  private static func programs(_ figures: CampaignFigures) -> String {
    let all = figures.harmfulPrograms
    guard !all.isEmpty else { return "" }
    let rows = all.prefix(mostListed).map { one in
      let cells = [one.name, "\(one.line)", one.before, one.after, one.says]
      return "| \(cells.map(MarkdownReport.cell).joined(separator: " | ")) |\n"
    }
    let rest = all.count - rows.count
    return "| accepted and harmful | line | before | after | the kernel says |\n"
      + "| --- | ---: | --- | --- | --- |\n" + rows.joined()
      + (rest > 0 ? "\nand \(rest) more.\n" : "") + "\n"
  }
}

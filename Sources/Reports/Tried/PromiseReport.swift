// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// Whether a manifest's promises are kept, and a line for each that is broken or could not be proven.
struct PromiseReport {
  struct Line {
    var isBroken: Bool
    /// `probe.bpf.c, from 6.12.69 on`
    var place: String
    var promised: String
    var came: String

    var word: String { isBroken ? "broken" : "not proven" }
  }

  private let manifest: String
  private(set) var lines: [Line] = []
  /// Cells.
  private var kept = 0
  private var judged = 0

  /// Nil if there was no manifest.
  init?(_ run: RunRecord, _ matrix: TriedMatrix) {
    guard let manifest = run.header.manifest else { return nil }
    self.manifest = manifest
    for row in matrix.rows {
      for span in row.spans { add(span, of: row) }
    }
    lines = lines.filter(\.isBroken) + lines.filter { !$0.isBroken }
  }

  private mutating func add(_ span: [TriedMatrix.Cell], of row: TriedMatrix.Row) {
    guard let first = span.first, let promise = first.promise else { return }
    judged += span.count
    guard var came = promise.came else {
      kept += span.count
      return
    }
    if case .notAsked(let reason) = first.content { came += ": \(reason)" }
    let range = row.range(of: span)
    lines.append(
      Line(
        isBroken: first.outcome == .unmet, place: "\(row.name), \(range)",
        promised: promise.promised, came: came))
  }

  private var hasBroken: Bool { lines.contains(where: \.isBroken) }
  private var sign: String { lines.isEmpty ? "✓" : hasBroken ? "✗" : "?" }

  /// `load.yaml: promises kept in 12 of 14 cells`
  private var summary: String {
    if judged == 0 { return "\(manifest): nothing is promised on these kernels" }
    return "\(manifest): promises kept in \(kept) of \(judged) " + (judged == 1 ? "cell" : "cells")
  }

  func text(width: Int) -> [StyledText] {
    let head = StyledText(
      DisplayText.escape("\(sign) \(summary)"),
      lines.isEmpty ? .green : hasBroken ? .boldRed : .yellow)
    return [head]
      + lines.flatMap { line in
        let words = "\(line.word): \(line.place): \(line.promised): \(line.came)"
        return DisplayText.lines(of: words, to: width - 4).enumerated().map {
          StyledText(($0 == 0 ? "  " : "    ") + $1, line.isBroken ? .boldRed : .yellow)
        }
      }
  }

  /// More rows are in the run's report.
  private static let mostRows = 100

  var markdown: String {
    let head = "**\(sign) \(MarkdownReport.cell(summary))**\n\n"
    guard !lines.isEmpty else { return head }
    let rows = lines.prefix(Self.mostRows).map { line in
      let cells = [line.word, line.place, line.promised, DisplayText.cutEnd(line.came, to: 300)]
      return "| " + cells.map(MarkdownReport.cell).joined(separator: " | ") + " |\n"
    }
    let rest = lines.count - rows.count
    return head + "| promise | where | promised | came |\n| --- | --- | --- | --- |\n"
      + rows.joined()
      + (rest > 0 ? "\n\(rest) more are in the run's report.\n\n" : "\n")
  }

  var view: View {
    [
      "sign": sign, "summary": summary, "hasLines": !lines.isEmpty,
      "lines": lines.map {
        ["word": $0.word, "place": $0.place, "promised": $0.promised, "came": $0.came] as View
      },
    ]
  }
}

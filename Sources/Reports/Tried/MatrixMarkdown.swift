// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// The matrix of what was tried, as a table of Markdown: what runs where, since when, why not.
enum MatrixMarkdown {
  /// More kernels make a table too wide to read.
  private static let mostColumns = 40

  static func render(_ matrix: TriedMatrix, leftOut: [RunHeader.LeftOut], room: Int) -> String {
    var text = "| file | works | on | answer |\n| --- | --- | --- | --- |\n"
    var shown = 0
    for row in matrix.rows {
      let rows = folded(row)
      guard text.utf8.count + rows.utf8.count < room / 2 else { break }
      text += rows
      shown += 1
    }
    if shown < matrix.rows.count {
      text += "\n\(matrix.rows.count - shown) more are in the run's report.\n"
    }
    let grid = grid(matrix)
    if text.utf8.count + grid.utf8.count < room { text += grid }
    let never = leftOut.filter { $0.kernel == nil }
    guard !never.isEmpty else { return text }
    let rows = never.prefix(200).map { "| \(cell($0.file)) | \(cell($0.reason)) |\n" }.joined()
    return text + "\n<details><summary>\(never.count) not tried</summary>\n\n| file | why |\n"
      + "| --- | --- |\n\(rows)\n</details>\n"
  }

  /// A line for all neighbours with the same answer.
  private static func folded(_ row: TriedMatrix.Row) -> String {
    row.spans.enumerated().map { index, span in
      guard let first = span.first else { return "" }
      let text = CellText(first)
      let detail = text.detail.map { ": " + DisplayText.cutEnd($0, to: 200) } ?? ""
      let start =
        index == 0
        ? "\(cell(row.name)) | \(cell(row.isNotOnNewest ? "not on the newest" : row.sinceText))"
        : " | "
      return "| \(start) | \(cell(row.range(of: span))) | \(text.sign) "
        + "\(cell(text.words + detail)) |\n"
    }.joined()
  }

  /// A sign for each cell.
  private static func grid(_ matrix: TriedMatrix) -> String {
    guard matrix.rows.count > 1, (2...mostColumns).contains(matrix.kernels.count) else { return "" }
    let names = matrix.kernels.map { cell($0.label) }.joined(separator: " | ")
    let lines = matrix.rows.map { row in
      "| \(cell(row.name)) | "
        + row.cells.map { CellText($0).sign }.joined(separator: " | ") + " |\n"
    }
    return "\n<details><summary>\(matrix.rows.count) × \(matrix.kernels.count)</summary>\n\n"
      + "| | \(names) |\n| --- |\(String(repeating: " --- |", count: matrix.kernels.count))\n"
      + lines.joined() + "\n</details>\n"
  }

  private static func cell(_ text: String) -> String { MarkdownReport.cell(text) }
}

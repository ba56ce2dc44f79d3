// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Scenarios

/// The matrix of what was tried, for a terminal: a row for each file; a column for each kernel if these are
/// few, else a line for all neighbours with the same answer.
public enum TryTable {
  /// More kernels have no columns of their own.
  private static let mostColumns = 3
  /// Of more rows, only the answers are shown.
  private static let mostDetailed = 12

  /// - Parameters:
  ///   - leftOut: what was not tried on any kernel, and why.
  ///   - width: columns of the terminal; less than 60 counts as 60.
  public static func render(
    _ matrix: TriedMatrix, leftOut: [RunHeader.LeftOut], width: Int, colour: Bool = false
  ) -> String {
    let width = max(width, 60)
    let lines =
      matrix.kernels.count > mostColumns ? folded(matrix, width) : columns(matrix, width)
    var text = lines.map { $0.cut(to: width).rendered(colour: colour) + "\n" }.joined()
    let isWide = matrix.kernels.count <= mostColumns
    for words in words(of: leftOut.filter { isWide || $0.kernel == nil }) {
      text += DisplayText.lines(of: words, to: width).map { $0 + "\n" }.joined()
    }
    return text
  }

  // MARK: - A column for each kernel

  private static func columns(_ matrix: TriedMatrix, _ width: Int) -> [StyledText] {
    let isOnly = matrix.kernels.count == 1
    let longest = (matrix.rows.map(\.name) + ["file"]).map(DisplayText.width).max() ?? 0
    // A single kernel leaves room for the reason.
    let first = min(longest, max(16, width / 2 - 2))
    let column = max(12, (width - first - 2) / max(matrix.kernels.count, 1) - 2)
    let head = row("file", matrix.kernels.map { StyledText($0.name, .dim) }, first, column, .dim)
    return [head]
      + matrix.rows.map { row in
        self.row(row.name, row.cells.map { text($0, isOnly: isOnly) }, first, column)
      }
  }

  private static func row(
    _ name: String, _ cells: [StyledText], _ first: Int, _ column: Int, _ style: Style? = nil
  ) -> StyledText {
    let start = StyledText(
      DisplayText.cutStart(DisplayText.escape(name), to: first), style
    ).padded(to: first + 2)
    return cells.indices.reduce(start) { line, index in
      let cell = cells[index].cut(to: column)
      return line + (index == cells.count - 1 ? cell : cell.padded(to: column + 2))
    }
  }

  private static func text(_ cell: TriedMatrix.Cell, isOnly: Bool) -> StyledText {
    let text = CellText(cell)
    let detail = isOnly ? text.detail.map { ": \($0)" } ?? "" : ""
    return StyledText("\(text.sign) \(text.words)\(detail)", text.style)
  }

  // MARK: - A line for each span

  private static func folded(_ matrix: TriedMatrix, _ width: Int) -> [StyledText] {
    let ranges = matrix.rows.flatMap { row in row.spans.map(row.range) }
    let second = min((ranges + ["kernels"]).map(DisplayText.width).max() ?? 0, 22)
    let longest = (matrix.rows.map(\.name) + ["file"]).map(DisplayText.width).max() ?? 0
    let first = min(longest, width - second - 34)
    var lines = [line("file", "kernels", [StyledText("answer", .dim)], first, second, .dim)[0]]
    for row in matrix.rows {
      var name = row.name
      for span in row.spans {
        let answer = answer(
          span, to: width - first - second - 4, isDetailed: matrix.rows.count <= mostDetailed)
        lines += line(name, row.range(of: span), answer, first, second)
        name = ""
      }
    }
    return lines
  }

  private static func answer(
    _ span: [TriedMatrix.Cell], to room: Int, isDetailed: Bool
  ) -> [StyledText] {
    guard let cell = span.first else { return [] }
    let text = CellText(cell)
    let words = DisplayText.lines(of: "\(text.sign) \(text.words)", to: room).enumerated().map {
      StyledText($0 == 0 ? $1 : "  \($1)", text.style)
    }
    guard let detail = text.detail, isDetailed || cell.trial == nil else { return words }
    return words
      + DisplayText.lines(of: detail, to: room - 2).prefix(3).map { StyledText("  \($0)", .dim) }
  }

  private static func line(
    _ name: String, _ range: String, _ answer: [StyledText], _ first: Int, _ second: Int,
    _ style: Style? = nil
  ) -> [StyledText] {
    answer.enumerated().map { index, text in
      let name = index == 0 ? DisplayText.cutStart(DisplayText.escape(name), to: first) : ""
      let range = index == 0 ? DisplayText.cutEnd(range, to: second) : ""
      return StyledText(name, style).padded(to: first + 2)
        + StyledText(range, .dim).padded(to: second + 2) + text
    }
  }

  // MARK: - What was left out

  /// A line for each file that was left out, or for many with one reason.
  private static func words(of leftOut: [RunHeader.LeftOut]) -> [String] {
    leftOut.map(\.reason).withoutRepeats.flatMap { reason in
      let files = leftOut.filter { $0.reason == reason }.map(\.file).withoutRepeats
      guard files.count > mostNamed else {
        return files.map { "left out: \($0): \(reason)" }
      }
      let some = files.prefix(mostNamed).joined(separator: ", ")
      return ["left out: \(files.count) files: \(reason): \(some), …"]
    }
  }

  /// More files with one reason are counted; the JSON names them all.
  private static let mostNamed = 4
}

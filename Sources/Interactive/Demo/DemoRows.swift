// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Reports

/// One row of a picture before it is styled: a pane may have thousands, of which a few are shown.
enum Row: Sendable {
  case plain(margin: String, text: String, style: Style?)
  case styled(StyledText)
  /// Two halves side by side, the left one this many columns wide.
  indirect case halves(Row, Row, column: Int)

  init(margin: String = "", text: String = "", style: Style? = nil) {
    self = .plain(margin: margin, text: text, style: style)
  }

  var styled: StyledText {
    switch self {
    case .plain(let margin, let text, let style): StyledText(margin, .dim) + StyledText(text, style)
    case .styled(let text): text
    case .halves(let left, let right, let column):
      left.styled.cut(to: column).padded(to: column) + StyledText(" │ ", .dim) + right.styled
    }
  }
}

/// Rows of which a window is shown.
struct Scroll: Sendable {
  var rows: [StyledText]
  /// The first row that is shown, and the last that can be.
  var offset: Int
  var last: Int

  /// - Parameter offset: the wanted one; it is kept within bounds.
  init(_ rows: [Row], height: Int, offset: Int) {
    let last = max(0, rows.count - max(height, 0))
    let offset = min(max(offset, 0), last)
    self.last = last
    self.offset = offset
    self.rows = rows[offset..<min(rows.count, offset + max(height, 0))].map(\.styled)
  }

}

enum Rows {
  /// A text's words in rows; blank lines separate paragraphs.
  static func paragraphs(
    _ text: String, _ width: Int, indent: Int = 0, style: Style? = nil
  ) -> [Row] {
    let margin = String(repeating: " ", count: indent)
    let blocks = text.split(separator: "\n", omittingEmptySubsequences: false)
      .split { $0.allSatisfy(\.isWhitespace) }
    let paragraphs = blocks.map { block in
      DisplayText.lines(of: block.joined(separator: " "), to: width - indent)
        .map { Row(margin: margin, text: $0, style: style) }
    }
    return Array(paragraphs.joined(separator: [Row()]))
  }

  /// A name with a text next to it.
  static func field(
    _ name: String, _ text: String, _ width: Int, indent: Int, style: Style? = nil
  ) -> [Row] {
    DisplayText.lines(of: text, to: width - indent).enumerated().map {
      number, line in
      Row(
        margin: DisplayText.pad(number == 0 ? "  " + name : "", to: indent), text: line,
        style: style)
    }
  }

  /// A line of code or of a log, broken at a space if it is too long, with the rest indented.
  static func broken(_ line: String, _ width: Int) -> [String] {
    let width = max(width, 8)
    if line.utf8.count <= width { return [line] }
    let line = DisplayText.escape(line)
    if DisplayText.width(line) <= width { return [line] }
    let indent = min(line.prefix { $0 == " " }.count + 2, width / 2)
    var pieces: [String] = []
    var rest = Array(line)
    while rest.count > 0 {
      let room = pieces.isEmpty ? width : width - indent
      var used = 0
      var count = 0
      while count < rest.count {
        let next = DisplayText.width(String(rest[count]))
        if used + next > room { break }
        used += next
        count += 1
      }
      if count < rest.count, let space = rest[..<count].lastIndex(of: " "),
        rest[..<space].contains(where: { $0 != " " })
      {
        count = space + 1
      }
      let piece = String(rest[..<max(count, 1)])
      pieces.append(pieces.isEmpty ? piece : String(repeating: " ", count: indent) + piece)
      rest.removeFirst(max(count, 1))
    }
    return pieces
  }

  static func expandTabs(_ line: String, to stop: Int) -> String {
    guard line.contains("\t") else { return line }
    var result = ""
    var column = 0
    for character in line {
      if character == "\t" {
        let count = stop - column % stop
        result += String(repeating: " ", count: count)
        column += count
      } else {
        result.append(character)
        column += 1
      }
    }
    return result
  }
}

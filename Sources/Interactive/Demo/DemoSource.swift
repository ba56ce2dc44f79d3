// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Reports
import Verdicts

/// A twin's source in a column: numbered, the armed lines marked, and those to blame.
struct DemoSource {
  let twin: DemoScenario.Twin
  let isArmed: Bool
  /// The line to blame, counted from 1, and the sign that marks it.
  var blamed: (line: Int, sign: String, style: Style)?

  /// Code is indented by tabs, eight columns each: too much for half a terminal.
  private static func tabStop(_ width: Int) -> Int { width >= 90 ? 8 : width >= 56 ? 4 : 2 }

  /// - Returns: the rows, and the position of the first marked line.
  func rows(_ width: Int) -> (rows: [Row], mark: Int) {
    rows(width, lines: 1...max(twin.lines.count, 1))
  }

  /// The marked lines with this many lines around them.
  func excerpt(_ width: Int, around: Int) -> [Row] {
    let lines = twin.lines
    var marked = lines.indices.filter { lines[$0].isArmed }.map { $0 + 1 }
    if let blamed, blamed.line >= 1, blamed.line <= lines.count { marked.append(blamed.line) }
    let shown = (1...max(lines.count, 1)).filter { number in
      marked.contains { abs($0 - number) <= around }
    }
    var result: [Row] = []
    var start: Int?
    for (place, number) in shown.enumerated() {
      start = start ?? number
      let isLast = place + 1 == shown.count || shown[place + 1] != number + 1
      guard isLast, let first = start else { continue }
      if !result.isEmpty { result.append(Row(margin: "   ⋮")) }
      result += rows(width, lines: first...number).rows
      start = nil
    }
    return result
  }

  private func rows(_ width: Int, lines range: ClosedRange<Int>) -> (rows: [Row], mark: Int) {
    let lines = twin.lines
    let digits = max(2, String(lines.count).count)
    let code = width - digits - 3
    var rows: [Row] = []
    var mark: Int?
    for number in range where lines.indices.contains(number - 1) {
      let line = lines[number - 1]
      let isBlamed = number == blamed?.line
      var sign = line.isArmed ? (isArmed ? "▶" : "▷") : " "
      var style: Style? = line.isArmed ? (isArmed ? .boldRed : .bold) : nil
      if let blamed, isBlamed { (sign, style) = (blamed.sign, blamed.style) }
      if line.isArmed || isBlamed { mark = mark ?? rows.count }
      let pieces = Rows.broken(
        Rows.expandTabs(line.text, to: Self.tabStop(width)), code)
      for (place, piece) in pieces.enumerated() {
        let label = place == 0 ? "\(number)" : ""
        rows.append(
          Row(
            margin: String(repeating: " ", count: digits - label.count) + label + " "
              + (place == 0 ? sign : " ") + " ",
            text: piece, style: style))
      }
    }
    return (rows, mark ?? 0)
  }
}

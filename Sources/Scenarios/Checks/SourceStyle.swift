// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// What makes a source fit to be shown: a header comment that says what it is about, and a length
/// that fits on a slide.
enum SourceStyle {
  /// Lines of code, blank ones and comments left out.
  static let mostLines = 60
  /// With tabs eight columns wide.
  static let mostColumns = 100

  /// Lines, counted from 1, and what is wrong there.
  static func problems(_ source: String) -> [(Int, String)] {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    return header(source) + length(source) + widths(lines)
  }

  private static func header(_ source: String) -> [(Int, String)] {
    let comment = source.firstMatch(of: /\/\*(?s:.)*?\*\//).map { String($0.0) } ?? ""
    let missing = ["Job", "Fault", "Hook"].filter { !comment.contains("\($0):") }
    guard !missing.isEmpty else { return [] }
    return [(1, "the header comment does not say \(missing.joined(separator: ", "))")]
  }

  private static func length(_ source: String) -> [(Int, String)] {
    let code = withoutComments(source).split(whereSeparator: \.isNewline)
      .count { !$0.allSatisfy(\.isWhitespace) }
    guard code > mostLines else { return [] }
    return [(1, "\(code) lines of code don't fit on a slide: \(mostLines) at most")]
  }

  private static func widths(_ lines: [Substring]) -> [(Int, String)] {
    lines.enumerated().compactMap { index, line in
      let width = line.reduce(0) { $1 == "\t" ? ($0 / 8 + 1) * 8 : $0 + 1 }
      guard width > mostColumns else { return nil }
      return (index + 1, "the line has \(width) columns: \(mostColumns) at most")
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// How text behaves on a terminal: what may not reach it, how wide it is, how it is cut and broken.
package enum DisplayText {
  /// Text from elsewhere (a kernel's, a file's) with everything made visible that would steer a
  /// terminal or reorder what it shows: `\x1b`, `\n`, `\u{202e}`.
  package static func escape(_ text: String) -> String { VisibleText.escape(text) }

  /// The columns that a text takes.
  package static func width(_ text: String) -> Int {
    text.reduce(0) { $0 + width($1) }
  }

  private static func width(_ character: Character) -> Int {
    let scalars = character.unicodeScalars
    // Emoji presentation asked for: two columns.
    if scalars.contains("\u{fe0f}") { return 2 }
    return scalars.map(width).max() ?? 0
  }

  private static func width(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format: return 0
    default: break
    }
    if scalar.properties.isEmojiPresentation { return 2 }
    return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
  }

  /// The blocks of East Asian Width W and F (Unicode Standard Annex 11).
  private static let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115f, 0x2e80...0x303e, 0x3041...0x33ff, 0x3400...0x4dbf, 0x4e00...0x9fff,
    0xa000...0xa4cf, 0xa960...0xa97f, 0xac00...0xd7a3, 0xf900...0xfaff, 0xfe30...0xfe6f,
    0xff00...0xff60, 0xffe0...0xffe6, 0x1b000...0x1b2ff, 0x1f300...0x1f64f, 0x1f900...0x1f9ff,
    0x20000...0x3fffd,
  ]

  /// The text in at most `columns` columns, its end replaced by `…` if it is longer.
  package static func cutEnd(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    return prefix(text[...], columns: columns - 1) + "…"
  }

  /// The text in at most `columns` columns, its start replaced by `…`: a path keeps its line number.
  package static func cutStart(_ text: String, to columns: Int) -> String {
    guard width(text) > columns else { return text }
    var kept = text[...]
    var left = width(text)
    while left > max(columns - 1, 0), let first = kept.popFirst() { left -= width(first) }
    return "…" + kept
  }

  /// Text from elsewhere in lines of at most `columns` columns. Its own lines stay lines.
  package static func lines(of text: String, to columns: Int) -> [String] {
    let lines = text.split { $0 == "\n" || $0 == "\r\n" }
    return lines.isEmpty ? [""] : lines.flatMap { wrap(escape(String($0)), to: columns) }
  }

  private static func prefix(_ text: Substring, columns: Int) -> String {
    var result = ""
    var used = 0
    for character in text {
      used += width(character)
      if used > columns { break }
      result.append(character)
    }
    return result
  }

  package static func pad(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(text)))
  }

  /// The text's words in lines of at most `columns` columns; a longer word is broken.
  package static func wrap(_ text: String, to columns: Int) -> [String] {
    let columns = max(columns, 2)
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      var word = word
      if !line.isEmpty, width(line) + 1 + width(String(word)) <= columns {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while width(String(word)) > columns {
        let piece = prefix(word, columns: columns)
        lines.append(piece)
        word = word.dropFirst(piece.count)
      }
      line = String(word)
    }
    return line.isEmpty && !lines.isEmpty ? lines : lines + [line]
  }
}

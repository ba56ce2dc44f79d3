// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Text from elsewhere (a kernel's, a file's) made fit for a terminal.
package enum VisibleText {
  /// Everything made visible that would steer a terminal or reorder what it shows: `\x1b`, `\n`,
  /// `\u{202e}`.
  package static func escape(_ text: String) -> String { escape(text, keeping: []) }

  /// The same for text of several lines, whose line feeds and tabs stay.
  package static func escapeLines(_ text: String) -> String {
    escape(text, keeping: ["\n", "\t"])
  }

  private static func escape(_ text: String, keeping kept: Set<Unicode.Scalar>) -> String {
    guard text.unicodeScalars.contains(where: steers) else { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if steers(scalar), !kept.contains(scalar) {
        result += visible(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func visible(_ scalar: Unicode.Scalar) -> String {
    let hex = String(scalar.value, radix: 16)
    return switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: scalar.value < 0x100 ? "\\x\(hex.count == 1 ? "0" : "")\(hex)" : "\\u{\(hex)}"
    }
  }

  package static func steers(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    // The bidirectional controls (Unicode Standard Annex 9): they reorder what is read.
    case .format:
      [0x061c, 0x200e, 0x200f].contains(scalar.value) || (0x202a...0x202e).contains(scalar.value)
        || (0x2066...0x2069).contains(scalar.value)
    default: false
    }
  }
}

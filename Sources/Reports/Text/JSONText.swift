// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Scenarios

/// JSON for programs that is safe to look at on a terminal, too.
enum JSONText {
  /// - Throws: `EncodingError` for a number that JSON doesn't have.
  static func render(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    guard text.unicodeScalars.contains(where: steers) else { return text + "\n" }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      guard steers(scalar) else {
        result.append(scalar)
        continue
      }
      let hex = String(scalar.value, radix: 16)
      let padding = String(repeating: "0", count: 4 - hex.count)
      result.append(contentsOf: "\\u\(padding)\(hex)".unicodeScalars)
    }
    return String(result) + "\n"
  }

  /// What the encoder leaves as it is though a terminal may obey it: DEL, C1 and the bidirectional
  /// controls. They can only be inside strings, and have four hexadecimal digits.
  private static func steers(_ scalar: Unicode.Scalar) -> Bool {
    (0x7f..<0xa0).contains(scalar.value) || scalar.value >= 0xa0 && VisibleText.steers(scalar)
  }
}

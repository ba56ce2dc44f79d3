// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// One small change of a twin's source, made by rule.
public struct MutantPlace: Codable, Sendable, Equatable {
  /// The operator's code: `MIA`.
  public var code: String
  /// Among those of this operator in the same source, from 1.
  public var number: Int
  public var function: String
  /// Where the change begins, counted from 1.
  public var line: Int
  /// In bytes.
  public var offset: Int
  public var length: Int
  public var replacement: String
  /// Which of several values the operator puts in the same place.
  public var variant: Int
  /// The changed construct, without what differs by mechanism.
  public var construct: String
  /// The line that is changed, and what it becomes.
  public var before: String
  public var after: String

  package init(
    code: String, number: Int, function: String, line: Int, offset: Int, length: Int,
    replacement: String, variant: Int = 0, construct: String
  ) {
    (self.code, self.number, self.function, self.line) = (code, number, function, line)
    (self.offset, self.length, self.replacement) = (offset, length, replacement)
    (self.variant, self.construct, before, after) = (variant, construct, "", "")
  }

  /// `MIA.3`.
  public var name: String { "\(code).\(number)" }

  /// A source with the change in it, and as many lines as before.
  func applied(to bytes: [UInt8]) -> [UInt8] {
    let removed = bytes[offset..<offset + length]
    let kept = Array(replacement.utf8)
    let lines = removed.count { $0 == 10 } - kept.count { $0 == 10 }
    return bytes[..<offset] + kept + Array(repeating: 10, count: max(0, lines))
      + bytes[(offset + length)...]
  }

  /// All places of a source in their order.
  static func all(_ found: [FaultFinder.Found], in source: CSource) -> [MutantPlace] {
    let sorted = found.enumerated().sorted {
      ($0.element.edit.range.lowerBound, $0.offset) < ($1.element.edit.range.lowerBound, $1.offset)
    }.map(\.element)
    var numbers: [String: Int] = [:]
    return sorted.map { one in
      numbers[one.code, default: 0] += 1
      let range = one.edit.range
      var place = MutantPlace(
        code: one.code, number: numbers[one.code] ?? 0, function: one.function,
        line: source.line(of: range.lowerBound), offset: range.lowerBound, length: range.count,
        replacement: one.edit.replacement, variant: one.edit.variant, construct: one.construct)
      (place.before, place.after) = place.lines(of: source)
      return place
    }
  }

  /// The lines that the change touches, before and after it, with single blanks.
  private func lines(of source: CSource) -> (String, String) {
    let bytes = source.bytes
    var start = offset
    while start > 0, bytes[start - 1] != 10 { start -= 1 }
    var end = offset + length
    while end < bytes.count, bytes[end] != 10 { end += 1 }
    let after =
      Array(bytes[start..<offset]) + Array(replacement.utf8)
      + Array(bytes[(offset + length)..<end])
    return (Self.plain(Array(bytes[start..<end])), Self.plain(after))
  }

  private static func plain(_ bytes: [UInt8]) -> String {
    let words = String(decoding: bytes, as: UTF8.self)
      .split(whereSeparator: { $0 == " " || $0 == "\t" || $0 == "\n" })
    let text = words.joined(separator: " ")
    return text.count > 160 ? "\(text.prefix(160))…" : text
  }
}

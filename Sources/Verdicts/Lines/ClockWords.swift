// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Dates and times without brackets, in the forms of loggers: a date, a time, a zone, as far as each
/// is there.
enum ClockWords {
  /// - Returns: nil unless `text` begins with a time of day, or with seconds since 1970.
  static func length(_ text: Text) -> Int? {
    guard text.count > 8 else { return nil }
    if let seconds = epochLength(text) { return seconds }
    var index = 0
    if text[0].isLetter {
      guard let word = dayLength(text) else { return nil }
      index = word
    }
    if let date = dateLength(text.dropFirst(index)) { index += date }
    guard let time = timeLength(text.dropFirst(index)) else { return nil }
    index += time
    index += zoneLength(text.dropFirst(index))
    // `Thu Mar 25 00:50:20 2021`
    let year = text.dropFirst(index)
    if year.hasPrefix(" 20"), year.count > 6, year[3].isDigit, year[4].isDigit, !year[5].isDigit {
      index += 5
    }
    guard index < text.count, !text[index].isLetter, !text[index].isDigit else { return nil }
    // A logger's `: ` or `- ` after the time.
    if text.hasPrefix(": ", at: index) { index += 1 }
    return index
  }

  /// `12:34:56`, `12:34:56.789`, `12:34:56,789`.
  static func timeLength(_ text: Text) -> Int? {
    guard text.count >= 8, text[2] == UInt8(ascii: ":"), text[5] == UInt8(ascii: ":") else {
      return nil
    }
    for index in [0, 1, 3, 4, 6, 7] where !text[index].isDigit { return nil }
    guard text.count > 9, text[8] == UInt8(ascii: ".") || text[8] == UInt8(ascii: ",") else {
      return 8
    }
    let fraction = text.dropFirst(9).prefix(10).upTo { !$0.isDigit }.count
    return fraction > 0 ? 9 + fraction : nil
  }

  /// `1736154672.000100`
  private static func epochLength(_ text: Text) -> Int? {
    let seconds = text.prefix(12).upTo { !$0.isDigit }.count
    guard seconds == 10, text.count > 15, text[10] == UInt8(ascii: ".") else { return nil }
    let fraction = text.dropFirst(11).prefix(10).upTo { !$0.isDigit }.count
    let end = 11 + fraction
    return fraction >= 3 && end < text.count && text[end] == 0x20 ? end : nil
  }

  /// Weekday and month by name, in any language's three letters: `Mon `, `Mon Jan  6 `, `Jan 06 `,
  /// `Jan  6 2025 `.
  private static func dayLength(_ text: Text) -> Int? {
    var index = 0
    for _ in 0..<2 {
      let word = text.dropFirst(index).prefix(10).upTo { !$0.isLetter }.count
      guard word == 3 || word == 0 else { return nil }
      if word == 0 { break }
      index += word
      if text.hasPrefix(",", at: index) { index += 1 }
      let blanks = text.dropFirst(index).prefix(4).upTo { $0 != 0x20 }.count
      guard blanks > 0 else { return nil }
      index += blanks
    }
    // The day of the month, and a year after it; a whole date follows by itself.
    for _ in 0..<2 {
      let digits = text.dropFirst(index).prefix(5).upTo { !$0.isDigit }.count
      let isYear = digits == 4 && text.hasPrefix(" 20", at: index - 1)
      guard digits == 1 || digits == 2 || isYear, text.hasPrefix(" ", at: index + digits) else {
        break
      }
      index += digits + 1
    }
    return index
  }

  /// `2025-01-06T`, `2025/01/06 `, `06.01.2025 `, `01-06 `.
  private static func dateLength(_ text: Text) -> Int? {
    var index = 0
    var groups = 0
    var separator: UInt8?
    while groups < 3 {
      let digits = text.dropFirst(index).prefix(5).upTo { !$0.isDigit }.count
      guard digits == 2 || digits == 4 else { return nil }
      index += digits
      groups += 1
      guard index < text.count else { return nil }
      let next = text[index]
      if next == 0x20 || next == UInt8(ascii: "T") || next == UInt8(ascii: "_") {
        return groups > 1 ? index + 1 : nil
      }
      guard [0x2d, 0x2f, 0x2e].contains(next), separator == nil || separator == next else {
        return nil
      }
      separator = next
      index += 1
    }
    return nil
  }

  /// `Z`, `+01:00`, `+0100`, ` CET`, ` +0100`.
  private static func zoneLength(_ text: Text) -> Int {
    guard !text.isEmpty else { return 0 }
    if text[0] == UInt8(ascii: "Z") { return 1 }
    let blank = text[0] == 0x20 ? 1 : 0
    let rest = text.dropFirst(blank)
    guard rest.count > 5 else { return 0 }
    if rest[0] == UInt8(ascii: "+") || rest[0] == UInt8(ascii: "-") {
      let digits = rest.dropFirst(1).prefix(6).upTo { !$0.isDigit && $0 != UInt8(ascii: ":") }
      return digits.count >= 4 ? blank + 1 + digits.count : 0
    }
    let zones: [StaticString] = ["UTC ", "GMT ", "CET ", "CEST ", "EST ", "EDT ", "PST ", "PDT "]
    return blank == 1 ? zones.first { rest.hasPrefix($0) }.map { $0.utf8CodeUnitCount } ?? 0 : 0
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Stamps with the time of day, as programs put them before the kernel's lines.
enum WallClock {
  /// `[Thu Mar 25 00:50:20 2021]` (dmesg -T), `[Mar25 00:50]` (dmesg -e), `[2021/07/05,
  /// 13:43:52.334]` (terminal programs), `60836.026949]` (printk's own, with its start lost in
  /// copying).
  static func stampLength(_ text: Text) -> Int? {
    guard text.count > 12 else { return nil }
    guard text[0] == UInt8(ascii: "[") else { return cutStampLength(text) }
    guard text[1].isLetter || text[1].isDigit else { return nil }
    let inside = text.dropFirst(1).prefix(40).upTo { $0 == UInt8(ascii: "]") }
    guard inside.count > 9, inside.count < 40, hasTime(inside) else { return nil }
    return inside.count + 2
  }

  /// `кві 09 19:54:36 host kernel: `: months in a language other than English, and weekdays before them.
  static func speakerLength(_ text: Text) -> Int? {
    guard text.count > 24, timeOfDay(in: text, upTo: 32),
      let place = text.prefix(160).find(" kernel: ")
    else { return nil }
    return place + 9
  }

  /// `6,339,5140900,-;`: level, number, microseconds and flags of a record of /dev/kmsg
  /// (Documentation/ABI/testing/dev-kmsg).
  static func recordLength(_ text: Text) -> Int? {
    guard text.count > 8, text[0].isDigit else { return nil }
    var index = 0
    for _ in 0..<3 {
      let digits = text.dropFirst(index).prefix(20).upTo { !$0.isDigit }.count
      guard digits > 0, text.hasPrefix(",", at: index + digits) else { return nil }
      index += digits + 1
    }
    guard let end = text.prefix(index + 48).find(";", from: index) else { return nil }
    return end + 1
  }

  private static func cutStampLength(_ text: Text) -> Int? {
    guard text[0].isDigit else { return nil }
    let seconds = text.prefix(12).upTo { !$0.isDigit }.count
    guard seconds < 12, text[seconds] == UInt8(ascii: ".") else { return nil }
    let fraction = text.dropFirst(seconds + 1).prefix(7).upTo { !$0.isDigit }.count
    guard fraction == 6, text.hasPrefix("] ", at: seconds + 7) else { return nil }
    return seconds + 8
  }

  private static func hasTime(_ text: Text) -> Bool {
    var index = 2
    while index + 2 < text.count {
      if text[index] == UInt8(ascii: ":") {
        return text[index - 1].isDigit && text[index - 2].isDigit && text[index + 1].isDigit
          && text[index + 2].isDigit
      }
      index += 1
    }
    return false
  }

  /// Whether `12:34:56` is near the start.
  private static func timeOfDay(in text: Text, upTo limit: Int) -> Bool {
    var index = 2
    while index < limit, index + 5 < text.count {
      if text[index] == UInt8(ascii: ":"), text[index + 3] == UInt8(ascii: ":") {
        return text[index - 1].isDigit && text[index + 1].isDigit && text[index + 4].isDigit
      }
      index += 1
    }
    return false
  }
}

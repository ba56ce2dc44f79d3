// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A piece of a log line: borrowed bytes, valid only while that line is being read.
///
/// Both readers work on bytes, not on `String`: a log may hold anything, and 50 MB/s leave no time
/// for Unicode.
struct Text {
  let start: UnsafePointer<UInt8>
  let count: Int

  subscript(index: Int) -> UInt8 { start[index] }

  var isEmpty: Bool { count == 0 }

  func dropFirst(_ length: Int) -> Text {
    let dropped = min(max(length, 0), count)
    return Text(start: start + dropped, count: count - dropped)
  }

  func prefix(_ length: Int) -> Text {
    Text(start: start, count: min(max(length, 0), count))
  }

  func trimmed() -> Text {
    var first = 0
    var end = count
    while first < end, start[first].isBlank { first += 1 }
    while end > first, start[end - 1].isBlank { end -= 1 }
    return Text(start: start + first, count: end - first)
  }

  func hasPrefix(_ pattern: StaticString, at offset: Int = 0) -> Bool {
    let length = pattern.utf8CodeUnitCount
    guard offset + length <= count else { return false }
    let other = pattern.utf8Start
    var index = 0
    while index < length {
      if start[offset + index] != other[index] { return false }
      index += 1
    }
    return true
  }

  func hasPrefix(_ other: Text) -> Bool {
    guard other.count <= count else { return false }
    for index in 0..<other.count where start[index] != other.start[index] { return false }
    return true
  }

  func hasSuffix(_ pattern: StaticString) -> Bool {
    count >= pattern.utf8CodeUnitCount && hasPrefix(pattern, at: count - pattern.utf8CodeUnitCount)
  }

  func find(_ pattern: StaticString, from first: Int = 0) -> Int? {
    let last = count - pattern.utf8CodeUnitCount
    guard first <= last else { return nil }
    let head = pattern.utf8Start[0]
    var index = first
    while index <= last {
      if start[index] == head, hasPrefix(pattern, at: index) { return index }
      index += 1
    }
    return nil
  }

  func contains(_ pattern: StaticString) -> Bool { find(pattern) != nil }

  func containsAny(_ patterns: [StaticString]) -> Bool { patterns.contains { contains($0) } }

  /// What follows the first occurrence of `pattern`.
  func after(_ pattern: StaticString) -> Text? {
    find(pattern).map { dropFirst($0 + pattern.utf8CodeUnitCount) }
  }

  /// The bytes up to the first one for which `stops` holds.
  func upTo(_ stops: (UInt8) -> Bool) -> Text {
    var end = 0
    while end < count, !stops(start[end]) { end += 1 }
    return prefix(end)
  }

  /// As text that is safe to print: broken UTF-8 replaced, control characters turned into spaces.
  var string: String {
    let decoded = String(
      decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    guard decoded.unicodeScalars.contains(where: \.isControl) else { return decoded }
    var scalars = String.UnicodeScalarView()
    for scalar in decoded.unicodeScalars { scalars.append(scalar.isControl ? " " : scalar) }
    return String(scalars)
  }
}

extension Unicode.Scalar {
  /// C0, DEL and C1: what a terminal might obey.
  fileprivate var isControl: Bool { value < 0x20 || (0x7f..<0xa0).contains(value) }
}

extension UInt8 {
  var isDigit: Bool { self &- 0x30 < 10 }
  var isHexDigit: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
  var isLetter: Bool { (self | 0x20) &- 0x61 < 26 }
  var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0d }
  /// What C symbols, and the compiler's clones of them (`f.isra.0`, `f.cold`), are made of.
  var isSymbol: Bool { isLetter || isDigit || self == 0x5f || self == 0x2e || self == 0x24 }

  var hexValue: UInt64 {
    isDigit ? UInt64(self &- 0x30) : UInt64((self | 0x20) &- 0x61 &+ 10)
  }
}

extension Text {
  /// The hexadecimal number at the start, `0x` or not, and the bytes it takes; at most 16 digits.
  func leadingHex() -> (value: UInt64, length: Int)? {
    var index = hasPrefix("0x") ? 2 : 0
    let first = index
    var value: UInt64 = 0
    while index < count, index - first < 16, start[index].isHexDigit {
      value = value << 4 | start[index].hexValue
      index += 1
    }
    return index > first ? (value, index) : nil
  }

  /// The decimal number at the start; at most 9 digits.
  func leadingNumber() -> Int? {
    var index = 0
    var value = 0
    while index < count, index < 9, start[index].isDigit {
      value = value * 10 + Int(start[index] &- 0x30)
      index += 1
    }
    return index > 0 ? value : nil
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A key as a program sees it.
package enum Key: Hashable, Sendable {
  case character(Character)
  case control(Character)
  case enter, tab, backTab, backspace, delete, escape
  case up, down, left, right, home, end, pageUp, pageDown
  /// One that means nothing here.
  case unknown
}

/// Turns a terminal's bytes into keys (ECMA-48's sequences as xterm sends them).
package struct KeyReader: Sendable {
  private var rest: [UInt8] = []

  package init() {}

  /// Whether bytes are left that may be the beginning of a key: a lone escape among them.
  package var isPending: Bool { !rest.isEmpty }

  package mutating func keys(from bytes: some Sequence<UInt8>) -> [Key] {
    rest += bytes
    var keys: [Key] = []
    while let (key, length) = Self.first(in: rest[...]) {
      keys.append(key)
      rest.removeFirst(length)
    }
    return keys
  }

  /// What the remaining bytes mean if nothing follows them.
  package mutating func flush() -> [Key] {
    defer { rest = [] }
    guard let first = rest.first else { return [] }
    return first == 0x1b ? [.escape] : [.unknown]
  }

  private static func first(in bytes: ArraySlice<UInt8>) -> (Key, Int)? {
    guard let byte = bytes.first else { return nil }
    switch byte {
    case 0x1b: return sequence(in: bytes)
    case 0x0d, 0x0a: return (.enter, 1)
    case 0x09: return (.tab, 1)
    case 0x7f, 0x08: return (.backspace, 1)
    case 0..<0x20: return (.control(Character(UnicodeScalar(byte | 0x60))), 1)
    case 0x20..<0x7f: return (.character(Character(UnicodeScalar(byte))), 1)
    default:
      let length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1
      guard bytes.count >= length else { return nil }
      let text = String(validating: bytes.prefix(length), as: UTF8.self)
      return (text?.first.map { .character($0) } ?? .unknown, text == nil ? 1 : length)
    }
  }

  private static func sequence(in bytes: ArraySlice<UInt8>) -> (Key, Int)? {
    let body = bytes.dropFirst()
    guard let kind = body.first else { return nil }
    if kind == UInt8(ascii: "O") {
      return body.dropFirst().first.map { (named(final: $0), 3) }
    }
    guard kind == UInt8(ascii: "[") else {
      // A single escape, or a key with Alt held: the key counts.
      return (.escape, 1)
    }
    let parameters = body.dropFirst().prefix { (0x20..<0x40).contains($0) }
    guard let final = body.dropFirst(1 + parameters.count).first else {
      return parameters.count > 32 ? (.unknown, bytes.count) : nil
    }
    let length = 2 + parameters.count + 1
    guard final == UInt8(ascii: "~") else { return (named(final: final), length) }
    switch String(decoding: parameters.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self) {
    case "1", "7": return (.home, length)
    case "3": return (.delete, length)
    case "4", "8": return (.end, length)
    case "5": return (.pageUp, length)
    case "6": return (.pageDown, length)
    default: return (.unknown, length)
    }
  }

  private static func named(final: UInt8) -> Key {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "Z"): .backTab
    default: .unknown
    }
  }
}

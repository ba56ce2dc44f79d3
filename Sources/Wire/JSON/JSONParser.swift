// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads JSON byte by byte.
///
/// A restored guest has to translate every instruction that it runs for the first time, and
/// Foundation's coders, being general, run tens of thousands of them for a short message: 60 ms per
/// trial under TCG.
struct JSONParser {
  /// No message is nested deeper than a few levels; a parser without a bound could be made to use
  /// up the stack.
  private static let deepest = 16

  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(WireError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw malformed("something after the message") }
    return value
  }

  private func malformed(_ what: String) -> WireError {
    .malformedMessage("\(what) at byte \(position)")
  }

  private mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      default: return
      }
    }
  }

  private mutating func next() throws(WireError) -> UInt8 {
    guard position < bytes.count else { throw malformed("the end came too early") }
    position += 1
    return bytes[position - 1]
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    skipSpace()
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(WireError) -> JSONValue {
    skipSpace()
    guard position < bytes.count else { throw malformed("the end came too early") }
    switch bytes[position] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      depth += 1
      guard depth <= JSONParser.deepest else { throw malformed("too many levels") }
      defer { depth -= 1 }
      return bytes[position] == UInt8(ascii: "{") ? try object() : try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(WireError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw malformed("no JSON") }
    position += word.utf8.count
    return value
  }

  private mutating func object() throws(WireError) -> JSONValue {
    position += 1
    var members: [String: JSONValue] = [:]
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw malformed("no key")
      }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw malformed("no colon") }
      guard members.updateValue(try value(), forKey: key) == nil else {
        throw malformed("a key for the second time")
      }
    } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "}")) else { throw malformed("an object that doesn't end") }
    return .object(members)
  }

  private mutating func array() throws(WireError) -> JSONValue {
    position += 1
    var values: [JSONValue] = []
    if take(UInt8(ascii: "]")) { return .array(values) }
    repeat { values.append(try value()) } while take(UInt8(ascii: ","))
    guard take(UInt8(ascii: "]")) else { throw malformed("a list that doesn't end") }
    return .array(values)
  }

  private mutating func number() throws(WireError) -> JSONValue {
    let start = position
    var isWhole = true
    scan: while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): break
      case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"):
        isWhole = false
      default: break scan
      }
      position += 1
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if !isWhole, let number = Double(text), number.isFinite { return .number(number) }
    if isWhole, let number = Int(text) { return .integer(number) }
    if isWhole, let number = UInt64(text) { return .natural(number) }
    position = start
    throw malformed("no JSON")
  }

  private mutating func string() throws(WireError) -> String {
    position += 1
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\""),
      bytes[position] != UInt8(ascii: "\\"), bytes[position] >= 0x20
    {
      position += 1
    }
    var decoded = Array(bytes[start..<position])
    while true {
      let byte = try next()
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: decoded, as: UTF8.self) else {
          throw malformed("text that is no UTF-8")
        }
        return text
      case UInt8(ascii: "\\"): try escape(&decoded)
      case 0..<0x20: throw malformed("a control character in a string")
      default: decoded.append(byte)
      }
    }
  }

  private mutating func escape(_ decoded: inout [UInt8]) throws(WireError) {
    switch try next() {
    case UInt8(ascii: "n"): decoded.append(0x0a)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "r"): decoded.append(0x0d)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0c)
    case UInt8(ascii: "u"):
      var units = [try codeUnit()]
      if UTF16.isLeadSurrogate(units[0]) {
        guard try next() == UInt8(ascii: "\\"), try next() == UInt8(ascii: "u") else {
          throw malformed("half a surrogate pair")
        }
        units.append(try codeUnit())
      }
      guard let text = String(validating: units, as: UTF16.self) else {
        throw malformed("half a surrogate pair")
      }
      decoded.append(contentsOf: text.utf8)
    case let byte where [UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/")].contains(byte):
      decoded.append(byte)
    default: throw malformed("an unknown escape")
    }
  }

  private mutating func codeUnit() throws(WireError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(try next())).hexDigitValue else {
        throw malformed("no hexadecimal digit")
      }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }
}

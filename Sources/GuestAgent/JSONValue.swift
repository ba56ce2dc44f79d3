package import Wire

/// The JSON that the host's messages are made of, and no more of it: whole numbers only.
///
/// A restored guest translates every instruction that it runs for the first time, and Foundation's
/// coders, being general, run tens of thousands of them for a message of a few words: 60 ms of a
/// trial under TCG. What they make of a message and what this makes of it is the same, which
/// `CompactCodingTests` holds.
package indirect enum JSONValue: Equatable, Sendable {
  case object([Member])
  case array([JSONValue])
  case string(String)
  case number(Int)
  case bool(Bool)
  case null

  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: JSONValue
  }

  package init(parsing bytes: [UInt8]) throws(WireError) {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }

  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  func member(_ key: String) throws(WireError) -> JSONValue {
    guard let value = self[key] else { throw .malformedMessage("no '\(key)'") }
    return value
  }

  func string(_ key: String) throws(WireError) -> String {
    guard case .string(let value) = try member(key) else {
      throw .malformedMessage("'\(key)' is no string")
    }
    return value
  }

  func integer(_ key: String) throws(WireError) -> Int {
    guard case .number(let value) = try member(key) else {
      throw .malformedMessage("'\(key)' is no whole number")
    }
    return value
  }

  func bool(_ key: String) throws(WireError) -> Bool {
    guard case .bool(let value) = try member(key) else {
      throw .malformedMessage("'\(key)' is neither true nor false")
    }
    return value
  }

  func list<Element>(
    _ key: String, _ transform: (JSONValue) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    guard case .array(let values) = try member(key) else {
      throw .malformedMessage("'\(key)' is no list")
    }
    var list: [Element] = []
    for value in values { list.append(try transform(value)) }
    return list
  }

  /// The only member of an object: how Swift codes an enumeration's case.
  func onlyCase() throws(WireError) -> Member {
    guard case .object(let members) = self, members.count == 1 else {
      throw .malformedMessage("no object with one member, where one of several cases was due")
    }
    return members[0]
  }
}

private struct JSONParser {
  /// No message is nested deeper than a few levels; a parser without a bound could be made to use
  /// up the stack.
  private static let deepest = 16

  let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func document() throws(WireError) -> JSONValue {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw malformed("something behind the message") }
    return value
  }

  private func malformed(_ what: String) -> WireError {
    .malformedMessage("\(what) at byte \(position)")
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
      position += 1
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
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(WireError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw malformed("no JSON") }
    position += word.utf8.count
    return value
  }

  private mutating func object() throws(WireError) -> JSONValue {
    position += 1
    var members: [JSONValue.Member] = []
    if take(UInt8(ascii: "}")) { return .object(members) }
    repeat {
      skipSpace()
      guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
        throw malformed("no key")
      }
      let key = try string()
      guard take(UInt8(ascii: ":")) else { throw malformed("no colon") }
      members.append(JSONValue.Member(key: key, value: try value()))
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

  private mutating func number() throws(WireError) -> Int {
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    guard let number = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
      throw malformed("no JSON")
    }
    return number
  }

  private mutating func string() throws(WireError) -> String {
    position += 1
    var decoded: [UInt8] = []
    while true {
      let byte = try next()
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: decoded, as: UTF8.self)
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
      decoded.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
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

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Writes one object of JSON, member by member, in the form that Swift's own encoder has.
public struct JSONWriter {
  private var bytes: [UInt8] = [UInt8(ascii: "{")]
  private let isSorted: Bool

  /// - Parameter sorted: whether the keys of dictionaries are sorted, so that equal messages are
  ///   equal bytes. All other keys come in the order in which they are written.
  public init(sorted: Bool) { isSorted = sorted }

  /// The object; nothing can be added to it.
  public consuming func finished() -> [UInt8] {
    bytes.append(UInt8(ascii: "}"))
    return bytes
  }

  public mutating func object(_ key: String, _ members: (inout JSONWriter) -> Void) {
    name(key)
    object(members)
  }

  public mutating func member(_ key: String, _ value: String?) {
    guard let value else { return }
    name(key)
    quote(value)
  }

  public mutating func member(_ key: String, _ value: (some BinaryInteger)?) {
    guard let value else { return }
    name(key)
    number(value)
  }

  public mutating func member(_ key: String, _ value: Double) {
    name(key)
    number(value)
  }

  public mutating func member(_ key: String, _ value: JSONValue) {
    name(key)
    write(value)
  }

  mutating func member(_ key: String, _ value: Bool) {
    name(key)
    write(value)
  }

  mutating func member(_ key: String, _ values: [String]) {
    list(key, values) { $0.quote($1) }
  }

  mutating func member(_ key: String, _ values: [some BinaryInteger]) {
    list(key, values) { $0.number($1) }
  }

  /// A list of objects.
  mutating func objects<Element>(
    _ key: String, _ elements: [Element], _ members: (inout JSONWriter, Element) -> Void
  ) {
    list(key, elements) { writer, element in writer.object { members(&$0, element) } }
  }

  mutating func dictionary<Value>(
    _ key: String, _ dictionary: [String: Value],
    _ member: (inout JSONWriter, String, Value) -> Void
  ) {
    object(key) { writer in
      guard writer.isSorted else {
        for (key, value) in dictionary { member(&writer, key, value) }
        return
      }
      for (key, value) in dictionary.sorted(by: { $0.key < $1.key }) { member(&writer, key, value) }
    }
  }

  private mutating func list<Element>(
    _ key: String, _ elements: [Element], _ write: (inout JSONWriter, Element) -> Void
  ) {
    name(key)
    bytes.append(UInt8(ascii: "["))
    for (index, element) in elements.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      write(&self, element)
    }
    bytes.append(UInt8(ascii: "]"))
  }

  private mutating func object(_ members: (inout JSONWriter) -> Void) {
    bytes.append(UInt8(ascii: "{"))
    members(&self)
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func write(_ value: JSONValue) {
    switch value {
    case .null: bytes.append(contentsOf: "null".utf8)
    case .bool(let value): write(value)
    case .integer(let value): number(value)
    case .natural(let value): number(value)
    case .number(let value): number(value)
    case .string(let value): quote(value)
    case .array(let values):
      bytes.append(UInt8(ascii: "["))
      for (index, value) in values.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        write(value)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      object { writer in
        for (key, value) in members.sorted(by: { $0.key < $1.key }) { writer.member(key, value) }
      }
    }
  }

  private mutating func name(_ key: String) {
    if bytes.last != UInt8(ascii: "{") { bytes.append(UInt8(ascii: ",")) }
    quote(key)
    bytes.append(UInt8(ascii: ":"))
  }

  private mutating func write(_ value: Bool) {
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  private mutating func number(_ value: some BinaryInteger) {
    bytes.append(contentsOf: String(value).utf8)
  }

  private mutating func number(_ value: Double) {
    let text = "\(value)"
    bytes.append(contentsOf: (text.hasSuffix(".0") ? String(text.dropLast(2)) : text).utf8)
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): escape(byte)
      case 0x08: escape(UInt8(ascii: "b"))
      case 0x09: escape(UInt8(ascii: "t"))
      case 0x0a: escape(UInt8(ascii: "n"))
      case 0x0c: escape(UInt8(ascii: "f"))
      case 0x0d: escape(UInt8(ascii: "r"))
      case 0..<0x20:
        escape(UInt8(ascii: "u"))
        bytes.append(contentsOf: [UInt8(ascii: "0"), UInt8(ascii: "0")])
        bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
        let digit = byte & 15
        bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ letter: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    bytes.append(letter)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The members of one object, each to be read once. Members left unread at ``end()`` are malformed.
struct JSONFields {
  private var members: [String: JSONValue]

  init(_ value: JSONValue) throws(WireError) {
    guard case .object(let members) = value else {
      throw .malformedMessage("no object, where one was due")
    }
    self.members = members
  }

  /// Unknown members are never ignored: the sender means something by them.
  func end() throws(WireError) {
    if let key = members.keys.min() { throw .malformedMessage("nobody knows '\(key)'") }
  }

  func has(_ key: String) -> Bool { members[key] != nil }

  mutating func value(_ key: String) throws(WireError) -> JSONValue {
    guard let value = members.removeValue(forKey: key) else {
      throw .malformedMessage("no '\(key)'")
    }
    return value
  }

  /// - Parameter limit: in bytes.
  mutating func string(_ key: String, upTo limit: Int) throws(WireError) -> String {
    try value(key).string(key, upTo: limit)
  }

  mutating func name(_ key: String) throws(WireError) -> String {
    try string(key, upTo: Bounds.name)
  }

  mutating func words(_ key: String) throws(WireError) -> String {
    try string(key, upTo: Bounds.words)
  }

  mutating func number<Number: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Number> = Number.min...Number.max
  ) throws(WireError) -> Number {
    try value(key).number(key, in: range)
  }

  mutating func bool(_ key: String) throws(WireError) -> Bool {
    guard case .bool(let value) = try value(key) else {
      throw .malformedMessage("'\(key)' is neither true nor false")
    }
    return value
  }

  mutating func list<Element>(
    _ key: String, upTo limit: Int, _ element: (JSONValue) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    guard case .array(let values) = try value(key) else {
      throw .malformedMessage("'\(key)' is no list")
    }
    guard values.count <= limit else {
      throw .malformedMessage("'\(key)' has \(values.count) members, more than \(limit)")
    }
    var list: [Element] = []
    list.reserveCapacity(values.count)
    for value in values { list.append(try element(value)) }
    return list
  }

  mutating func strings(_ key: String, upTo limit: Int) throws(WireError) -> [String] {
    try list(key, upTo: Bounds.listed) { value throws(WireError) in
      try value.string(key, upTo: limit)
    }
  }

  mutating func names(_ key: String) throws(WireError) -> [String] {
    try strings(key, upTo: Bounds.name)
  }

  mutating func numbers<Number: FixedWidthInteger>(
    _ key: String, upTo limit: Int, in range: ClosedRange<Number> = Number.min...Number.max
  ) throws(WireError) -> [Number] {
    try list(key, upTo: limit) { value throws(WireError) in try value.number(key, in: range) }
  }

  mutating func objects<Element: JSONObject>(_ key: String) throws(WireError) -> [Element] {
    try list(key, upTo: Bounds.listed) { value throws(WireError) in try Element(value) }
  }

  mutating func dictionary<Value>(
    _ key: String, _ element: (JSONValue) throws(WireError) -> Value
  ) throws(WireError) -> [String: Value] {
    guard case .object(let members) = try value(key) else {
      throw .malformedMessage("'\(key)' is no object")
    }
    guard members.count <= Bounds.listed else {
      throw .malformedMessage("'\(key)' has \(members.count) members")
    }
    var dictionary: [String: Value] = [:]
    dictionary.reserveCapacity(members.count)
    // Sorted, so that of several faults the same one is named each time. Only the host reads these.
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      guard name.utf8.count <= Bounds.name else {
        throw .malformedMessage("a name in '\(key)' has \(name.utf8.count) bytes")
      }
      dictionary[name] = try element(value)
    }
    return dictionary
  }

  mutating func addressesByName(_ key: String) throws(WireError) -> [String: UInt64] {
    try dictionary(key) { value throws(WireError) in
      try value.number(key, in: UInt64.min...UInt64.max)
    }
  }

  mutating func numbersByName(_ key: String) throws(WireError) -> [String: Int64] {
    try dictionary(key) { value throws(WireError) in
      try value.number(key, in: Int64.min...Int64.max)
    }
  }
}

extension JSONValue {
  fileprivate func string(_ key: String, upTo limit: Int) throws(WireError) -> String {
    guard case .string(let text) = self else {
      throw .malformedMessage("'\(key)' is no string, or has something that is none")
    }
    guard text.utf8.count <= limit else {
      throw .malformedMessage("'\(key)' has \(text.utf8.count) bytes, more than \(limit)")
    }
    return text
  }

  fileprivate func number<Number: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Number>
  ) throws(WireError) -> Number {
    let number: Number? =
      switch self {
      case .integer(let value): Number(exactly: value)
      case .natural(let value): Number(exactly: value)
      default: nil
      }
    guard let number, range.contains(number) else {
      throw .malformedMessage("'\(key)' is no whole number, or out of range")
    }
    return number
  }
}

/// What is coded as an object with members of fixed names.
protocol JSONObject {
  func write(to writer: inout JSONWriter)
  init(_ fields: inout JSONFields) throws(WireError)
}

extension JSONObject {
  /// - Throws: if it is not an object, has a missing or an extra member, or one that is invalid.
  init(_ value: JSONValue) throws(WireError) {
    var fields = try JSONFields(value)
    self = try Self(&fields)
    try fields.end()
  }
}

/// What is coded as Swift codes an enumeration: an object with one member, whose key is the case and
/// whose value has the case's values.
protocol JSONCase: JSONObject {
  init(_ name: String, _ fields: inout JSONFields) throws(WireError)
}

extension JSONCase {
  init(_ fields: inout JSONFields) throws(WireError) {
    let (name, value) = try fields.onlyMember()
    var fields = try JSONFields(value)
    self = try Self(name, &fields)
    try fields.end()
  }
}

extension JSONFields {
  fileprivate mutating func onlyMember() throws(WireError) -> (String, JSONValue) {
    guard let member = members.first, members.count == 1 else {
      throw .malformedMessage("no object with one member, where one of several cases was due")
    }
    members = [:]
    return (member.key, member.value)
  }
}

extension JSONWriter {
  mutating func objects(_ key: String, _ elements: [some JSONObject]) {
    objects(key, elements) { writer, element in element.write(to: &writer) }
  }

  mutating func object(_ key: String, _ element: some JSONObject) {
    object(key) { element.write(to: &$0) }
  }
}

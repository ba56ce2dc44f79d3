/// The members of one object, each to be read once. What nobody has read by ``end()`` is malformed.
struct JSONFields {
  private var members: [String: JSONValue]

  init(_ value: JSONValue) throws(WireError) {
    guard case .object(let members) = value else {
      throw .malformedMessage("no object, where one was due")
    }
    self.members = members
  }

  /// Nothing that is unknown is passed over: who sends it means something by it.
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

  mutating func string(_ key: String) throws(WireError) -> String {
    guard case .string(let value) = try value(key) else {
      throw .malformedMessage("'\(key)' is no string")
    }
    return value
  }

  mutating func optionalString(_ key: String) throws(WireError) -> String? {
    has(key) ? try string(key) : nil
  }

  mutating func number<Number: FixedWidthInteger>(_ key: String) throws(WireError) -> Number {
    guard let number = try value(key).number(Number.self) else {
      throw .malformedMessage("'\(key)' is no whole number, or out of range")
    }
    return number
  }

  mutating func optionalNumber<Number: FixedWidthInteger>(
    _ key: String
  ) throws(WireError) -> Number? {
    has(key) ? try number(key) : nil
  }

  mutating func bool(_ key: String) throws(WireError) -> Bool {
    guard case .bool(let value) = try value(key) else {
      throw .malformedMessage("'\(key)' is neither true nor false")
    }
    return value
  }

  mutating func list<Element>(
    _ key: String, _ element: (JSONValue) throws(WireError) -> Element
  ) throws(WireError) -> [Element] {
    guard case .array(let values) = try value(key) else {
      throw .malformedMessage("'\(key)' is no list")
    }
    var list: [Element] = []
    list.reserveCapacity(values.count)
    for value in values { list.append(try element(value)) }
    return list
  }

  mutating func strings(_ key: String) throws(WireError) -> [String] {
    try list(key) { value throws(WireError) in
      guard case .string(let text) = value else {
        throw .malformedMessage("'\(key)' has something that is no string")
      }
      return text
    }
  }

  mutating func numbers<Number: FixedWidthInteger>(_ key: String) throws(WireError) -> [Number] {
    try list(key) { value throws(WireError) in
      guard let number = value.number(Number.self) else {
        throw .malformedMessage("'\(key)' has something that is no whole number, or out of range")
      }
      return number
    }
  }

  mutating func objects<Element: JSONObject>(_ key: String) throws(WireError) -> [Element] {
    try list(key) { value throws(WireError) in try Element(value) }
  }

  mutating func dictionary<Value>(
    _ key: String, _ element: (JSONValue) throws(WireError) -> Value
  ) throws(WireError) -> [String: Value] {
    guard case .object(let members) = try value(key) else {
      throw .malformedMessage("'\(key)' is no object")
    }
    var dictionary: [String: Value] = [:]
    dictionary.reserveCapacity(members.count)
    for (name, value) in members { dictionary[name] = try element(value) }
    return dictionary
  }

  mutating func numbersByName(_ key: String) throws(WireError) -> [String: Int64] {
    try dictionary(key) { value throws(WireError) in
      guard let number = value.number(Int64.self) else {
        throw .malformedMessage("'\(key)' has something that is no whole number, or out of range")
      }
      return number
    }
  }
}

extension JSONValue {
  fileprivate func number<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    switch self {
    case .integer(let value): Number(exactly: value)
    case .natural(let value): Number(exactly: value)
    default: nil
    }
  }
}

/// What is coded as an object with members of fixed names.
protocol JSONObject {
  func write(to writer: inout JSONWriter)
  init(_ fields: inout JSONFields) throws(WireError)
}

extension JSONObject {
  /// - Throws: where it is none, has a member too few or too many, or one that is no good.
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

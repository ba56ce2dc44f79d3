import Foundation

/// A value of JSON, for the parts of QMP whose shape is QEMU's business.
public enum JSONValue: Codable, Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {  // "is it one?" has no other question
      self = .bool(value)
    } else if let value = try? container.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }

  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }
}

/// One line of QEMU's machine protocol (QEMU: docs/interop/qmp-spec.rst).
enum QMPMessage: Equatable {
  case greeting
  case answer(id: Int, JSONValue)
  case refusal(id: Int?, String)
  case event(QMPEvent)

  init(line: some Collection<UInt8>) throws {
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(line))
    let id: Int? = if case .integer(let number)? = value["id"] { number } else { nil }
    if value["QMP"] != nil {
      self = .greeting
    } else if let name = value["event"]?.string {
      self = .event(QMPEvent(name: name, data: value["data"]))
    } else if let error = value["error"] {
      self = .refusal(id: id, error["desc"]?.string ?? "an error without words")
    } else if let answer = value["return"], let id {
      self = .answer(id: id, answer)
    } else {
      throw MachineError(
        .malformedMessage,
        "QEMU sent a line that is no QMP: \(String(decoding: line, as: UTF8.self))")
    }
  }

  static func command(_ name: String, _ arguments: [String: JSONValue], id: Int) throws -> [UInt8] {
    var members: [String: JSONValue] = ["execute": .string(name), "id": .integer(id)]
    if !arguments.isEmpty { members["arguments"] = .object(arguments) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return Array(try encoder.encode(JSONValue.object(members))) + [UInt8(ascii: "\n")]
  }
}

/// Something that happened to the machine: `SHUTDOWN`, `GUEST_PANICKED`, `RESET`, …
public struct QMPEvent: Codable, Sendable, Equatable {
  public init(name: String, data: JSONValue?) {
    self.name = name
    self.data = data
  }

  public var name: String
  public var data: JSONValue?
}

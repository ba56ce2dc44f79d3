// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Wire

/// One line of QEMU's machine protocol (QEMU: docs/interop/qmp-spec.rst).
enum QMPMessage: Equatable {
  case greeting
  case answer(id: Int, JSONValue)
  case refusal(id: Int?, String)
  case event(QMPEvent)

  init(line: some Collection<UInt8>) throws {
    let value = try JSONValue(parsing: line)
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

  static func command(_ name: String, _ arguments: [String: JSONValue], id: Int) -> [UInt8] {
    var writer = JSONWriter(sorted: true)
    if !arguments.isEmpty { writer.member("arguments", .object(arguments)) }
    writer.member("execute", name)
    writer.member("id", id)
    return writer.finished() + [UInt8(ascii: "\n")]
  }
}

/// Something that happened to the machine: `SHUTDOWN`, `GUEST_PANICKED`, `RESET`, …
public struct QMPEvent: Sendable, Equatable {
  public init(name: String, data: JSONValue?) {
    self.name = name
    self.data = data
  }

  public var name: String
  public var data: JSONValue?

  public func write(to writer: inout JSONWriter) {
    if let data { writer.member("data", data) }
    writer.member("name", name)
  }
}

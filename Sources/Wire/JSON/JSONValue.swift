// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A value of JSON, the one that the messages between host and guest and QEMU's protocol share.
public enum JSONValue: Sendable, Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  /// A whole number above `Int.max`.
  case natural(UInt64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// - Throws: ``WireError/malformedMessage(_:)`` for anything that isn't one value of JSON, an object
  ///   that has a key twice and text that is no UTF-8 among it.
  public init(parsing bytes: some Collection<UInt8>) throws(WireError) {
    var parser = JSONParser(bytes: Array(bytes))
    self = try parser.document()
  }

  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  public var string: String? {
    if case .string(let value) = self { value } else { nil }
  }
}

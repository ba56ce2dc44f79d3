// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How often a function of a module was called.
public struct FunctionCalls: Sendable, Equatable {
  /// The most that are listed of a module.
  public static let most = 1000

  /// As the kernel's tables have it: `gate_open`.
  public var name: String
  public var calls: UInt64

  public init(name: String, calls: UInt64) {
    self.name = name
    self.calls = calls
  }
}

extension FunctionCalls: JSONObject {
  func write(to writer: inout JSONWriter) {
    writer.member("calls", calls)
    writer.member("name", name)
  }

  init(_ fields: inout JSONFields) throws(WireError) {
    self.init(name: try fields.name("name"), calls: try fields.number("calls"))
  }
}

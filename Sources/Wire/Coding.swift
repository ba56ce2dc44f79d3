// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The one coding of the messages, used by both sides: JSON in the form of Swift's own coders.
/// Unknown members are never ignored.
extension WireFrame {
  /// Dictionaries are not sorted, because that would cost a guest time.
  init(coding message: some JSONCase) {
    var writer = JSONWriter(sorted: false)
    message.write(to: &writer)
    self = .message(writer.finished())
  }

  func decoded<Message: JSONCase>() throws(WireError) -> Message {
    guard case .message(let bytes) = self else {
      throw .unexpected("a blob where a message was due")
    }
    return try Message(JSONValue(parsing: bytes))
  }
}

extension HostMessage {
  public var frame: WireFrame { WireFrame(coding: self) }

  /// - Throws: ``WireError/unexpected(_:)`` for a blob, ``WireError/malformedMessage(_:)`` for
  ///   anything that isn't a message of the host's.
  public init(_ frame: WireFrame) throws(WireError) { self = try frame.decoded() }
}

extension AgentMessage {
  public var frame: WireFrame { WireFrame(coding: self) }

  /// - Throws: ``WireError/unexpected(_:)`` for a blob, ``WireError/malformedMessage(_:)`` for
  ///   anything that isn't a message of the agent's.
  public init(_ frame: WireFrame) throws(WireError) { self = try frame.decoded() }
}

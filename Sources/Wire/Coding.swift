// FoundationEssentials has JSON without the rest of Foundation, whose size the guest pays for.
import FoundationEssentials

extension Frame {
  /// A message as a frame, its keys sorted so that equal messages are equal bytes.
  public static func encode(_ message: some Encodable) throws(WireError) -> Frame {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    do {
      return .message(Array(try encoder.encode(message)))
    } catch {
      throw .malformedMessage("\(error)")
    }
  }

  /// The message in this frame.
  ///
  /// - Throws: ``WireError/unexpected(_:)`` for a blob, ``WireError/malformedMessage(_:)`` for
  ///   anything that isn't a `Message` in JSON.
  public func decode<Message: Decodable>(_ type: Message.Type) throws(WireError) -> Message {
    guard case .message(let bytes) = self else {
      throw .unexpected("a blob where a message was due")
    }
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch {
      throw .malformedMessage("\(error)")
    }
  }
}

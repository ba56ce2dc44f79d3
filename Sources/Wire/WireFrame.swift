// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What travels between host and agent: a JSON message, or raw bytes that a message announced.
///
/// On the wire: the payload's length (32 bits, little-endian), a type byte (0 message, 1 blob), the
/// payload.
public enum WireFrame: Sendable, Equatable {
  case message([UInt8])
  case blob([UInt8])

  /// No payload is longer: what claims to be is malformed.
  public static let largestPayload = 1 << 20

  static let headerSize = 5

  public var payload: [UInt8] {
    switch self {
    case .message(let bytes), .blob(let bytes): bytes
    }
  }

  public func encoded() -> [UInt8] {
    let type: UInt8 =
      switch self {
      case .message: 0
      case .blob: 1
      }
    let length = UInt32(payload.count)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(WireFrame.headerSize + payload.count)
    withUnsafeBytes(of: length.littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(type)
    bytes.append(contentsOf: payload)
    return bytes
  }

  /// The frames that carry `bytes`, each as large as a frame may be, and made when it is its turn: a guest
  /// has no room for a second copy of a large log.
  public static func blobs(_ bytes: [UInt8]) -> some Sequence<WireFrame> {
    stride(from: 0, to: bytes.count, by: largestPayload).lazy.map { start in
      .blob(Array(bytes[start..<min(start + largestPayload, bytes.count)]))
    }
  }
}

/// Puts frames together from whatever pieces the channel delivers.
public struct FrameDecoder: Sendable {
  private var buffer: [UInt8] = []
  private var start = 0

  public init() {}

  public mutating func append(_ bytes: some Collection<UInt8>) {
    if start > 0 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer.append(contentsOf: bytes)
  }

  /// The next whole frame, or nil if more bytes are needed.
  public mutating func next() throws(WireError) -> WireFrame? {
    let available = buffer.count - start
    guard available >= WireFrame.headerSize else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(buffer[start + $1]) << (8 * $1) }
    guard length <= WireFrame.largestPayload else { throw .oversizedFrame(length: length) }
    guard available >= WireFrame.headerSize + length else { return nil }
    let type = buffer[start + 4]
    let body = start + WireFrame.headerSize
    let payload = Array(buffer[body..<body + length])
    start = body + length
    switch type {
    case 0: return .message(payload)
    case 1: return .blob(payload)
    default: throw .unknownFrameType(type)
    }
  }
}

/// What makes a conversation malformed. Every one of them makes a trial inconclusive.
public enum WireError: Error, Equatable, Sendable {
  case oversizedFrame(length: Int)
  case unknownFrameType(UInt8)
  case malformedMessage(String)
  case unexpected(String)
  /// More of something than ``Bounds`` allow.
  case tooMuch(String)
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
package import GuestKernel
package import Wire

/// One end of a conversation that must never make its owner wait: what can't be written now is
/// kept, what arrives is put together to frames.
package struct FrameChannel: Sendable {
  package enum Arrival: Equatable, Sendable {
    case frames([WireFrame])
    /// What arrived was not a frame. Whole frames before it are still delivered.
    case malformed([WireFrame], WireError)
    /// The other end is gone, or (a port) not there yet.
    case closed([WireFrame])
  }

  package let descriptor: Int32
  private var decoder = FrameDecoder()
  private var outgoing: [UInt8] = []
  private var sent = 0
  private var piece = [UInt8](repeating: 0, count: 32768)

  /// What is read at a time, and what is kept at most of bytes that were sent: a guest has no room for a
  /// large log in each process that passes it on.
  private static let portion = 1 << 20

  /// - Parameter descriptor: in non-blocking mode. The channel doesn't own it.
  package init(_ descriptor: Int32) { self.descriptor = descriptor }

  package var pending: Int { outgoing.count - sent }

  package mutating func enqueue(_ frame: WireFrame) {
    outgoing.append(contentsOf: frame.encoded())
  }

  /// Writes as much as the other end takes now.
  package mutating func flush() throws(SystemError) {
    while pending > 0 {
      let count = outgoing.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + sent, $0.count - sent)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      if count < 0 { throw SystemError("write to the other end", errno: errno) }
      if count == 0 { break }
      sent += count
    }
    if pending == 0 || sent >= FrameChannel.portion {
      outgoing.removeSubrange(..<sent)
      sent = 0
    }
  }

  /// Reads what is there, up to a portion: an end that never stops would keep its reader from all else.
  package mutating func receive() -> Arrival {
    var frames: [WireFrame] = []
    var received = 0
    while received < FrameChannel.portion {
      let count = read(descriptor, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { return .frames(frames) }
      if count <= 0 { return .closed(frames) }
      received += count
      decoder.append(piece[..<count])
      do throws(WireError) {
        while let frame = try decoder.next() { frames.append(frame) }
      } catch {
        // It is unknown where the next frame would begin, so the rest is discarded, too.
        decoder = FrameDecoder()
        return .malformed(frames, error)
      }
    }
    return .frames(frames)
  }

  /// Discards half-read and unsent frames: the next to connect starts afresh.
  package mutating func reset() {
    decoder = FrameDecoder()
    outgoing.removeAll()
    sent = 0
  }
}

/// The end of a conversation in a process that may wait.
struct BlockingChannel {
  private let descriptor: Int32
  private var decoder = FrameDecoder()
  private var piece = [UInt8](repeating: 0, count: 65536)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// The next frame; nil if the other end is gone.
  mutating func next() throws -> WireFrame? {
    while true {
      if let frame = try decoder.next() { return frame }
      let count = try system("read from the supervisor") {
        read(descriptor, &piece, piece.count)
      }
      if count == 0 { return nil }
      decoder.append(piece[..<count])
    }
  }

  func send(_ message: AgentMessage) throws {
    try send(message.frame)
  }

  func send(_ frame: WireFrame) throws {
    try writeAll(frame.encoded(), to: descriptor, "write to the supervisor")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization
import Wire

/// Stands between an agent's bytes and the code that acts on its events: the rules of the wire, and
/// back pressure. The reader of the bytes waits while too much of what they held is unprocessed;
/// then the socket fills up, and the guest has to wait, too.
package final class AgentLine: Sendable {
  /// An event, and how many of the agent's bytes it takes up.
  typealias Weighed = (event: GuestEvent, size: Int)

  private struct State {
    var intake = AgentIntake()
    var unread = 0
    var isWaiting = false
    var isClosed = false
  }

  /// The cost of an event besides its bytes: an empty one isn't free.
  private static let overhead = 128

  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)
  private let began = SuspendingClock.now

  package init() {}

  private var now: Double { (SuspendingClock.now - began).seconds }

  /// To be called before it is sent: the answer may be quick.
  func said(_ message: HostMessage) {
    state.withLock { $0.intake.said(message, now: now) }
  }

  func sent(blob count: Int) {
    state.withLock { $0.intake.sent(blob: count) }
  }

  /// What bytes from the agent mean, each event handed to `deliver`. Waits for the reader of earlier
  /// ones, so never to be called from Swift's thread pool.
  package func receive(
    _ bytes: ArraySlice<UInt8>, deliver: (_ event: GuestEvent, _ size: Int) -> Void
  ) {
    let (items, broken) = state.withLock { $0.intake.take(bytes, now: now) }
    for (item, size) in items {
      let size = size + Self.overhead
      guard waitForRoom(of: size) else { return }
      switch item {
      case .message(let message): deliver(.message(message), size)
      case .blob(let bytes): deliver(.blob(bytes), size)
      }
    }
    if let broken { deliver(.malformed(broken), 0) }
  }

  /// - Returns: false if nobody will process events any more.
  private func waitForRoom(of size: Int) -> Bool {
    while true {
      let isThere = state.withLock { state -> Bool? in
        if state.isClosed { return false }
        if state.unread > 0, state.unread + size > Bounds.unread {
          state.isWaiting = true
          return nil
        }
        state.unread += size
        return true
      }
      if let isThere { return isThere }
      room.wait()
    }
  }

  /// An event of this size has been processed.
  package func looked(at size: Int) {
    guard size > 0 else { return }
    wake { $0.unread -= size }
  }

  /// No more events will be processed.
  package func close() { wake { $0.isClosed = true } }

  private func wake(_ change: (inout State) -> Void) {
    let isWaiting = state.withLock { state in
      change(&state)
      defer { state.isWaiting = false }
      return state.isWaiting
    }
    if isWaiting { room.signal() }
  }
}

/// A guest's events, for one reader at a time. Taking one shows the agent's line that there is
/// room.
public struct GuestEvents: AsyncSequence, Sendable {
  let stream: AsyncStream<AgentLine.Weighed>
  let line: AgentLine

  public func makeAsyncIterator() -> Iterator {
    Iterator(events: stream.makeAsyncIterator(), line: line)
  }

  public struct Iterator: AsyncIteratorProtocol {
    var events: AsyncStream<AgentLine.Weighed>.Iterator
    let line: AgentLine

    public mutating func next() async -> GuestEvent? {
      guard let next = await events.next() else { return nil }
      line.looked(at: next.size)
      return next.event
    }
  }
}

/// How often QEMU has reported each kind of event. A guest can cause as many as it likes: each
/// write to pvpanic's port is one (QEMU: hw/misc/pvpanic.c).
final class EventCount: Sendable {
  /// Of one kind.
  private static let most = 64

  private let counts = Mutex<[String: Int]>([:])

  /// Whether the event is worth passing on.
  func admits(_ event: QMPEvent) -> Bool {
    counts.withLock { counts in
      counts[event.name, default: 0] += 1
      return counts[event.name, default: 0] <= Self.most
    }
  }
}

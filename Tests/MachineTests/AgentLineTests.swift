// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Machine
import Synchronization
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct AgentLineTests {
  private func events(_ line: AgentLine, _ bytes: [UInt8]) -> [GuestEvent] {
    var events: [GuestEvent] = []
    line.receive(bytes[...]) { event, size in
      events.append(event)
      line.looked(at: size)
    }
    return events
  }

  @Test func nothingBehindAMalformedFrameIsBelieved() {
    let line = AgentLine()
    let finished = AgentMessage.finished.frame.encoded()
    #expect(
      events(line, finished + [0, 0, 0, 0, 9] + finished)
        == [.message(.finished), .malformed(.unknownFrameType(9))])
    #expect(events(line, finished).isEmpty)
  }

  /// Hands on so many messages of a hundred bytes and more, from a thread of its own.
  private func flood(_ line: AgentLine, _ count: Int, _ heard: @escaping @Sendable (Int) -> Void)
    -> Thread
  {
    let bytes = AgentMessage.failed(String(repeating: "x", count: 60_000)).frame.encoded()
    let thread = Thread {
      for _ in 0..<count { line.receive(bytes[...]) { _, size in heard(size) } }
      heard(0)
    }
    thread.start()
    return thread
  }

  @Test func whoeverReadsWaitsForWhoeverLooks() async throws {
    let line = AgentLine()
    let (sizes, sink) = AsyncStream.makeStream(of: Int.self)
    let unread = Mutex(0)
    let most = Mutex(0)
    _ = flood(line, 200) { size in
      unread.withLock { unread in
        unread += size
        most.withLock { $0 = max($0, unread) }
      }
      sink.yield(size)
    }
    // Nobody looks for a while, and then one by one.
    try await Task.sleep(for: .milliseconds(200))
    var heard = 0
    for await size in sizes {
      if size == 0 { break }
      heard += 1
      unread.withLock { $0 -= size }
      line.looked(at: size)
    }
    #expect(heard == 200)
    #expect(most.withLock { $0 } <= Bounds.unread)
  }

  @Test func whoeverReadsIsLetGoWhenTheGuestEnds() async throws {
    let line = AgentLine()
    let (sizes, sink) = AsyncStream.makeStream(of: Int.self)
    _ = flood(line, 200) { sink.yield($0) }
    try await Task.sleep(for: .milliseconds(100))
    line.close()
    var heard = 0
    for await size in sizes {
      if size == 0 { break }
      heard += 1
    }
    #expect(heard < 200)
  }
}

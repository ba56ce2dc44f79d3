// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ChannelTests {
  /// What arrives, and how often its end.
  private struct Heard: Sendable, Equatable {
    var bytes: [UInt8] = []
    var ends = 0
  }

  private typealias Arrivals = AsyncStream<[UInt8]?>

  /// A channel, what arrives on it, and the peer's end of the socket.
  private func open() throws -> (Channel, Arrivals, peer: Int32) {
    let pair = try SocketPair()
    let (ours, peer) = (dup(pair.ours.number), dup(pair.theirs.number))
    try #require(ours >= 0 && peer >= 0)
    let (arrivals, sink) = Arrivals.makeStream()
    let channel = try Channel(Descriptor(owning: ours), name: "test") { bytes in
      sink.yield(bytes.map(Array.init))
      if bytes == nil { sink.finish() }
    }
    return (channel, arrivals, peer)
  }

  private func heard(_ arrivals: Arrivals) async -> Heard {
    var heard = Heard()
    for await bytes in arrivals {
      heard.bytes += bytes ?? []
      if bytes == nil { heard.ends += 1 }
    }
    return heard
  }

  /// Each guest's end hangs up three of them, and several guests end at once.
  @Test func peersThatHangUpAtOnceAreAllHeardToTheirEnd() async throws {
    let words = Array("last words".utf8)
    try await withThrowingTaskGroup(of: Heard.self) { group in
      for _ in 0..<400 {
        group.addTask {
          let (_, arrivals, peer) = try open()
          #expect(write(peer, words, words.count) == words.count)
          Glibc.close(peer)
          return await heard(arrivals)
        }
      }
      for try await heard in group { #expect(heard == Heard(bytes: words, ends: 1)) }
    }
  }

  @Test func aClosedChannelEndsThoughItsPeerStays() async throws {
    let (channel, arrivals, peer) = try open()
    channel.close()
    #expect(await heard(arrivals).ends == 1)
    await #expect(throws: SystemCallError.self) { try await channel.send([1]) }
    // The peer is told.
    var byte: UInt8 = 0
    #expect(recv(peer, &byte, 1, 0) == 0)
    Glibc.close(peer)
  }
}

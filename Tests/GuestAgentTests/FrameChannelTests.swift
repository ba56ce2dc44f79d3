// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import GuestAgent
import TestSupport
import Testing
import Wire

/// A scripted host at the other end of a socket pair.
private struct ScriptedHost: ~Copyable {
  let near: Int32
  let far: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try #require(
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
    near = ends[0]
    far = ends[1]
  }

  deinit {
    close(near)
    close(far)
  }

  func say(_ bytes: [UInt8]) { #expect(write(far, bytes, bytes.count) == bytes.count) }

  func hear() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = read(far, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : []
  }

  func hangUp() { shutdown(far, Int32(SHUT_WR)) }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct FrameChannelTests {
  @Test func framesArriveThoughTheyComeInPieces() throws {
    let host = try ScriptedHost()
    var channel = FrameChannel(host.near)
    let bytes = HostMessage.hello(version: 1).frame.encoded()
    host.say(Array(bytes[..<7]))
    #expect(channel.receive() == .frames([]))
    host.say(Array(bytes[7...]))
    #expect(channel.receive() == .frames([HostMessage.hello(version: 1).frame]))
  }

  @Test func malformedFramesComeBehindWholeOnes() throws {
    let host = try ScriptedHost()
    var channel = FrameChannel(host.near)
    host.say(WireFrame.blob([1]).encoded() + [0, 0, 0, 0, 9])
    #expect(channel.receive() == .malformed([.blob([1])], .unknownFrameType(9)))
    host.say(WireFrame.blob([2]).encoded())
    #expect(channel.receive() == .frames([.blob([2])]))
  }

  @Test func theOtherEndsDepartureIsSeenBehindItsLastWords() throws {
    let host = try ScriptedHost()
    var channel = FrameChannel(host.near)
    host.say(WireFrame.blob([1]).encoded())
    host.hangUp()
    #expect(channel.receive() == .closed([.blob([1])]))
  }

  @Test func afterAResetTheNextToConnectBeginsAnew() throws {
    let host = try ScriptedHost()
    var channel = FrameChannel(host.near)
    host.say([5, 0, 0, 0, 0, 1])
    #expect(channel.receive() == .frames([]))
    channel.enqueue(.blob([1]))
    channel.reset()
    #expect(channel.pending == 0)
    host.say(WireFrame.blob([7]).encoded())
    #expect(channel.receive() == .frames([.blob([7])]))
  }

  @Test func whatTheOtherEndDoesNotTakeIsKept() throws {
    let host = try ScriptedHost()
    var channel = FrameChannel(host.near)
    let frame = WireFrame.blob(Array(repeating: 3, count: WireFrame.largestPayload))
    channel.enqueue(frame)
    try channel.flush()
    #expect(channel.pending > 0)
    var heard: [UInt8] = []
    for _ in 0..<1000 where channel.pending > 0 {
      heard += host.hear()
      try channel.flush()
    }
    heard += host.hear()
    #expect(heard == frame.encoded())
  }

  @Test func whatNeverStopsIsReadInPortions() throws {
    let bytes = WireFrame.blobs(Array(repeating: 7, count: 3 << 20)).flatMap { $0.encoded() }
    let file = tmpfile()
    defer { fclose(file) }
    try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    rewind(file)
    var channel = FrameChannel(fileno(file))
    var arrivals: [[WireFrame]] = []
    receiving: while true {
      switch channel.receive() {
      case .frames(let frames): arrivals.append(frames)
      case .closed(let frames), .malformed(let frames, _):
        arrivals.append(frames)
        break receiving
      }
    }
    #expect(arrivals.map(\.count).max() == 1)
    #expect(arrivals.flatMap(\.self).map(\.payload.count) == [1 << 20, 1 << 20, 1 << 20])
  }
}

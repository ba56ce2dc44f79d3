// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Machine
import Synchronization
import TestSupport
import Testing
import Wire

/// Plays QEMU's part on the far end of a socket.
private struct ScriptedPeer: Sendable {
  let socket: Int32

  func say(_ line: String) {
    let bytes = Array((line + "\r\n").utf8)
    #expect(write(socket, bytes, bytes.count) == bytes.count)
  }

  /// Wait for a command that holds `words`; one read may hold several.
  func hear(_ words: String) async throws {
    var heard: [UInt8] = []
    for _ in 0..<500 {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(socket, &buffer, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 { heard += buffer[..<count] }
      if String(decoding: heard, as: UTF8.self).contains(words) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the client never said \(words)")
  }

  func hangUp() { close(socket) }
}

private final class Heard: Sendable {
  let events = Mutex<[QMPEvent]>([])
}

@Suite(.lane, .timeLimit(.minutes(5))) struct QMPConversationTests {
  private func connect() throws -> (QMPClient, ScriptedPeer, Heard) {
    var sockets: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &sockets) == 0)
    try #require(fcntl(sockets[0], F_SETFL, O_NONBLOCK) == 0)
    let peer = ScriptedPeer(socket: sockets[1])
    let heard = Heard()
    let client = try QMPClient(Descriptor(owning: sockets[0])) { event in
      heard.events.withLock { $0.append(event) }
    }
    return (client, peer, heard)
  }

  @Test func anAnswerFindsItsCommandThoughEventsComeBetween() async throws {
    let (client, peer, heard) = try connect()
    peer.say(#"{"QMP": {"version": {}, "capabilities": []}}"#)
    async let answer = client.execute("query-status")
    try await peer.hear("query-status")
    peer.say(#"{"event": "STOP", "timestamp": {"seconds": 1, "microseconds": 2}}"#)
    peer.say(#"{"return": {"status": "running"}, "id": 1}"#)
    #expect(try await answer["status"]?.string == "running")
    #expect(heard.events.withLock { $0.map(\.name) } == ["STOP"])
    peer.hangUp()
  }

  @Test func answersInAnotherOrderFindTheirCommands() async throws {
    let (client, peer, _) = try connect()
    async let first = client.execute("first")
    try await peer.hear(#""first""#)
    async let second = client.execute("second")
    try await peer.hear(#""second""#)
    peer.say(#"{"return": "two", "id": 2}"#)
    peer.say(#"{"return": "one", "id": 1}"#)
    #expect(try await first.string == "one")
    #expect(try await second.string == "two")
    peer.hangUp()
  }

  @Test func oneAnswerMayComeInPieces() async throws {
    let (client, peer, _) = try connect()
    async let answer = client.execute("query")
    try await peer.hear("query")
    for piece in [#"{"return": {"a": "#, #""b"}, "id":"#, " 1}\r\n"] {
      let bytes = Array(piece.utf8)
      _ = write(peer.socket, bytes, bytes.count)
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(try await answer["a"]?.string == "b")
    peer.hangUp()
  }

  @Test func aRefusalIsAnErrorInQEMUsWords() async throws {
    let (client, peer, _) = try connect()
    let answer = Task { try await client.execute("migrate") }
    try await peer.hear("migrate")
    peer.say(#"{"id": 1, "error": {"class": "GenericError", "desc": "No room"}}"#)
    await expectFailure(.qmpRefused, saying: "No room") { _ = try await answer.value }
    peer.hangUp()
  }

  @Test func aPeerThatHangsUpLeavesNobodyWaiting() async throws {
    let (client, peer, _) = try connect()
    // Where all tests run at once it may take long until the hang-up has its turn.
    let answer = Task { try await client.execute("migrate", seconds: 600) }
    try await peer.hear("migrate")
    peer.hangUp()
    await expectFailure(.noAnswer, saying: "closed") { _ = try await answer.value }
  }

  @Test func aSilentPeerIsGivenUp() async throws {
    let (client, peer, _) = try connect()
    await expectFailure(.noAnswer, saying: "within") {
      try await client.execute("migrate", seconds: 0.05)
    }
    peer.hangUp()
  }

  @Test func rubbishEndsTheConversation() async throws {
    let (client, peer, _) = try connect()
    let answer = Task { try await client.execute("migrate") }
    try await peer.hear("migrate")
    peer.say("{]")
    await expectFailure(.noAnswer, saying: "") { _ = try await answer.value }
    peer.hangUp()
  }

  @Test func anEndlessLineIsGivenUpAndNotKept() {
    let conversation = QMPConversation { _ in }
    let piece = [UInt8](repeating: 0x61, count: 1 << 16)
    for _ in 0..<16 { conversation.receive(piece[...]) }
    #expect(conversation.unreadCount == QMPConversation.longestLine)
    for _ in 0..<64 {
      conversation.receive(piece[...])
      #expect(conversation.unreadCount == 0)
    }
    // Nor is what comes behind it taken for the beginning of another line.
    conversation.receive(Array("\n{\"QMP\": {}}\n{".utf8)[...])
    #expect(conversation.unreadCount == 0)
  }

  @Test func anEndlessLineLeavesNobodyWaiting() async throws {
    let (client, peer, _) = try connect()
    let answer = Task { try await client.execute("migrate", seconds: 600) }
    try await peer.hear("migrate")
    let piece = [UInt8](repeating: 0x61, count: 1 << 16)
    for _ in 0..<17 {
      var rest = piece[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { write(peer.socket, $0.baseAddress, $0.count) }
        try #require(count > 0)
        rest = rest.dropFirst(count)
      }
    }
    await expectFailure(.noAnswer, saying: "endless") { _ = try await answer.value }
    peer.hangUp()
  }

  private func expectFailure(
    _ code: MachineError.Code, saying words: String, _ body: () async throws -> Void
  ) async {
    do {
      try await body()
      Issue.record("nothing failed")
    } catch let error as MachineError {
      #expect(error.code == code)
      #expect(words.isEmpty || error.message.contains(words))
    } catch {
      Issue.record("\(error)")
    }
  }
}

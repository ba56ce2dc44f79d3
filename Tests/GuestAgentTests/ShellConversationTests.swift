// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct ShellConversationTests {
  private let plan = ShellPlan(terminal: "xterm", size: TerminalSize(rows: 24, columns: 80))

  private func host(_ message: HostMessage) throws -> Conversation.Event {
    .host(message.frame)
  }

  private func greeted() throws -> Conversation {
    var conversation = Conversation(kernelRelease: "6.1.0-test")
    _ = conversation.handle(.ready)
    _ = try conversation.handle(host(.hello(version: wireVersion)))
    return conversation
  }

  private func isFailure(_ actions: [Conversation.Action]) throws -> Bool {
    try actions.contains { action in
      guard case .tellHost(let frame) = action else { return false }
      if case .failed = try AgentMessage(frame) { return true }
      return false
    }
  }

  @Test func aFileIsPutWhenAllOfItHasCome() throws {
    var conversation = try greeted()
    #expect(
      try conversation.handle(host(.file(path: "/a/b", size: 5, executable: true))).isEmpty)
    #expect(conversation.handle(.host(.blob([1, 2]))).isEmpty)
    #expect(!conversation.underWay)
    #expect(
      conversation.handle(.host(.blob([3, 4, 5]))) == [
        .shell(
          .put(IncomingFile(path: "/a/b", size: 5, executable: true, bytes: [1, 2, 3, 4, 5])))
      ])
  }

  @Test func anEmptyFileIsPutAtOnce() throws {
    var conversation = try greeted()
    #expect(
      try conversation.handle(host(.file(path: "/a", size: 0, executable: false))) == [
        .shell(.put(IncomingFile(path: "/a", size: 0, executable: false)))
      ])
  }

  @Test func aFileThatIsLongerThanAnnouncedOrHasNoPlaceIsRefused() throws {
    var conversation = try greeted()
    #expect(
      try isFailure(conversation.handle(host(.file(path: "a", size: 1, executable: false)))))
    conversation = try greeted()
    _ = try conversation.handle(host(.file(path: "/a", size: 1, executable: false)))
    #expect(try isFailure(conversation.handle(.host(.blob([1, 2])))))
  }

  @Test func blobsAreInputWhileThereIsAShellAndHeartbeatsGoOn() throws {
    var conversation = try greeted()
    #expect(try conversation.handle(host(.shell(plan))) == [.shell(.start(plan))])
    #expect(conversation.underWay)
    #expect(conversation.handle(.host(.blob([7]))) == [.shell(.input([7]))])
    #expect(conversation.handle(.shell(.output([8]))) == [.tellHost(.blob([8]))])
    #expect(
      conversation.handle(.shell(.took(1)))
        == [.tellHost(AgentMessage.shellTaken(bytes: 1).frame)])
    #expect(try conversation.handle(host(.shellTaken(bytes: 1))) == [.shell(.taken(1))])
    #expect(try conversation.handle(host(.shellInputEnded)) == [.shell(.inputEnded)])
    let beat = conversation.handle(.heartbeatDue(uptimeMilliseconds: 1, processState: "S"))
    #expect(
      beat == [
        .tellHost(
          AgentMessage.heartbeat(uptimeMilliseconds: 1, step: "shell", processState: "S").frame)
      ])
  }

  @Test func whatComesBehindAShellsEndIsNoFailure() throws {
    var conversation = try greeted()
    _ = try conversation.handle(host(.shell(plan)))
    #expect(
      conversation.handle(.shell(.ended(status: 3)))
        == [.tellHost(AgentMessage.shellEnded(status: 3).frame)])
    #expect(!conversation.underWay)
    #expect(conversation.handle(.host(.blob([1]))).isEmpty)
    #expect(try conversation.handle(host(.shellTaken(bytes: 1))).isEmpty)
  }

  @Test func aShellBehindATrialOrAheadOfAHelloIsRefused() throws {
    var conversation = Conversation(kernelRelease: "6.1.0-test")
    _ = conversation.handle(.ready)
    #expect(try isFailure(conversation.handle(host(.shell(plan)))))
    conversation = try greeted()
    _ = try conversation.handle(host(.shell(plan)))
    #expect(try isFailure(conversation.handle(host(.shell(plan)))))
  }
}

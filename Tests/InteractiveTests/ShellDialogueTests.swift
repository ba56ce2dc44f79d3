// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Interactive
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ShellDialogueTests {
  private func begun(isTerminal: Bool = true, window: Int = 8) -> ShellDialogue {
    var dialogue = ShellDialogue(isTerminal: isTerminal, window: window)
    _ = dialogue.handle(.started(""))
    return dialogue
  }

  private func keys(_ text: String) -> ShellDialogue.Event { .keys(Array(text.utf8)) }
  private func send(_ text: String) -> ShellDialogue.Action { .send(Array(text.utf8)) }

  @Test func whatIsTypedBeforeTheShellIsThereIsKept() {
    var dialogue = ShellDialogue(isTerminal: true, window: 8)
    #expect(dialogue.handle(keys("ls\r")).isEmpty)
    #expect(dialogue.handle(.started("hello")) == [.tell("hello"), send("ls\r")])
  }

  @Test func controlBracketLeavesWhateverHappens() {
    var starting = ShellDialogue(isTerminal: true, window: 8)
    #expect(starting.handle(keys("\u{1d}")) == [.leave(0)])
    var working = begun()
    #expect(working.handle(keys("abc\u{1d}")) == [.leave(0)])
    var hanging = begun()
    _ = hanging.handle(.hangs)
    #expect(hanging.handle(keys("\u{1d}")) == [.leave(0)])
    var lost = begun()
    _ = lost.handle(.over("gone\n"))
    #expect(lost.handle(keys("\u{1d}")) == [.leave(0)])
  }

  @Test func noMoreThanTheWindowIsUnderWay() {
    var dialogue = begun(window: 4)
    #expect(dialogue.handle(keys("abcdef")) == [send("abcd")])
    #expect(dialogue.handle(keys("g")).isEmpty)
    #expect(dialogue.handle(.tookInput(3)) == [send("efg")])
  }

  @Test func whatATypistPilesUpHasABound() {
    var dialogue = begun(window: 4)
    _ = dialogue.handle(keys("abcd"))
    let much = String(repeating: "x", count: 40_000)
    #expect(dialogue.handle(keys(much)).isEmpty)
    #expect(dialogue.handle(keys(much)) == [.bell])
  }

  @Test func aScriptIsReadOnOnlyWhenItsPieceIsUnderWay() {
    var dialogue = ShellDialogue(isTerminal: false, window: 4)
    #expect(dialogue.handle(.started("")) == [.readOn])
    #expect(dialogue.handle(keys("abcdef\u{1d}")) == [send("abcd")])
    #expect(dialogue.handle(.tookInput(4)) == [send("ef\u{1d}"), .readOn])
    // One piece at a time, however often the shell takes something meanwhile.
    #expect(dialogue.handle(.tookInput(3)).isEmpty)
    #expect(dialogue.handle(.inputEnded) == [.endInput])
    #expect(dialogue.handle(.tookInput(1)).isEmpty)
    #expect(dialogue.handle(.ended(status: 7)) == [.leave(7)])
  }

  @Test func aLostGuestIsReplacedOnEnterOnly() {
    var dialogue = begun()
    guard case .tell(let words)? = dialogue.handle(.over("✖ panicked\n")).first else {
      Issue.record("nothing was told")
      return
    }
    #expect(words.hasPrefix("✖ panicked\n"))
    #expect(dialogue.handle(keys("x\u{1b}[A")).isEmpty)
    #expect(dialogue.handle(keys("\r")) == [.startGuest])
    #expect(dialogue.handle(.started("new")) == [.tell("new")])
    _ = dialogue.handle(.over(""))
    #expect(dialogue.handle(keys("q")) == [.leave(0)])
  }

  @Test func aHangOffersABackTraceAndTime() {
    var dialogue = begun()
    #expect(dialogue.handle(.hangs).count == 1)
    #expect(dialogue.handle(keys("b")) == [.question])
    var other = begun()
    _ = other.handle(.hangs)
    #expect(other.handle(keys("w")).last == .wait)
    #expect(other.handle(keys("ls")) == [send("ls")])
  }

  @Test func aHangThatGoesByGivesTheKeysBackToTheShell() {
    var dialogue = begun()
    _ = dialogue.handle(.hangs)
    #expect(dialogue.handle(.speaksAgain).count == 1)
    #expect(dialogue.handle(keys("b")) == [send("b")])
  }

  @Test func aScriptsGuestThatHangsOrIsLostEndsIt() {
    var dialogue = begun(isTerminal: false)
    #expect(dialogue.handle(.hangs).last == .question)
    #expect(dialogue.handle(.over("hung\n")) == [.tell("hung\n"), .leave(3)])
  }

  @Test func nothingFollowsTheEnd() {
    var dialogue = begun()
    _ = dialogue.handle(.gone)
    #expect(dialogue.handle(keys("\r")).isEmpty)
    #expect(dialogue.handle(.over("")).isEmpty)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct SharedScreenTests {
  private func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  @Test func theKernelBeginsALineOfItsOwnAndGoesOnWithIt() {
    var screen = SharedScreen(colour: false)
    #expect(text(screen.bytes(Array("# ".utf8), of: .shell)) == "# ")
    #expect(text(screen.bytes(Array("BUG: ".utf8), of: .kernel)) == "\r\nBUG: ")
    #expect(text(screen.bytes(Array("bad\r\n".utf8), of: .kernel)) == "bad\r\n")
    #expect(text(screen.bytes(Array("told\nso\n".utf8), of: .laboratory)) == "told\r\nso\r\n")
    #expect(text(screen.bytes(Array("\r\n# ".utf8), of: .shell)) == "\r\n# ")
  }

  @Test func noWordOfTheKernelsSteersTheTerminal() {
    var screen = SharedScreen(colour: false)
    let bytes: [UInt8] = [0x1b, 0x5b, 0x32, 0x4a, 0x9b, 0x07, 0x0d, 0x0a, 0x09]
    #expect(text(screen.bytes(bytes, of: .kernel)) == "?[2J??\r\n\t")
  }

  @Test func colourChangesOnlyWithTheWriter() {
    var screen = SharedScreen(colour: true)
    #expect(text(screen.bytes(Array("a".utf8), of: .kernel)) == "\u{1b}[2ma")
    #expect(text(screen.bytes(Array("b\n".utf8), of: .kernel)) == "b\r\n")
    #expect(text(screen.bytes(Array("c".utf8), of: .shell)) == "\u{1b}[0mc")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Interactive
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct KeyReaderTests {
  @Test func keysAreReadFromTheBytesOfATerminal() {
    var reader = KeyReader()
    #expect(
      reader.keys(from: Array("a\r\u{1b}[A\u{1b}OB\u{1b}[5~\u{1b}[1;5C\u{1b}[Z\u{7f}\u{3}é".utf8))
        == [
          .character("a"), .enter, .up, .down, .pageUp, .right, .backTab, .backspace,
          .control("c"), .character("é"),
        ])
    #expect(!reader.isPending)
  }

  @Test func aSequenceThatComesInPiecesIsOneKey() {
    var reader = KeyReader()
    #expect(reader.keys(from: [0x1b]).isEmpty)
    #expect(reader.isPending)
    #expect(reader.keys(from: Array("[6".utf8)).isEmpty)
    #expect(reader.keys(from: Array("~q".utf8)) == [.pageDown, .character("q")])
  }

  @Test func aLoneEscapeIsOneOnlyWhenNothingFollows() {
    var reader = KeyReader()
    #expect(reader.keys(from: [0x1b]).isEmpty)
    #expect(reader.flush() == [.escape])
    #expect(reader.flush().isEmpty)
    #expect(reader.keys(from: Array("\u{1b}q".utf8)) == [.escape, .character("q")])
  }

  @Test func nonsenseEndsAndDoesNoHarm() {
    var reader = KeyReader()
    _ = reader.keys(from: Array("\u{1b}[".utf8) + [UInt8](repeating: 0x30, count: 500))
    _ = reader.keys(from: (0...255).map { UInt8($0) })
    _ = reader.flush()
    #expect(reader.keys(from: Array("q".utf8)) == [.character("q")])
  }
}

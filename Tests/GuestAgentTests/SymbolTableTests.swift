// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct SymbolTableTests {
  private static let text = """
    ffffffff9a000000 T _text
    ffffffff9c4b7ac8 b tainted_mask
    ffffffff9c4b7ad0 d not_modules
    ffffffff9c4b7ad8 d modules
    ffffffff9c4b7ae0 d modules
    ffffffffc0123456 t panic_cpu\t[lying_module]

    """

  private func table(_ pieces: [[UInt8]]) -> SymbolTable {
    var table = SymbolTable(["tainted_mask", "modules", "panic_cpu"])
    for piece in pieces { table.add(piece[...]) }
    return table
  }

  @Test func aTableInPiecesOfAnySizeGivesTheSame() {
    let bytes = Array(Self.text.utf8)
    for size in 1...bytes.count {
      let pieces = stride(from: 0, to: bytes.count, by: size).map {
        Array(bytes[$0..<min($0 + size, bytes.count)])
      }
      let table = table(pieces)
      #expect(
        table.found == ["tainted_mask": 0xffff_ffff_9c4b_7ac8, "modules": 0xffff_ffff_9c4b_7ad8])
      // A module's symbol of the same name is another.
      #expect(!table.isComplete)
    }
  }

  @Test func aLineThatIsNoSymbolIsPassedOver() {
    #expect(table([Array("rubbish\n\nffffffffzzzzzzzz b tainted_mask\n".utf8)]).found.isEmpty)
  }
}

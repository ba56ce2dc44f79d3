// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Trials
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct MachineCodeListingTests {
  private let disassembly = """

    code.bin:     file format binary


    Disassembly of section .data:

    00000000 <.data>:
       0:\tendbr64
       4:\tpush   %rbp
       b:\tcall   0xffffffffc0001000
      10:\tret
    """

  private func listing(of compiled: CompiledFunction?) -> String {
    let lines = ["int count(void)", "{", "  return help();", "}"]
    var listing = MachineCodeListing(
      SourceLines(
        Dictionary(
          uniqueKeysWithValues: lines.enumerated().map { index, text in
            (SourcePlace(file: "bpf/count.bpf.c", line: index + 1), text)
          })))
    listing.add("count", size: 17, compiled: compiled, disassembly: disassembly)
    return listing.text
  }

  @Test func eachInstructionStandsBelowTheLineThatItComesFrom() {
    let compiled = CompiledFunction(
      name: "count", size: 17, files: ["bpf/count.bpf.c"], lines: [4, 0, 1, 11, 0, 3])
    #expect(
      listing(of: compiled) == """
        count: 17 bytes
           0:\tendbr64
        ; count.bpf.c:1  int count(void)
           4:\tpush   %rbp
        ; count.bpf.c:3  return help();
           b:\tcall   0xffffffffc0001000
          10:\tret

        """)
  }

  @Test func aSourceThatIsNotThereLeavesTheNumber() {
    let compiled = CompiledFunction(
      name: "count", size: 17, files: ["gone.c"], lines: [11, 0, 3])
    #expect(listing(of: compiled).contains("; gone.c:3\n   b:\tcall"))
  }

  @Test func ofLinesWithoutInstructionsOnlyTheLastIsNamed() {
    let compiled = CompiledFunction(
      name: "count", size: 17, files: ["bpf/count.bpf.c"], lines: [4, 0, 1, 4, 0, 2, 11, 7, 3])
    let text = listing(of: compiled)
    #expect(text.contains("; count.bpf.c:2  {\n   4:\tpush"))
    #expect(!text.contains("count.bpf.c:1"))
  }

  @Test func withoutLinesTheCodeIsShownAlone() {
    #expect(listing(of: nil).hasPrefix("count: 17 bytes\n   0:\tendbr64\n   4:"))
  }
}

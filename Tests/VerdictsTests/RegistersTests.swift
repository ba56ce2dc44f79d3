// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct RegistersTests {
  /// From QEMU 7.2 under TCG, two processors: the first idle, the second behind `cli; hlt`.
  private let dump = """

    CPU#0
    RAX=0000000000000000 RBX=0000000000000000 RCX=ff11000001a8f8c0 RDX=4000000000000000
    RIP=ffffffffa3817a0b RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
    ES =0000 0000000000000000 00000000 00000000

    CPU#1
    RAX=ffffffffc045e030 RBX=ff112ba681949630 RCX=0000000000000001 RDX=ff112ba682a24180
    RIP=ffffffffc045e045 RFL=00000002 [-------] CPL=0 II=0 A20=1 SMM=0 HLT=1
    CS =0010 0000000000000000 ffffffff 00a09b00 DPL=0 CS64 [-RA]

    """

  @Test func eachProcessorsLineIsRead() {
    for text in [
      dump,
      dump.split(separator: "\n", omittingEmptySubsequences: false)
        .joined(separator: "\r\n"),
    ] {
      let found = ProcessorRegisters.read(text.replacing("\r\n", with: "\n"))
      #expect(found.map(\.processor) == [0, 1])
      #expect(found.map(\.interruptsOff) == [false, true])
      #expect(found.map(\.halted) == [true, true])
      #expect(found.map(\.instruction) == [0xffff_ffff_a381_7a0b, 0xffff_ffff_c045_e045])
      #expect(found.map(\.line) == [4, 9])
      #expect(found.last?.text.hasPrefix("RIP=ffffffffc045e045 RFL=00000002") == true)
    }
  }

  @Test func aProcessorInUserSpaceAndIn32BitCodeIsRead() {
    let found = ProcessorRegisters.read(
      "CPU#0\nEIP=0000fff0 EFL=00000202 [-------] CPL=3 II=0 A20=1 SMM=0 HLT=0")
    #expect(found.map(\.level) == [3])
    #expect(found.first?.interruptsOff == false)
  }

  @Test(arguments: [
    "", "CPU#0", "CPU#x\nRIP=1 RFL=2 CPL=0 HLT=0", "CPU#0\nRIP=zz RFL=00000002 CPL=0 HLT=0",
    "CPU#0\nRIP=1 CPL=0 HLT=0", "RIP=1 RFL=2 CPL=0 HLT=0", "\u{0}\u{ff}CPU#-",
    "CPU#0\nRIP=11111111111111111 RFL=2 CPL=0 HLT=0",
  ])
  func whatIsDamagedIsNoEvidence(dump: String) {
    #expect(ProcessorRegisters.read(dump).isEmpty)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ProcessorTicksTests {
  private func read(_ text: String) -> [UInt64]? { ProcessorTicks.read(Array(text.utf8)) }

  @Test func theTimersInterruptsAreReadForEachProcessor() {
    let table = """
                 CPU0       CPU1
        4:         12          0   IO-APIC   4-edge      ttyS0
      NMI:          1          2   Non-maskable interrupts
      LOC:       1048        977   Local timer interrupts

      """
    #expect(read(table) == [1048, 977])
  }

  @Test(arguments: [
    "", "CPU0\nLOC: 1", "CPU0 CPU2\nLOC: 1 2 Local", "CPU0 CPU1\nLOC: 1 Local timer",
    "CPU0 CPU1\nNMI: 1 2", "CPU1 CPU0\nLOC: 1 2",
  ])
  func whatIsNotThereIsNotTold(table: String) {
    #expect(read(table) == nil)
  }
}

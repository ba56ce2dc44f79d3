// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Whose report it is if a guest's clock went on while it had no processor.
@Suite(.lane, .timeLimit(.minutes(5))) struct StarvationTests {
  private static let stuck =
    "[    4.1] watchdog: BUG: soft lockup - CPU#0 stuck for 2s! [exe:88]\n"
  private static let sleeping = "[    4.1] BUG: scheduling while atomic: exe/88/0x00000003\n"

  private func reason(_ console: String, ran: Double, waited: Double) -> String? {
    Starvation.reason(
      for: KernelLog.findings(in: Array(console.utf8)), ran: ran, waited: waited)
  }

  @Test func aStuckProcessorThatTheGuestHardlyHadProvesNothing() throws {
    let words = try #require(reason(Self.stuck, ran: 0.43, waited: 26.99))
    #expect(words.contains("0.4 s") && words.contains("27.0 s"), "\(words)")
  }

  /// Measured beside fifteen busy processes, and on a quiet host.
  @Test(arguments: [(0.6, 0.73), (1.12, 0.86), (3.1, 0.04), (0.02, 0.9)])
  func aStuckProcessorThatRanIsBelieved(ran: Double, waited: Double) {
    #expect(reason(Self.stuck, ran: ran, waited: waited) == nil)
  }

  /// A report that doesn't go by the clock stands, also if a lockup follows from it.
  @Test func whatNoClockSaysIsBelieved() {
    #expect(reason(Self.sleeping + Self.stuck, ran: 0.4, waited: 27) == nil)
    #expect(reason("", ran: 0.4, waited: 27) == nil)
  }
}

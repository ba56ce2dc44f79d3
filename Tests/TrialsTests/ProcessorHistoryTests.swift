// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import TestSupport
import Testing
import Trials
import Verdicts

/// Which seconds count for a watchdog's report.
@Suite(.lane, .timeLimit(.minutes(5))) struct ProcessorHistoryTests {
  /// A guest's only CPU: what it ran and waited between two looks, and when the console grew.
  private func history(
    _ spans: [(seconds: Double, ran: Double)], report: Int, looksInSpans: Bool = true
  ) -> ProcessorHistory {
    var history = ProcessorHistory()
    var (now, time) = (0.0, ProcessorTime.Share())
    for (index, span) in spans.enumerated() {
      let looks = looksInSpans ? Int((span.seconds * 10).rounded()) : 1
      for look in 1...looks {
        now += span.seconds / Double(looks)
        time.ran += span.ran / Double(looks)
        time.waited += (span.seconds - span.ran) / Double(looks)
        let isWritten = index > report || index == report && look == looks
        history.note(ProcessorTime(threads: [1: time]), at: now, console: isWritten ? 100 : 0)
      }
    }
    return history
  }

  private func isStarved(_ history: ProcessorHistory) -> Bool {
    let findings = KernelLog.findings(
      in: Array("[    4.1] watchdog: BUG: soft lockup - CPU#0 stuck for 2s! [exe:88]\n".utf8))
    return history.shares(beforeReportAt: 0).contains {
      Starvation.reason(for: findings, ran: $0.ran, waited: $0.waited) != nil
    }
  }

  /// Seen at a load of 30: enough over the trial, and nothing for three seconds before the report.
  @Test(arguments: [true, false]) func aGapBeforeTheReportCounts(looks: Bool) {
    let gap = history(
      [(20, 8), (3, 0.01), (0.1, 0.08)], report: 2, looksInSpans: looks)
    #expect(isStarved(gap))
  }

  @Test func aGapLongBeforeOrAfterTheReportDoesNot() {
    #expect(!isStarved(history([(4, 2), (3, 0.01), (6, 5), (0.1, 0.1)], report: 3)))
    #expect(!isStarved(history([(6, 5), (0.1, 0.1), (3, 0.01), (1, 0.5)], report: 1)))
  }

  @Test func aGuestThatRanIsBelieved() {
    #expect(!isStarved(history([(2.5, 2.4)], report: 0)))
    #expect(!isStarved(history([(20, 3)], report: 0)))
  }

  @Test func theWholeTrialCountsWithoutLooks() {
    var history = ProcessorHistory()
    #expect(!isStarved(history))
    history.note(ProcessorTime(threads: [1: .init(ran: 0.4, waited: 27)]), at: 27, console: 100)
    #expect(isStarved(history))
  }
}

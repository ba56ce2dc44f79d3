// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct PresenceTests {
  private let start = ContinuousClock.now

  /// Wakes up at these seconds.
  private func absences(_ wakes: [Double]) -> Absences {
    var absences = Absences(now: start)
    for second in wakes { absences.wake(now: start + .seconds(second)) }
    return absences
  }

  private func lengths(_ absences: Absences, since: Double, now: Double) -> [Double] {
    absences.lengths(since: start + .seconds(since), now: start + .seconds(now))
      .map { ($0 * 10).rounded() / 10 }
  }

  @Test func whoWakesUpInTimeWasNeverAway() {
    let absences = absences((1...50).map { Double($0) / 10 })
    #expect(lengths(absences, since: 0, now: 5.1).isEmpty)
  }

  @Test func aLateAwakeningIsAnAbsence() {
    #expect(lengths(absences([0.1, 7.1, 7.2, 9.2]), since: 0, now: 9.3) == [7, 2])
  }

  @Test func anAbsenceCountsForWhomItOverlaps() {
    let absences = absences([0.1, 7.1, 7.2])
    #expect(lengths(absences, since: 5.1, now: 7.3) == [2])
    #expect(lengths(absences, since: 7.1, now: 7.3).isEmpty)
  }

  @Test func anAbsenceThatNobodyHasNotedYetCounts() {
    // A guest's last word may be heard before the thread that notes absences wakes up.
    #expect(lengths(absences([0.1]), since: 0, now: 9.1) == [9])
  }
}

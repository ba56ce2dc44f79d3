// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct RunEndingTests {
  private func record(_ outcome: Outcome) -> TrialRecord {
    TrialRecord(
      id: TrialID(
        scenario: "null-map-value", mechanism: .lkm, armed: true, kernel: "6.1", profile: "stock",
        repetition: 1),
      verdict: Verdict(.survived), expected: .init(verdict: .oopsed), outcome: outcome)
  }

  @Test func nothingEndsARunThatHasNoEnding() {
    let ending = RunEnding()
    #expect(
      ending.reason(after: record(.unmet), isExcused: false, elapsed: .seconds(1e6)) == nil)
  }

  @Test func anUnmetTrialEndsItUnlessChanceMayMakeUpForIt() {
    let ending = RunEnding(isAtUnmet: true)
    func reason(_ outcome: Outcome, chance: Bool = false) -> String? {
      ending.reason(after: record(outcome), isExcused: chance, elapsed: .zero)
    }
    #expect(reason(.unmet) == "null-map-value.lkm.armed.6.1.stock.1 is unmet")
    #expect(reason(.unmet, chance: true) == nil)
    for outcome in [Outcome.met, .inconclusive, .skipped] { #expect(reason(outcome) == nil) }
  }

  @Test func theDeadlineEndsItWhateverTheOutcome() {
    let ending = RunEnding(time: .seconds(90))
    func reason(_ seconds: Double) -> String? {
      ending.reason(after: record(.met), isExcused: false, elapsed: .seconds(seconds))
    }
    #expect(reason(89.9) == nil)
    #expect(reason(90) == "the deadline has passed")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct RetryRuleTests {
  private static func id(_ repetition: Int, profile: String = "stock") -> TrialID {
    var id = Samples.id()
    (id.repetition, id.profile) = (repetition, profile)
    return id
  }

  private static func record(_ repetition: Int, _ outcome: Outcome) -> TrialRecord {
    var record = Samples.record(id(repetition), outcome == .met ? .oopsed : .survived, outcome)
    record.reason = outcome == .met ? nil : "expected oopsed, got survived"
    return record
  }

  private static func header(
    repetitions: Int = 1, retries: Int? = 3, change: (inout RunHeader) -> Void = { _ in }
  ) -> RunHeader {
    var header = Samples.header((1...repetitions).map { id($0) })
    (header.repetitions, header.retryUnmet) = (repetitions, retries)
    change(&header)
    return header
  }

  /// A run of one trial with the outcomes of its repetitions.
  private static func run(_ outcomes: [Outcome], _ header: RunHeader = header()) -> RunRecord {
    RunRecord(
      header: header, trials: outcomes.enumerated().map { record($0.offset + 1, $0.element) },
      scenarios: [])
  }

  @Test func anUnmetTrialIsRepeatedUntilOneIsMet() {
    let rule = RetryRule(Self.header())
    #expect(rule.next(after: Self.record(1, .met)) == nil)
    #expect(rule.next(after: Self.record(1, .inconclusive)) == nil)
    #expect(rule.next(after: Self.record(1, .unmet)) == Self.id(2))
    #expect(rule.next(after: Self.record(2, .unmet)) == Self.id(3))
    #expect(rule.next(after: Self.record(2, .inconclusive)) == Self.id(3))
    #expect(rule.next(after: Self.record(3, .met)) == nil)
    #expect(rule.next(after: Self.record(4, .unmet)) == nil)
    #expect(
      RetryRule(Self.header(retries: nil)).next(after: Self.record(1, .unmet)) == nil)
  }

  @Test func eachRepetitionHasNumbersOfItsOwn() {
    let rule = RetryRule(Self.header(repetitions: 2))
    #expect(rule.next(after: Self.record(1, .unmet)) == Self.id(3))
    #expect(rule.next(after: Self.record(2, .unmet)) == Self.id(6))
    #expect(
      (1...9).map { rule.origin(of: Self.id($0))?.repetition } == [nil, nil, 1, 1, 1, 2, 2, 2, nil])
  }

  @Test func whatTheScenarioLeavesToChanceIsNotRetried() {
    // Its plan has more repetitions than the user asked for.
    let rule = RetryRule(Self.header { $0.trials = (1...5).map { Self.id($0) } })
    #expect(rule.next(after: Self.record(1, .unmet)) == nil)
    #expect(rule.origin(of: Self.id(4)) == nil)
  }

  @Test func aTrialThatIsMetInTheEndIsFlaky() {
    let run = Self.run([.unmet, .unmet, .met])
    let trials = run.currentTrials
    #expect(trials.map(\.standing) == [.flaky, .flaky, .met])
    #expect(trials.map(\.retryOf) == [nil, 1, 1])
    #expect(trials.map(\.outcome) == [.unmet, .unmet, .met])
    #expect(
      trials[0].reason
        == "1 of 3 repetitions is met; this one: expected oopsed, got survived")
    let summary = Summary(run)
    #expect(summary.counts.map { "\($0.count) \($0.word)" } == ["1 flaky"])
    #expect(
      [summary.planned, summary.remaining, summary.met, summary.unmet, summary.retries]
        == [1, 0, 0, 0, 2])
    #expect(summary.exitStatus == 0)
    #expect(
      Summary(Self.run([.unmet, .met], Self.header { $0.failsOnFlaky = true })).exitStatus == 1)
    #expect(
      Summary(Self.run([.unmet, .met], Self.header { $0.failsOnFlaky = true })).flakyFailure
        == "--fail-on-flaky: the flaky one fails the run")
    #expect(Summary(Self.run([.unmet, .met])).flakyFailure == nil)
    #expect(Summary(Self.run([.met], Self.header { $0.failsOnFlaky = true })).flakyFailure == nil)
  }

  @Test func aTrialThatIsNeverMetIsUnmet() {
    let run = Self.run([.unmet, .unmet, .unmet, .unmet])
    #expect(run.currentTrials.allSatisfy { $0.standing == .unmet })
    #expect(run.currentTrials[0].reason?.hasPrefix("none of 4 repetitions is met") == true)
    #expect(Summary(run).unmet == 1)
    #expect(Summary(run).exitStatus == 1)
    #expect(run.remainingTrials == [])
  }

  @Test func aRetryThatTheLaboratoryFailedDecidesNothing() {
    #expect(Summary(Self.run([.unmet, .inconclusive, .met])).exitStatus == 0)
    let run = Self.run([.unmet, .inconclusive, .inconclusive, .inconclusive])
    #expect(Summary(run).counts.map(\.word) == ["unmet"])
    #expect(Summary(run).exitStatus == 1)
  }

  @Test func withoutRetriesNothingIsFlaky() {
    let run = Self.run([.unmet, .met], Self.header(repetitions: 2, retries: nil))
    #expect(run.currentTrials.map(\.standing) == [.unmet, .met])
    #expect(Summary(run).flaky == nil)
    #expect(Summary(run).exitStatus == 1)
  }

  @Test func aRetryThatIsMissingIsLeftToDo() {
    let run = Self.run([.unmet, .unmet])
    #expect(run.remainingTrials == [Self.id(3)])
    #expect(Summary(run).planned == 2)
    #expect(Summary(run).counts.map { "\($0.count) \($0.word)" } == ["1 unmet", "1 not run"])
  }

  @Test func aRetryGetsNoSecondLook() {
    let header = Self.header { $0.secondLooks = ["stock": "sensitive"] }
    let rule = RetryRule(header)
    #expect(rule.secondLook(at: Self.record(1, .unmet)) == Self.id(1, profile: "sensitive"))
    #expect(rule.secondLook(at: Self.record(2, .unmet)) == nil)
  }

  /// Two parts have different results of the trial on one profile: the other, and a retry, are repetitions
  /// 5 and 6. Its trial on another profile is none of that.
  private static func conflicting() -> RunHeader {
    header {
      let added = [id(5), id(6)]
      $0.trials = [id(1), id(1, profile: "other")] + added
      $0.secondLooks = ["stock": "sensitive", "other": "sensitive"]
      $0.merged = .init(
        count: 2, inputs: "abc", parts: [],
        conflicts: [
          .init(trial: added[0], of: id(1), isRetry: false),
          .init(trial: added[1], of: id(2), isRetry: true),
        ])
    }
  }

  @Test func differentResultsOfATrialSayNothingOfItsRetriesOnOtherProfiles() {
    let rule = RetryRule(Self.conflicting())
    #expect(rule.next(after: Self.record(1, .unmet)) == nil)
    #expect(rule.origin(of: Self.id(2)) == nil)
    #expect(rule.origin(of: Self.id(2, profile: "other")) == Self.id(1, profile: "other"))
  }

  @Test func ofDifferentResultsBothGetASecondLookAndTheirRetriesNone() {
    let rule = RetryRule(Self.conflicting())
    for number in [1, 5] {
      let look = Self.id(number, profile: "sensitive")
      #expect(rule.secondLook(at: Self.record(number, .unmet)) == look)
    }
    #expect(rule.secondLook(at: Self.record(6, .unmet)) == nil)
  }

  @Test func whatTheReportSaysOfATrialIsInItsJSON() throws {
    func keys(_ trial: TrialRecord) throws -> [String: Any] {
      let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(trial))
      return try #require(json as? [String: Any])
    }
    let run = Self.run([.unmet, .met])
    let settled = try run.settledTrials.map(keys)
    #expect(settled.map { $0["flaky"] as? Bool } == [true, nil])
    #expect(settled.map { $0["retry_of"] as? Int } == [nil, 1])
    // The journal has what happened, and no more.
    let journal = try keys(run.trials[0])
    #expect(journal["flaky"] == nil && journal["retry_of"] == nil)
    let again = try JSONDecoder().decode(
      RunHeader.self, from: JSONEncoder().encode(run.header))
    #expect(again == run.header)
  }
}

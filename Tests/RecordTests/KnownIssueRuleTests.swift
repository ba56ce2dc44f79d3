// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct KnownIssueRuleTests {
  private static let day = "2026-11-24"

  private static func issue(
    _ scenario: String = "null-*", until: String = day,
    _ change: (inout KnownIssue) -> Void = { _ in }
  ) -> KnownIssue {
    var issue = KnownIssue(scenario: scenario, reason: "it's the compiler", until: until)
    change(&issue)
    return issue
  }

  /// A run that began on 2026-11-23, of two trials of which the first has this outcome.
  private static func run(_ issues: [KnownIssue], _ outcome: Outcome = .unmet) -> RunRecord {
    let ids = [Samples.id(), Samples.id("other", .bpf)]
    var header = Samples.header(ids)
    header.known = issues
    var first = Samples.record(ids[0], .survived, outcome)
    first.reason = "expected oopsed, got survived"
    return RunRecord(
      header: header, trials: [first, Samples.record(ids[1])], scenarios: [])
  }

  @Test func aKnownIssueFailsNoRunBeforeItsDay() {
    let run = Self.run([Self.issue()])
    #expect(run.currentTrials.map(\.standing) == [.known, .met])
    #expect(
      run.currentTrials[0].reason
        == "expected oopsed, got survived; known until 2026-11-24: it's the compiler")
    let summary = Summary(run)
    #expect([summary.met, summary.unmet, summary.known] == [1, 0, 1])
    #expect(summary.exitStatus == 0)
    #expect(run.remarks == [])
  }

  @Test(arguments: ["2026-11-23", "2026-11-22"]) func fromItsDayOnItFailsAndSaysSo(day: String) {
    let run = Self.run([Self.issue(until: day)])
    #expect(run.currentTrials[0].standing == .unmet)
    #expect(
      run.currentTrials[0].reason?.hasSuffix(
        "; it was known until \(day), and that has passed: it's the compiler") == true)
    #expect(Summary(run).exitStatus == 1)
  }

  @Test func onlyWhatItNamesIsKnown() {
    let others: [(inout KnownIssue) -> Void] = [
      { $0.scenario = "other" }, { $0.mechanism = .bpf }, { $0.armed = false },
      { $0.kernel = "6.*" }, { $0.profile = "sensitive" }, { $0.verdict = .hung },
    ]
    for change in others {
      #expect(Summary(Self.run([Self.issue("null-*", change)])).exitStatus == 1)
    }
    let exact = Self.issue { issue in
      (issue.mechanism, issue.armed, issue.verdict) = (.lkm, true, .survived)
      (issue.kernel, issue.profile) = ("debian-?.1", "stock")
    }
    #expect(Summary(Self.run([exact])).exitStatus == 0)
  }

  @Test func whatTheLaboratoryFailedIsNotKnown() {
    let run = Self.run([Self.issue()], .inconclusive)
    #expect(run.currentTrials[0].standing == .inconclusive)
    #expect(Summary(run).exitStatus == 3)
  }

  @Test func anEntryWithoutPurposeIsNamed() {
    #expect(
      Self.run([Self.issue(), Self.issue("gone") { $0.mechanism = .lkm }]).remarks
        == ["the known issue gone (lkm) matches no trial of this run"])
    #expect(
      Self.run([Self.issue()], .met).remarks
        == ["the known issue null-* is over: its trials are met"])
    #expect(Self.run([Self.issue()], .inconclusive).remarks == [])
    // One trial has no record yet.
    var run = Self.run([Self.issue("*")], .met)
    run.trials.removeLast()
    #expect(run.remarks == [])
    // A part has only some of the trials.
    var part = Self.run([Self.issue("gone")])
    part.header.shard = .init(index: 1, count: 2, inputs: "", program: "", plan: [])
    #expect(part.remarks == [])
  }

  @Test func aKnownIssueIsNotRetried() {
    var run = Self.run([Self.issue()])
    run.header.retryUnmet = 2
    #expect(run.remainingTrials == [])
    run.header.known = nil
    #expect(run.remainingTrials.map(\.repetition) == [2])
  }
}

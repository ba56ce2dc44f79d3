// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct OutcomeTests {
  private typealias Expected = TrialRecord.Expected

  private func outcome(
    _ verdict: Verdict, observed: Int64? = nil, _ expected: TrialRecord.Expected
  ) -> (outcome: Outcome, reason: String?) {
    var record = TrialRecord(
      id: Samples.id("a", .bpf), verdict: verdict, observed: observed, expected: expected,
      outcome: .inconclusive)
    record.verdict = verdict
    let (_, decision) = OutcomePolicy.decision(
      on: OutcomeFacts(record, basis: .scenario(mayLack: false)))
    return (decision.outcome, decision.reason)
  }

  @Test func noEvidenceIsNeverAPass() {
    let result = outcome(
      Verdict(.inconclusive, reason: "the agent never answered"), Expected(verdict: .inconclusive))
    #expect(result == (.inconclusive, "the agent never answered"))
  }

  @Test func aControlMustSurviveWithTheSameObservation() {
    let expected = Expected(verdict: .survived, observation: 64)
    #expect(outcome(Verdict(.survived), observed: 64, expected) == (.met, nil))
    #expect(
      outcome(Verdict(.survived), observed: 63, expected)
        == (.unmet, "expected observation 64, but it is 63"))
    #expect(
      outcome(Verdict(.survived), expected)
        == (.unmet, "expected observation 64, but none was reported"))
    #expect(
      outcome(Verdict(.warned, kind: .warning), observed: 64, expected)
        == (.unmet, "expected survived, got warned (warning)"))
  }

  @Test func anyOfTheKindsWillDo() {
    let expected = Expected(verdict: .oopsed, kinds: [.nullDereference, .pageFault])
    #expect(outcome(Verdict(.oopsed, kind: .pageFault), expected).outcome == .met)
    #expect(
      outcome(Verdict(.oopsed, kind: .divideError), expected)
        == (.unmet, "expected oopsed (null-dereference or page-fault), got oopsed (divide-error)"))
    #expect(outcome(Verdict(.oopsed), expected).outcome == .unmet)
    #expect(
      outcome(Verdict(.oopsed, kind: .divideError), Expected(verdict: .oopsed)).outcome == .met)
  }

  @Test func gateAndCategoryMustFit() {
    let expected = Expected(verdict: .rejected, by: "verifier", category: .memorySafety)
    let verdict = Verdict(.rejected, by: "verifier", category: .memorySafety)
    #expect(outcome(verdict, expected).outcome == .met)
    #expect(
      outcome(Verdict(.rejected, by: "libbpf"), expected)
        == (
          .unmet, "expected rejected by verifier (memory-safety), got rejected by libbpf"
        ))
    #expect(
      outcome(Verdict(.rejected, by: "verifier", category: .policy, reason: "why"), expected)
        == (
          .unmet,
          "expected rejected by verifier (memory-safety), got rejected by verifier (policy): why"
        ))
  }

  @Test func theSummaryCountsWhatCounts() {
    let ids = [
      Samples.id("a", .bpf), Samples.id("a", .lkm), Samples.id("b", .bpf), Samples.id("b", .lkm),
      Samples.id("a", .bpf, armed: false), Samples.id("c", .lkm),
      Samples.id("a", .lkm, armed: false), Samples.id("b", .bpf, armed: false),
      Samples.id("b", .lkm, armed: false),
    ]
    var header = Samples.header(ids)
    header.seconds = 2
    let run = RunRecord(
      header: header,
      trials: [
        Samples.record(ids[0], .rejected),
        Samples.record(
          ids[1], .inconclusive, .inconclusive,
          superseded: true), Samples.record(ids[1], .hung), Samples.record(ids[2], .contained),
        Samples.record(ids[3], .inconclusive, .skipped), Samples.record(ids[4], .survived),
        Samples.record(ids[6], .survived), Samples.record(ids[7], .survived),
        Samples.record(ids[8], .survived),
      ], scenarios: [])
    let summary = Summary(run)
    #expect(summary.planned == 9)
    #expect(summary.remaining == 1)
    #expect(summary.met == 7)
    #expect(summary.skipped == 1)
    #expect(summary.inconclusive == 0)
    #expect(summary.pairedFaults == 1)
    #expect(summary.armed == ["bpf": ["refused": 1, "contained": 1], "lkm": ["crashed": 1]])
    #expect(summary.trialsPerSecond == 3.5)
    #expect(summary.exitStatus == 3)
  }

  @Test(arguments: [Outcome.unmet, .inconclusive, .skipped, nil])
  func whatHasNoControlIsNotCountedAsRefused(control: Outcome?) {
    var run = RunRecord(header: Samples.header([]), trials: [], scenarios: [])
    for mechanism in Mechanism.allCases {
      run.trials.append(Samples.record(Samples.id("a", mechanism), .rejected))
    }
    run.trials.append(Samples.record(Samples.id("a", .lkm, armed: false), .survived))
    if let control {
      run.trials.append(Samples.record(Samples.id("a", .bpf, armed: false), .rejected, control))
    }
    let summary = Summary(run)
    #expect(summary.pairedFaults == 0)
    #expect(summary.faultsWithoutControl == 1)
    #expect(summary.armed == [:])
  }

  @Test(arguments: [
    ([Outcome.met, .skipped], 0), ([.met, .inconclusive], 3), ([.inconclusive, .unmet], 1),
    ([.skipped], 0),
  ])
  func theExitStatusIsTheDesigns(outcomes: [Outcome], status: Int) {
    let ids = outcomes.indices.map { Samples.id("s\($0)") }
    let run = RunRecord(
      header: Samples.header(ids),
      trials: zip(ids, outcomes).map { Samples.record($0, .oopsed, $1) }, scenarios: [])
    #expect(Int(Summary(run).exitStatus) == status)
  }

  /// Nobody knows then which items a suite has on it.
  @Test(arguments: [(isMissing: true, status: 0), (isMissing: false, status: 3)])
  func aKernelThatFailedBeforeItHadTrialsIsNoPass(isMissing: Bool, status: Int) {
    let id = Samples.id()
    var header = Samples.header([id])
    header.kernels.append(
      .init(
        name: "other", release: "not available", missing: isMissing ? "its packages are gone" : nil,
        failure: isMissing ? nil : "it does not boot"))
    let run = RunRecord(header: header, trials: [Samples.record(id)], scenarios: [])
    #expect(Int(Summary(run).exitStatus) == status)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct SecondLookTests {
  private static let first = Samples.id()
  private static let again: TrialID = {
    var id = first
    id.profile = "sensitive"
    return id
  }()

  private func run(
    _ records: [TrialRecord], plan: [TrialID] = [first],
    looks: [String: String]? = ["stock": "sensitive"]
  ) -> RunRecord {
    var header = Samples.header(plan)
    header.secondLooks = looks
    return RunRecord(header: header, trials: records, scenarios: [])
  }

  private func second(_ verdict: Verdict, _ outcome: Outcome = .met) -> TrialRecord {
    TrialRecord(
      id: Self.again, verdict: verdict, expected: .init(verdict: verdict.ruling), outcome: outcome)
  }

  private func sentence(_ verdict: Verdict) -> String? {
    run([Samples.record(Self.first, .survived), second(verdict)]).secondLooks.first?.sentence
  }

  @Test func aSurvivorIsLookedAtAgainAndIsMissingUntilThen() {
    let before = run([Samples.record(Self.first, .survived)])
    #expect(before.remainingTrials == [Self.again])
    #expect(Summary(before).planned == 2)
    #expect(Summary(before).remaining == 1)
    #expect(Summary(before).exitStatus == 3)
    let after = run([Samples.record(Self.first, .survived), second(Verdict(.survived))])
    #expect(after.remainingTrials == [])
    #expect(Summary(after).exitStatus == 0)
  }

  @Test func onlyAnArmedSurvivorOfAProfileThatHasOneIsLookedAtAgain() {
    #expect(run([Samples.record(Self.first, .oopsed)]).remainingTrials == [])
    #expect(run([Samples.record(Self.first, .survived)], looks: nil).remainingTrials == [])
    let control = Samples.id(armed: false)
    #expect(run([Samples.record(control, .survived)], plan: [control]).remainingTrials == [])
    let failed = Samples.record(Self.first, .survived, superseded: true)
    #expect(run([failed]).remainingTrials == [Self.first])
  }

  @Test func aSecondLookThatIsPlannedAnywayIsNoTrialMore() {
    let both = run([Samples.record(Self.first, .survived)], plan: [Self.first, Self.again])
    #expect(both.remainingTrials == [Self.again])
    #expect(Summary(both).planned == 2)
  }

  @Test func bothLooksAreSaidInOneSentence() {
    let redzone = Verdict(
      .corrupted, kind: .slabCorruption, title: "slab-corruption in f",
      evidence: [
        .init(
          file: "console.log", line: 4,
          text: "BUG kmalloc-64 (Tainted: G           OE     ): Right Redzone overwritten")
      ])
    #expect(
      sentence(redzone)
        == "unnoticed on stock; seen by slub_debug: Right Redzone overwritten")
    let followed = Verdict(
      .oopsed, kind: .generalProtection, title: "general-protection in f",
      evidence: [
        .init(
          file: "console.log", line: 4,
          text: "general protection fault, probably for non-canonical address 0x6b6b6b6b6b6b6b6b")
      ])
    #expect(
      sentence(followed)
        == "unnoticed on stock; seen by slub_debug's poison: general-protection in f")
    #expect(
      sentence(Verdict(.leaked, title: "memory-leak: TCP sockets"))
        == "unnoticed on stock; seen on sensitive: leaked, memory-leak: TCP sockets")
    #expect(
      sentence(Verdict(.survived))
        == "unnoticed on stock, and not seen on sensitive either")
    #expect(
      sentence(Verdict(.inconclusive, reason: "QEMU died"))
        == "unnoticed on stock; on sensitive inconclusive (QEMU died)")
    #expect(
      run([Samples.record(Self.first, .survived)]).secondLooks.first?.sentence
        == "unnoticed on stock; not looked at again yet")
  }

  @Test func secondLooksAreCountedApartFromThePairs() {
    let plan = Mechanism.allCases.flatMap { mechanism in
      [false, true].map { Samples.id("null-map-value", mechanism, armed: $0) }
    }
    let records = plan.map { Samples.record($0, .survived) }
    let looks = plan.filter(\.armed).map { id -> TrialRecord in
      var id = id
      id.profile = "sensitive"
      return TrialRecord(
        id: id, verdict: Verdict(id.mechanism == .lkm ? .corrupted : .survived),
        expected: .init(verdict: .corrupted), outcome: id.mechanism == .lkm ? .met : .skipped)
    }
    let summary = Summary(run(records + looks, plan: plan))
    #expect(summary.planned == 6)
    #expect(summary.met == 5)
    #expect(summary.skipped == 1)
    #expect(summary.pairedFaults == 1)
    #expect(summary.faultsWithoutControl == 0)
    #expect(summary.count(.lkm, .damaged) == 0)
    #expect(summary.count(.lkm, .silent) == 1)
    #expect(summary.secondLooks == 2)
    #expect(summary.secondLooksSeen == 1)
  }
}

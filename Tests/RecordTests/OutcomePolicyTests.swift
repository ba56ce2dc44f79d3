// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct OutcomePolicyTests {
  private func facts(
    _ verdict: Verdict, armed: Bool = true, basis: OutcomeFacts.Basis,
    remains: TrialRemains = TrialRemains()
  ) -> OutcomeFacts {
    var record = TrialRecord(
      id: Samples.id("a", .bpf, armed: armed), verdict: verdict,
      expected: .init(verdict: .survived), outcome: .inconclusive)
    record.verdict = verdict
    return OutcomeFacts(record, basis: basis, remains: remains)
  }

  private static let lacking = Verdict(
    .rejected, by: "verifier", reason: "invalid func unknown#181")

  @Test func theRulesAreTriedInTheOrderOfTrust() {
    let names = OutcomePolicy.trialRules.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.prefix(2) == ["a fault left to chance did not happen", "there is no verdict"])
    #expect(names.last == "what was declared")
  }

  @Test func withoutAVerdictNoBasisMakesAPass() {
    for basis in [OutcomeFacts.Basis.scenario(mayLack: true), .nothing, .item(DeclaredVerdict())] {
      let (rule, decision) = OutcomePolicy.decision(
        on: facts(Verdict(.inconclusive, reason: "QEMU died"), basis: basis))
      #expect(rule == "there is no verdict")
      #expect(decision == OutcomeDecision(.inconclusive, "QEMU died"))
    }
  }

  @Test(arguments: [(true, Outcome.unmet), (false, .inconclusive)])
  func aFaultThatDidNotHappenIsAMissOnlyWhereItIsLeftToChance(
    isLeftToChance: Bool, outcome: Outcome
  ) {
    var facts = facts(
      Verdict(.inconclusive, reason: "the fault never ran"), basis: .scenario(mayLack: false))
    facts.judgedBy = Judge.theFaultNeverRan
    facts.isLeftToChance = isLeftToChance
    #expect(OutcomePolicy.decision(on: facts).decision.outcome == outcome)
  }

  @Test func aControlThatTheKernelCannotRunIsSkipped() {
    let (rule, decision) = OutcomePolicy.decision(
      on: facts(Self.lacking, armed: false, basis: .scenario(mayLack: true)))
    #expect(rule == "the kernel lacks what the control needs")
    #expect(decision.outcome == .skipped)
    #expect(decision.reason?.contains("helper") == true)
  }

  @Test(arguments: [true, false])
  func theKernelOfTheCatalogueMayLackNothingAndNoArmedTwinIsExcused(armed: Bool) {
    let (rule, decision) = OutcomePolicy.decision(
      on: facts(Self.lacking, armed: armed, basis: .scenario(mayLack: armed)))
    #expect(rule == "what was declared")
    #expect(decision.outcome == .unmet)
  }

  @Test func whatIsTriedIsNeitherMetNorUnmet() {
    let (rule, decision) = OutcomePolicy.decision(
      on: facts(Verdict(.survived), basis: .nothing))
    #expect(rule == "nothing was declared")
    #expect(decision.outcome == .skipped)
  }

  @Test func aSecondLookCountsOnlyWhereSomethingIsDeclaredOfIt() {
    let crash = Verdict(.oopsed)
    let undeclared = OutcomePolicy.decision(
      on: facts(crash, basis: .secondLook(isDeclared: false)))
    #expect(undeclared.decision.outcome == .skipped)
    let declared = OutcomePolicy.decision(on: facts(crash, basis: .secondLook(isDeclared: true)))
    #expect(declared.decision.outcome == .unmet)
  }

  @Test func anItemsOwnExpectationReplacesTheDeclaredOne() {
    struct Anything: ItemExpectation {
      func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision {
        OutcomeDecision(.met, checks: [.init(record.reason ?? "no reason", difference: nil)])
      }
    }
    let (rule, decision) = OutcomePolicy.decision(
      on: facts(Verdict(.oopsed), basis: .item(Anything())))
    #expect(rule == "the item's own expectation")
    #expect(decision.outcome == .met)
    // It is told how the verdict differs from the declared one.
    #expect(decision.checks.map(\.what) == ["expected survived, got oopsed"])
  }

  @Test func onlyAKernelThatShouldWorkMakesALeftOutTrialInconclusive() {
    let outcomes = [
      OutcomePolicy.Obstacle.kernelMissing("gone"), .kernelLacks("no module"),
      .itemNotJudged("unknown tag"), .kernelFailed("it does not boot"),
    ].map { OutcomePolicy.decision(leavingOut: $0).outcome }
    #expect(outcomes == [.skipped, .skipped, .skipped, .inconclusive])
  }

  @Test func aDisplayWaitsForTheControlOfATrialThatIsNotAsExpected() {
    var live = LiveOutcomes()
    let armed = Samples.record(Samples.id("a", .bpf), .rejected, .unmet)
    #expect(live.add(armed).isEmpty)
    var control = Samples.record(Samples.id("a", .bpf, armed: false), .inconclusive, .skipped)
    control.reason = "this kernel has no such helper"
    #expect(live.add(control).map(\.outcome) == [.skipped, .skipped])
    #expect(live.rest().isEmpty)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Lab
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct SelfCheckTests {
  private func run(_ outcomes: [Outcome], under accelerator: String) -> RunRecord {
    let trials = SelfCheck.sample.prefix(3).map {
      TrialID(
        scenario: $0.scenario, mechanism: $0.mechanism, armed: $0.armed, kernel: "6.1",
        profile: "stock", repetition: 1)
    }
    let header = RunHeader(
      id: "20261129T010203Z-0001", began: "2026-11-29T01:02:03Z", command: [],
      host: .init(system: "", processor: "", cores: 1, memoryMiB: 1), accelerator: accelerator,
      acceleratorReason: "", kernels: [], profiles: [], versions: [:], seed: 0, repetitions: 1,
      cold: false, trials: trials)
    let records = zip(trials, outcomes).map { trial, outcome in
      TrialRecord(
        id: trial, verdict: Verdict(.hung), expected: .init(verdict: .hung), outcome: outcome,
        reason: outcome == .met ? nil : "not as known")
    }
    return RunRecord(header: header, trials: records, scenarios: [])
  }

  @Test func resultsThatAreAsKnownSpeakAgainstNothing() {
    for accelerator in ["kvm", "tcg"] {
      let run = run([.met, .met, .met], under: accelerator)
      #expect(SelfCheck.reasonAgainstKVM(run) == nil)
      let diagnosis = SelfCheck.diagnosis(of: run, in: "runs/a")
      #expect(diagnosis.state == .fine && diagnosis.detail.contains("3 trials"))
    }
  }

  @Test(arguments: [[Outcome.met, .unmet, .met], [.met, .inconclusive, .met], [.met, .met]])
  func aResultThatDiffersSpeaksAgainstKVMOnly(outcomes: [Outcome]) {
    let reason = SelfCheck.reasonAgainstKVM(run(outcomes, under: "kvm"))
    #expect(reason?.hasPrefix("under KVM 1 of 3 known results differ: ") == true)
    let other = run(outcomes, under: "tcg")
    #expect(SelfCheck.reasonAgainstKVM(other) == nil)
    let diagnosis = SelfCheck.diagnosis(of: other, in: "runs/a")
    #expect(diagnosis.state == .missing && diagnosis.remedy?.contains("runs/a") == true)
  }

  /// One for each kind of verdict that ends a trial differently.
  @Test func theSampleHasEachKindOfVerdict() throws {
    let catalogue = try Catalogue.load(repository: Checkout.root.path)
    let expected = try SelfCheck.sample.map { arm in
      let scenario = try catalogue.scenario(named: arm.scenario)
      // A result that depends on chance is not known.
      #expect(scenario.repeat == nil)
      return arm.armed ? scenario.twins[arm.mechanism].armed.verdict : .survived
    }
    #expect(
      Set(expected) == [
        .rejected, .contained, .survived, .leaked, .corrupted, .warned, .oopsed, .hung, .panicked,
        .reset,
      ])
    #expect(expected.count { $0 == .hung } == 3)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct PromiseRuleTests {
  private static func trial(
    _ verdict: Verdict, ran: ProgramRecord.Ran = .yes, reason: String? = nil
  ) -> TrialRecord {
    var trial = TrialRecord(
      id: TrialID(
        scenario: "a", mechanism: .bpf, armed: false, kernel: "6.1", profile: "stock", repetition: 1
      ),
      verdict: verdict, expected: .init(verdict: .survived), outcome: .skipped,
      reason: reason ?? "nothing was expected: it was tried", started: .restored)
    trial.tried = .init(file: "a.bpf.c")
    if verdict.ruling != .rejected {
      trial.programs = [
        ProgramRecord(
          name: "hit", section: "kprobe/x", loaded: true, attached: "kprobe/x", ran: ran)
      ]
    }
    return trial
  }

  private static func weighed(_ trial: TrialRecord, _ deeds: Promise.Deed...) -> TrialRecord {
    var trial = trial
    PromiseRule.weigh(&trial, deeds.map { Promise($0) })
    return trial
  }

  private static let refused = Verdict(.rejected, by: "verifier", title: "invalid access")

  @Test func whatLoadsAndFiresKeepsBothPromises() {
    let trial = Self.weighed(Self.trial(Verdict(.survived)), .load, .fire)
    #expect(trial.outcome == .met && trial.reason == nil)
    #expect(trial.tried?.promise == .init(promised: "must load; must fire"))
  }

  @Test func aRefusalBreaksAPromiseAndKeepsTheOtherOne() {
    let broken = Self.weighed(Self.trial(Self.refused), .load)
    #expect(broken.outcome == .unmet)
    #expect(broken.reason == "must load: rejected by verifier: invalid access")
    #expect(Self.weighed(Self.trial(Self.refused), .notLoad).outcome == .met)
    let loaded = Self.weighed(Self.trial(Verdict(.survived)), .notLoad)
    #expect(loaded.outcome == .unmet && loaded.tried?.promise?.came == "it loads")
  }

  @Test func whatNeverFiresLoadsAllTheSame() {
    let idle = Self.trial(Verdict(.survived), ran: .no)
    #expect(Self.weighed(idle, .load).outcome == .met)
    let broken = Self.weighed(idle, .load, .fire)
    #expect(broken.outcome == .unmet)
    #expect(broken.brokenPromise == "must fire: it attaches and never fires: hit")
  }

  @Test func whatHarmsTheKernelBreaksAPromiseThoughAnotherProgramOfItNeverFires() {
    let leaking = Self.trial(Verdict(.leaked), ran: .no)
    #expect(Self.weighed(leaking, .load).outcome == .unmet)
  }

  @Test func whatIsRefusedAtItsHookWasLoaded() {
    let refused = Self.trial(Verdict(.rejected, by: "attach"))
    #expect(Self.weighed(refused, .load).outcome == .met)
    #expect(Self.weighed(refused, .notLoad).outcome == .unmet)
    #expect(Self.weighed(refused, .fire).outcome == .unmet)
  }

  @Test func aCrashIsNoLoad() {
    let trial = Self.weighed(Self.trial(Verdict(.oopsed, kind: .nullDereference)), .load)
    #expect(trial.outcome == .unmet)
  }

  @Test func whatCannotBeToldKeepsNoPromise() {
    let uncounted = Self.trial(Verdict(.survived), ran: .unknown)
    #expect(Self.weighed(uncounted, .fire).outcome == .inconclusive)
    let lost = Self.trial(Verdict(.inconclusive), reason: "no guest")
    for deed in Promise.Deed.allCases {
      #expect(Self.weighed(lost, deed).outcome == .inconclusive)
    }
  }

  @Test func withoutAPromiseNothingChanges() {
    let trial = Self.trial(Self.refused)
    #expect(Self.weighed(trial) == trial)
  }

  /// How far it came is read from the reason, too.
  @Test func aModuleThatItsInitRefusesKeepsItsStep() {
    var trial = Self.trial(
      Verdict(.rejected, by: "module-loader"), reason: "its init function returned -19")
    trial.id.mechanism = .lkm
    let weighed = Self.weighed(trial, .load)
    #expect(TriedSteps(weighed).failed == .initialises)
    let words = "must load: rejected by module-loader: its init function returned -19"
    #expect(weighed.reason == words)
  }
}

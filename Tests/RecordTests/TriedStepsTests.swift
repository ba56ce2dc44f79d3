// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct TriedStepsTests {
  private func steps(
    _ verdict: Verdict, _ mechanism: Mechanism = .bpf, compiler: String? = "clang 14",
    stage: String? = "unload", programs: [ProgramRecord] = [], functions: [FunctionRecord] = []
  ) -> TriedSteps {
    TriedSteps(record(verdict, mechanism, compiler, stage, programs, functions))
  }

  private func record(
    _ verdict: Verdict, _ mechanism: Mechanism, _ compiler: String?, _ stage: String?,
    _ programs: [ProgramRecord] = [], _ functions: [FunctionRecord] = []
  ) -> TrialRecord {
    var record = TrialRecord(
      id: Samples.id("probe", mechanism, armed: false), verdict: verdict,
      expected: .init(verdict: .survived), outcome: .skipped, started: .restored)
    record.tried = .init(file: "probe.c", compiler: compiler, stage: stage)
    (record.programs, record.functions) = (programs, functions)
    return record
  }

  private func program(
    _ name: String, attached: String? = "kprobe/x", _ ran: ProgramRecord.Ran
  ) -> ProgramRecord {
    ProgramRecord(
      name: name, section: "kprobe/x", loaded: true, attached: attached, ran: ran)
  }

  private func words(_ steps: TriedSteps) -> String {
    steps.items.map { "\($0.step.rawValue) \($0.answer.rawValue)" }.joined(separator: ", ")
  }

  @Test func aProgramThatRanTookEveryStep() {
    let steps = steps(Verdict(.survived), programs: [program("a", .yes)])
    #expect(steps.items.map(\.step) == TriedStep.all(of: .bpf))
    #expect(steps.items.allSatisfy { $0.answer == .yes })
    #expect(steps.reached == .quiet && steps.failed == nil && steps.neverFired.isEmpty)
  }

  @Test func attachedAndNeverRunIsAFailureOfItsOwn() {
    let steps = steps(
      Verdict(.survived), programs: [program("a", .yes), program("b", .no)])
    #expect(steps[.attaches] == .yes && steps[.fires] == .no && steps[.detaches] == .yes)
    #expect(steps.reached == .attaches && steps.failed == .fires)
    #expect(steps.neverFired.map(\.name) == ["b"])
  }

  @Test func whatIsAttachedToNothingFailsBeforeItFires() {
    let steps = steps(Verdict(.notRun), programs: [program("a", attached: nil, .no)])
    #expect(steps.failed == .attaches && steps[.fires] == .no)
    #expect(steps.neverFired.isEmpty)
  }

  @Test func whatNobodyCountsCantBeTold() {
    let steps = steps(Verdict(.survived), programs: [program("a", .yes), program("b", .unknown)])
    #expect(steps[.fires] == .unknown && steps.failed == nil)
  }

  @Test(arguments: [
    ("compiler", "no such field", TriedStep.compiles),
    ("libbpf", "map 'm': failed to create: -EINVAL", .opens),
    ("libbpf", "a CO-RE relocation has no match in this kernel", .relocates),
    ("libbpf", "prog 'f': failed to find kernel BTF type ID of 'x'", .relocates),
    ("verifier", "invalid access to map value", .verifies),
    ("verifier", "a CO-RE relocation has no match in this kernel", .relocates),
    ("policy", "not enough privilege", .verifies), ("attach", "no such function", .attaches),
  ])
  func aRefusalEndsAtItsStep(gate: String, title: String, step: TriedStep) {
    let steps = steps(Verdict(.rejected, by: gate, title: title))
    #expect(steps.failed == step)
    #expect(steps.items.last?.step == step, "nothing comes after it")
    #expect(steps.items.dropLast().allSatisfy { $0.answer == .yes })
  }

  @Test func aModulesInitIsToldFromItsLoading() {
    let loading = steps(
      Verdict(.rejected, by: "module-loader", title: "Unknown symbol"), .lkm)
    #expect(words(loading) == "compiles yes, loads no")
    let starting = steps(
      Verdict(
        .rejected, by: "module-loader",
        title: "the module's init function returned -ENODEV (errno 19)"), .lkm)
    #expect(words(starting) == "compiles yes, loads yes, initialises no")
  }

  @Test func aModuleWithNothingToCallHasNothingToFire() {
    #expect(steps(Verdict(.survived), .lkm)[.fires] == nil)
    let called = steps(
      Verdict(.survived), .lkm, functions: [.init(name: "f", calls: 2), .init(name: "g", calls: 0)])
    #expect(called[.fires] == .yes && called.reached == .quiet)
    #expect(steps(Verdict(.notRun), .lkm, functions: [.init(name: "f", calls: 0)])[.fires] == .no)
  }

  @Test func aCrashSaysHowFarItCame() {
    let early = steps(Verdict(.oopsed), .lkm, stage: "load")
    #expect(early.reached == .compiles && early.failed == .quiet && early[.loads] == .unknown)
    let late = steps(
      Verdict(.oopsed), stage: "workload", programs: [program("a", .unknown)])
    #expect(late.reached == .attaches && late[.fires] == .unknown && late[.detaches] == .unknown)
    #expect(steps(Verdict(.leaked))[.detaches] == .yes)
    let stuck = steps(Verdict(.leaked, title: "memory-leak: the twin cannot be unloaded"), .lkm)
    #expect(stuck[.unloads] == .no)
  }

  @Test func anObjectWasCompiledElsewhereAndNothingIsSaidOfWhatNobodySaw() {
    #expect(steps(Verdict(.survived), compiler: nil)[.compiles] == nil)
    #expect(words(steps(Verdict(.inconclusive))) == "compiles yes")
  }

  @Test func aLineOfTheJournalHasThem() throws {
    let record = record(
      Verdict(.survived), .bpf, nil, "unload", [program("a", .yes), program("b", .no)])
    let data = try JSONEncoder().encode(record)
    let line = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let steps = try #require(line["steps"] as? [String: String])
    #expect(steps["attaches"] == "yes" && steps["fires"] == "no" && steps["compiles"] == nil)
    #expect(line["last_step"] as? String == "attaches")
    #expect(line["failed_step"] as? String == "fires")
    #expect(line["never_fired"] as? [String] == ["b"])
    #expect(try JSONDecoder().decode(TrialRecord.self, from: data) == record)
  }
}

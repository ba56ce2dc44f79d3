// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Where the console, the agent and the kernel's memory disagree.
@Suite(.lane, .timeLimit(.minutes(5))) struct WitnessTests {
  private typealias Counters = MemoryWitness.Counters

  private static let clean = Counters(
    taint: 0x1000, panics: false, deaths: 0, oopses: 0, warnings: 0)

  private static func witness(
    _ log: [Finding] = [], before: Counters = clean, _ change: (inout Counters) -> Void = { _ in }
  ) -> MemoryWitness {
    var after = before
    change(&after)
    return MemoryWitness(before: before, after: after, log: log)
  }

  private static func verdict(
    _ console: [Finding], _ witness: MemoryWitness?, ending: Ending = .answered
  ) -> Verdict {
    var facts = JudgeTests.good()
    facts.console = console
    facts.witness = witness
    facts.ending = ending
    return Judge.verdict(of: facts)
  }

  private static let oops = JudgeTests.finding(
    .nullDereference, "BUG: kernel NULL pointer dereference, address: 0000000000000000",
    fatal: true)

  @Test func aCleanMemoryLeavesAGoodAnswerAsItIs() {
    #expect(Self.verdict([], Self.witness()).ruling == .survived)
  }

  @Test func aReportThatOnlyTheKernelsLogHasIsAFinding() throws {
    let verdict = Self.verdict([], Self.witness([Self.oops]) { $0.taint! |= 1 << 7 })
    #expect(verdict.ruling == .oopsed)
    #expect(verdict.kind == .nullDereference)
    #expect(verdict.evidence.first?.file == "printk.log")
    #expect(verdict.reason?.contains("the console does not") == true)
  }

  private static func set(_ bearer: Bearer, _ counters: inout Counters) {
    switch bearer {
    case .taint(let taint): counters.taint! |= 1 << UInt64(taint.rawValue)
    case .panics: counters.panics = true
    case .deaths: counters.deaths = 1
    case .oopses: counters.oopses = 1
    case .warnings: counters.warnings = 1
    }
  }

  @Test(arguments: [
    (Bearer.taint(.die), Ruling.oopsed), (.deaths, .oopsed), (.oopses, .oopsed),
    (.taint(.softLockup), .warned), (.taint(.badPage), .warned), (.taint(.warn), .warned),
    (.warnings, .warned), (.panics, .panicked),
  ]) func whatOnlyTheCountersKnowIsAFinding(_ bearer: Bearer, _ ruling: Ruling) {
    let verdict = Self.verdict([], Self.witness { Self.set(bearer, &$0) })
    #expect(verdict.ruling == ruling)
    #expect(verdict.reason?.contains(bearer.words) == true)
    #expect(verdict.evidence.first?.file == "memory.json")
  }

  /// A warning about a list may come with a BUG(), and doesn't account for one that is hidden.
  @Test func aWarningDoesNotHideAnOops() {
    let warning = JudgeTests.finding(.refcount, "refcount_t: underflow; use-after-free.")
    let witness = Self.witness { $0.taint! |= 1 << 7 | 1 << 9 }
    #expect(Self.verdict([warning], witness).ruling == .oopsed)
    #expect(Self.verdict([Self.oops], Self.witness { $0.panics = true }).ruling == .panicked)
  }

  @Test func anAgentThatSaysLessThanTheMemoryIsNotBelieved() {
    var facts = JudgeTests.good()
    facts.agent.append(.tainted(before: 0, after: 1 << 12))
    facts.witness = Self.witness { $0.taint! |= 1 << 7 }
    #expect(Judge.verdict(of: facts).ruling == .oopsed)
  }

  @Test func aPanicThatWasNotOneIsALineOfText() {
    let lie = JudgeTests.finding(.panic, "Kernel panic - not syncing: I lie")
    let verdict = Self.verdict([lie], Self.witness())
    #expect(verdict.ruling == .survived)
    #expect(verdict.evidence.last?.text == lie.text)
    #expect(verdict.reason?.contains("only looks like a report") == true)
    #expect(Self.verdict([lie], Self.witness([lie])).ruling == .survived)
    // What bears it out, and what can't say.
    #expect(Self.verdict([lie], Self.witness { $0.panics = true }).ruling == .panicked)
    #expect(Self.verdict([lie], Self.witness(), ending: .panicked).ruling == .panicked)
    #expect(Self.verdict([lie], nil).ruling == .panicked)
    #expect(Self.verdict([lie], Self.witness(before: Counters(taint: 0))).ruling == .panicked)
  }

  @Test(arguments: [
    ("6.1-null-read", Bearer.Taint.die), ("6.1-list-twice", .die), ("6.1-warn", .warn),
    ("6.1-ref-under", .warn), ("6.1-sleep-atomic", .warn),
    ("6.1-double-free-slubdebug", .badPage), ("6.1-redzone-slubdebug", .badPage),
  ]) func aWholeReportWithoutItsTracesIsNeitherAFindingNorAPass(
    _ fixture: String, _ taint: Bearer.Taint
  ) throws {
    let console = try JudgeTests.console(fixture)
    #expect(Self.verdict(console, Self.witness()).ruling == .inconclusive)
    let borne = Self.witness { Self.set(.taint(taint), &$0) }
    #expect(Self.verdict(console, borne) == Self.verdict(console, nil))
  }

  @Test func aBitThatWasSetBeforeSaysNothing() {
    let line = JudgeTests.finding(.warning, "WARNING: CPU: 0 PID: 1 at lib/x.c:1 x+0x1/0x2")
    let dirty = Counters(taint: 1 << 9, panics: false, deaths: 0)
    #expect(Self.verdict([line], Self.witness()).ruling == .survived)
    #expect(Self.verdict([line], Self.witness(before: dirty)).ruling == .warned)
  }

  @Test func reportsThatLeaveNothingInMemoryAreBelieved() {
    for (kind, text) in [
      (Kind.rcuStall, "INFO: rcu_sched detected stalls on CPUs/tasks:"),
      (.hungTask, "INFO: task kworker:12 blocked for more than 1 seconds."),
      (.lockdep, "WARNING: possible circular locking dependency detected"),
      (.undefinedBehaviour, "UBSAN: shift-out-of-bounds in lib/x.c:1:2"),
    ] {
      let finding = JudgeTests.finding(kind, text)
      #expect(finding.bearers.isEmpty)
      #expect(finding.bearing(by: Self.witness(), panicTold: false) == .consoleOnly)
      #expect(Self.verdict([finding], Self.witness()).ruling == .warned)
    }
  }

  @Test func aGuestThatDidNotGetToTheEndMayLackWhatBearsAReportOut() {
    #expect(
      Self.verdict([Self.oops], Self.witness(), ending: .silent(seconds: 3)).ruling == .oopsed)
    #expect(Self.verdict([Self.oops], Self.witness(), ending: .reset).ruling == .reset)
  }

  @Test func thePanicOfAnNMIThatNobodySentHidesNothing() {
    let answer = JudgeTests.finding(.panic, "Kernel panic - not syncing: NMI: Not continuing")
    var after = Self.oops
    after.line = 9
    #expect(Self.verdict([answer, after], nil).ruling != .survived)
    #expect(
      Self.verdict([answer, after], Self.witness { $0.taint! |= 1 << 7 }).ruling == .oopsed)
    // One that the harness sent is its own doing, and so is what came of it.
    let questioned = Self.verdict(
      [answer, after], Self.witness { $0.panics = true }, ending: .silent(seconds: 3))
    #expect(questioned.ruling == .hung)
  }

  @Test func aLaboratoryThatFailedProvesNothingWhateverTheMemorySays() {
    var facts = JudgeTests.good()
    facts.ending = .laboratoryFailed("malformed")
    facts.witness = Self.witness { $0.taint! |= 1 << 7 }
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
  }

  @Test func aLogOrAListThatIsDamagedIsNoPass() {
    var witness = Self.witness()
    witness.damage = ["the kernel's log"]
    #expect(Self.verdict([], witness).ruling == .inconclusive)
    #expect(Self.verdict([Self.oops], witness, ending: .reset).ruling == .reset)
  }

  @Test func aTwinThatIsStillThereWasNotUnloaded() {
    var facts = JudgeTests.good()
    facts.module = "forge"
    facts.witness = Self.witness()
    facts.witness?.modules = ["veth"]
    #expect(Judge.verdict(of: facts).ruling == .survived)
    facts.witness?.modules = ["veth", "forge"]
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
  }

  @Test func aRefusalIsAsGoodAsTheMemoryIs() {
    var facts = JudgeTests.good()
    facts.agent = [.refused(.moduleLoader, errno: 22, message: "Invalid argument"), .finished]
    facts.witness = Self.witness()
    #expect(Judge.verdict(of: facts).ruling == .rejected)
    facts.witness = Self.witness { $0.warnings = 2 }
    #expect(Judge.verdict(of: facts).ruling == .warned)
  }
}

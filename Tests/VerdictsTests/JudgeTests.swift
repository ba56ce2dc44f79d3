// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct JudgeTests {
  /// A trial that went well, to be changed by each test.
  static func good(armed: Bool = true, faults: Int64? = 3) -> TrialFacts {
    let agent: [AgentFact] = [
      .step("load"), .loaded, .step("workload"), .observed(64, faults: faults), .unloaded,
      .workerEnded(exitStatus: 0, signal: nil), .healthy, .finished,
    ]
    return TrialFacts(
      mechanism: .lkm, armed: armed, agent: agent, ending: .answered,
      agentLines: agent.indices.map { $0 + 11 })
  }

  static func console(_ fixture: String) throws -> [Finding] {
    KernelLog.findings(in: try Fixture.bytes(fixture))
  }

  static func finding(
    _ kind: Kind, _ text: String, fatal: Bool = false, access: Finding.Access? = nil
  ) -> Finding {
    Finding(
      kind: kind, title: kind.rawValue, access: access, line: 5, primary: true, fatal: fatal,
      text: text)
  }

  struct Crash: Sendable, CustomTestStringConvertible {
    var fixture: String
    var ruling: Ruling
    var kind: Kind
    var ending: Ending
    var testDescription: String { fixture }

    init(_ fixture: String, _ ruling: Ruling, _ kind: Kind, _ ending: Ending = .answered) {
      self.fixture = fixture
      self.ruling = ruling
      self.kind = kind
      self.ending = ending
    }
  }

  @Test(arguments: [
    Crash("6.1-null-read", .oopsed, .nullDereference),
    Crash("6.1-null-read-oopspanic", .oopsed, .nullDereference, .panicked),
    Crash("6.1-list-twice", .oopsed, .listCorruption),
    Crash("6.1-timer", .panicked, .nullDereference, .panicked),
    Crash("6.1-timer-oopspanic", .panicked, .nullDereference, .panicked),
    Crash("6.1-inpid1", .panicked, .nullDereference, .panicked),
    Crash("6.1-initexit", .panicked, .initDied, .panicked),
    Crash("6.1-panic", .panicked, .panic, .panicked),
    Crash("6.1-recurse", .panicked, .stackOverflow, .panicked),
    Crash("6.1-smash", .panicked, .stackCorruption, .panicked),
    Crash("6.1-spin", .hung, .softLockup, .panicked),
    Crash("6.1-kthread", .hung, .rcuStall, .panicked),
    Crash("6.1-dstate", .hung, .hungTask, .deadline(seconds: 9, step: "load", processState: "D")),
    Crash("6.1-warn", .warned, .warning),
    Crash("6.1-warn-oopspanic", .warned, .warning, .panicked),
    Crash("6.1-ref-under", .warned, .refcount),
    Crash("6.1-sleep-atomic", .warned, .atomicSleep),
    Crash("6.1-double-free-slubdebug", .warned, .doubleFree),
    Crash("6.1-redzone-slubdebug", .corrupted, .slabCorruption),
    Crash("6.1-poison-slubdebug", .corrupted, .slabCorruption),
    Crash("6.1-eat", .panicked, .outOfMemory, .panicked),
    Crash("6.1-null-read", .reset, .nullDereference, .reset),
    Crash("6.1-warn", .reset, .reboot, .reset),
    Crash("6.1-sleep-atomic", .hung, .atomicSleep, .silent(seconds: 2)),
    Crash("6.1-null-read", .oopsed, .nullDereference, .silent(seconds: 2)),
  ]) func aRealConsoleDecides(_ crash: Crash) throws {
    var facts = Self.good()
    facts.console = try Self.console(crash.fixture)
    facts.ending = crash.ending
    // The worker did not get to its end, but for reports that the kernel survives.
    if crash.ruling == .hung || crash.ending != .answered { facts.agent = [.step("load")] }
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == crash.ruling)
    #expect(verdict.kind == crash.kind)
    #expect(verdict.evidence.first?.file == "console.log")
    #expect(verdict.evidence.first?.line == facts.console.first?.line)
    if crash.kind != .reboot { #expect(verdict.title == facts.console.first?.title) }
  }

  @Test func theConsoleWinsOverAnAgentThatSaysFine() throws {
    var facts = Self.good()
    facts.console = try Self.console("6.1-null-read")
    #expect(Judge.verdict(of: facts).ruling == .oopsed)
    facts.agent = [.refused(.moduleLoader, errno: 22, message: "Invalid argument")]
    #expect(Judge.verdict(of: facts).ruling == .oopsed)
  }

  @Test func theTwinsSourceLineIsThatOfTheFirstResolvedFrame() throws {
    var facts = Self.good()
    facts.console = try Self.console("6.1-null-read")
    let place = SourcePlace(file: "lkm/null_map_value.c", line: 12)
    facts.resolvedFrames = [
      "faulty_init+0x3c": SourcePlace(file: "lkm/null_map_value.c", line: 80),
      "null_read.isra.0+0xc": place,
    ]
    #expect(Judge.verdict(of: facts).source == place)
  }

  @Test func aStallThatWentByIsAWarning() throws {
    var facts = Self.good()
    facts.console = [Self.finding(.rcuStall, "INFO: rcu_preempt self-detected stall on CPU")]
    #expect(Judge.verdict(of: facts).ruling == .warned)
    facts.agent.removeLast()
    #expect(Judge.verdict(of: facts).ruling == .hung)
  }

  @Test func anObservedWriteOfASanitizerIsCorruptionAndAReadIsAWarning() {
    var facts = Self.good()
    facts.console = [
      Self.finding(.outOfBounds, "BUG: KASAN: slab-out-of-bounds in f", access: .write)
    ]
    #expect(Judge.verdict(of: facts).ruling == .corrupted)
    facts.console[0].access = .read
    #expect(Judge.verdict(of: facts).ruling == .warned)
  }

  @Test func laboratoryFailuresAreInconclusiveWhateverElseWasSeen() throws {
    var facts = Self.good()
    facts.console = try Self.console("6.1-null-read")
    facts.ending = .laboratoryFailed("QEMU died")
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
    facts.ending = .answered
    facts.agent.append(.laboratoryFailed("no disk space"))
    #expect(Judge.decision(of: facts).rule == "the laboratory failed in the guest")
  }

  @Test func noWordOfTheAgentIsInconclusive() {
    let verdict = Judge.verdict(
      of: TrialFacts(mechanism: .bpf, armed: true, ending: .answered))
    #expect(verdict.ruling == .inconclusive)
    #expect(verdict.reason?.isEmpty == false)
  }

  @Test(arguments: [("twin", Ruling.hung), ("other", .inconclusive)])
  func aTwinsFrameStandsForTheStepThatItsHangKeptBack(module: String, ruling: Ruling) {
    var hang = Self.finding(.softLockup, "watchdog: BUG: soft lockup - CPU#0 stuck for 2s!")
    hang.frames = [Frame(symbol: "count_tick", offset: 0x10, module: "twin", line: 9)]
    let facts = TrialFacts(
      mechanism: .lkm, armed: true, console: [hang], ending: .panicked, module: module)
    #expect(facts.consoleShowsTwin == (module == "twin"))
    #expect(Judge.verdict(of: facts).ruling == ruling)
  }

  @Test func aCompilersRefusalIsARejection() {
    let line = EvidenceLine(file: "compiler.log", line: 3, text: "error: stack frame size")
    let facts = TrialFacts(
      mechanism: .bpf, armed: true, ending: .answered, compilerRefusal: [line],
      compilerPlace: SourcePlace(file: "bpf/frame.bpf.c", line: 9))
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == .rejected)
    #expect(verdict.source == SourcePlace(file: "bpf/frame.bpf.c", line: 9))
    #expect(verdict.by == "compiler")
    #expect(verdict.evidence == [line])
  }

  @Test func aVerifiersRefusalCarriesItsCategoryAndPlace() throws {
    var facts = Self.good()
    facts.mechanism = .bpf
    facts.agent = [
      .step("load"), .refused(.verifier, errno: 13, message: "Permission denied"), .healthy,
      .finished,
    ]
    facts.rejection = VerifierLog.rejection(
      in: try Fixture.bytes("verifier-6.1-reference-leak"))
    let place = SourcePlace(file: "bpf/reference_leak.bpf.c", line: 20)
    facts.resolvedFrames = ["verifier": place]
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == .rejected)
    #expect(verdict.by == "verifier")
    #expect(verdict.category == .resourceLifetimeSafety)
    #expect(verdict.title == "a reference is not given back")
    #expect(verdict.source == place)
    #expect(verdict.evidence.first?.file == "verifier.log")
    #expect(verdict.evidence.first?.text == "Unreleased reference id=2 alloc_insn=4")
  }

  @Test func aModuleLoadersRefusalNamesItsReason() {
    var facts = Self.good()
    facts.agent = [.refused(.moduleLoader, errno: 2, message: "Unknown symbol in module")]
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.by == "module-loader")
    #expect(verdict.title == "the module needs a symbol that the kernel does not export")
    #expect(verdict.evidence.map(\.line) == [11])
  }

  @Test func theGuestsEndOutweighsARefusalBeforeIt() {
    var facts = Self.good()
    facts.agent = [.refused(.moduleLoader, errno: 2, message: "Unknown symbol in module")]
    facts.ending = .reset
    #expect(Judge.verdict(of: facts).ruling == .reset)
    facts.ending = .silent(seconds: 2)
    #expect(Judge.verdict(of: facts).ruling == .hung)
  }

  @Test func resetsAndPanicsWithoutAWordAreTold() {
    var facts = Self.good()
    facts.agent = [.step("workload")]
    facts.ending = .reset
    #expect(Judge.verdict(of: facts).ruling == .reset)
    #expect(Judge.verdict(of: facts).kind == .reboot)
    facts.ending = .shutdown
    #expect(Judge.verdict(of: facts).ruling == .reset)
    facts.ending = .panicked
    #expect(Judge.verdict(of: facts).ruling == .panicked)
  }

  @Test func silenceIsAHangOnlyWhereTheGuestHadProcessorTime() {
    var facts = Self.good()
    facts.agent = [.step("workload")]
    facts.ending = .silent(seconds: 3)
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == .hung)
    #expect(verdict.kind == .noOutput)
    #expect(verdict.evidence.isEmpty == false)
    facts.ending = .silent(seconds: 0)
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
  }

  /// Bit 9 of the flags of what the NMI interrupted; those behind are of a system call.
  @Test(arguments: [("00000046", Kind.hardLockup), ("00000246", .noOutput)])
  func theHarnesssOwnNMIGivesTheFrameAndTheFlagsAndIsNoPanic(flags: String, kind: Kind) {
    let log = """
      RSP: 0018:ffffc90000043e18 EFLAGS: 00010206
      Uhhuh. NMI received for unknown reason 30 on CPU 0.
      Kernel panic - not syncing: NMI: Not continuing
      CPU: 0 PID: 85 Comm: insmod
      RIP: 0010:spin_irqoff+0x7/0x10 [twin]
      RSP: 0018:ffffc90000043e18 EFLAGS: \(flags)
      RSP: 002b:00007ffd5a3c1f28 EFLAGS: 00000246 ORIG_RAX: 00000000000000af
      Modules linked in: twin(OE+)
      """
    var facts = Self.good()
    facts.agent = [.step("load")]
    facts.ending = .silent(seconds: 3).completed(
      by: log.utf8, reports: facts.console, isOfTwin: facts.isOfTwin)
    facts.console = KernelLog.findings(in: log.utf8)
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == .hung)
    #expect(verdict.kind == kind)
    #expect(verdict.title == "\(kind.rawValue) in spin_irqoff")
    #expect(verdict.evidence.contains { $0.file == "console.log" && $0.line == 3 })
  }

  @Test func aDeadlineNeedsASleepingWorkerToBeAHang() {
    var facts = Self.good()
    facts.agent = [.step("workload")]
    facts.ending = .deadline(seconds: 10, step: "workload", processState: "D")
    #expect(Judge.verdict(of: facts).kind == .hungTask)
    facts.ending = .deadline(seconds: 10, step: "workload", processState: "R")
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
    facts.ending = .deadline(seconds: 10, step: nil, processState: nil)
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
  }

  @Test func damageWithoutAWordOnTheConsoleIsTold() {
    func ruling(_ fact: AgentFact) -> Ruling {
      var facts = Self.good()
      facts.agent.insert(fact, at: 5)
      return Judge.verdict(of: facts).ruling
    }
    #expect(ruling(.leftBehind(what: "tasks", before: 4, after: 12)) == .leaked)
    #expect(ruling(.unloadFailed(errno: 16, message: "Device or resource busy")) == .leaked)
    #expect(ruling(.canaryChanged("page 3")) == .corrupted)
    #expect(ruling(.unhealthy(check: "fork", detail: "EAGAIN")) == .corrupted)
    #expect(ruling(.workerEnded(exitStatus: nil, signal: 9)) == .inconclusive)
    #expect(ruling(.workerEnded(exitStatus: 1, signal: nil)) == .inconclusive)
    #expect(ruling(.tainted(before: 0, after: 1 << 9)) == .inconclusive)
    #expect(ruling(.tainted(before: 0, after: 1 << 7 | 1 << 12)) == .inconclusive)
    #expect(ruling(.tainted(before: 0, after: 1 << 12 | 1 << 13)) == .survived)
  }

  @Test func aLeakNamesAllItsFigures() {
    var facts = Self.good()
    facts.agent.insert(.leftBehind(what: "TCP sockets", before: 3, after: 11), at: 5)
    facts.agent.insert(.leftBehind(what: "TCP objects", before: 4, after: 12), at: 6)
    let (rule, verdict) = Judge.decision(of: facts)
    #expect(rule == "something was left behind")
    #expect(verdict.kind == .memoryLeak)
    #expect(verdict.title == "memory-leak: TCP sockets")
    #expect(verdict.reason == "TCP sockets: 3 before, 11 after; TCP objects: 4 before, 12 after")
    #expect(
      verdict.evidence.map(\.text) == [
        "left behind: TCP sockets: 3 before, 11 after",
        "left behind: TCP objects: 4 before, 12 after",
      ])
  }

  @Test func aTwinThatCannotBeTakenOutHasLeakedItsMemory() {
    var facts = Self.good()
    facts.agent.insert(.unloadFailed(errno: 11, message: "its reference count is 1"), at: 5)
    let (rule, verdict) = Judge.decision(of: facts)
    #expect(rule == "the twin could not be unloaded")
    #expect(verdict.kind == .memoryLeak)
    #expect(verdict.reason?.contains("its reference count is 1") == true)
  }

  @Test func whatTheConsoleSaysOutweighsAGuestThatCallsItselfWell() {
    var facts = Self.good()
    facts.console = KernelLog.findings(
      in: Array("BUG kmalloc-64 (Tainted: G           OE     ): Poison overwritten\n".utf8))
    #expect(Judge.verdict(of: facts).ruling == .corrupted)
    // And a report outweighs what was left behind.
    facts.agent.insert(.leftBehind(what: "TCP sockets", before: 3, after: 11), at: 5)
    #expect(Judge.verdict(of: facts).ruling == .corrupted)
  }

  @Test func aGoodAnswerCountsOnlyWhenItIsWhole() {
    #expect(Judge.verdict(of: Self.good()).ruling == .survived)
    for missing in [1, 3, 4, 6, 7] {
      var facts = Self.good()
      facts.agent.remove(at: missing)
      #expect(Judge.verdict(of: facts).ruling == .inconclusive)
    }
  }

  @Test func aGuardContainsOnlyAFaultThatRan() {
    var facts = Self.good()
    facts.guardName = "exception-table"
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == .contained)
    #expect(verdict.by == "exception-table")
    #expect(verdict.evidence.map(\.line) == Array(11...18))
    facts = Self.good(faults: 0)
    facts.guardName = "exception-table"
    #expect(Judge.verdict(of: facts).reason == "the fault never ran, though the twin was armed")
    facts = Self.good(faults: nil)
    facts.guardName = "exception-table"
    #expect(Judge.verdict(of: facts).ruling == .inconclusive)
    facts = Self.good(armed: false, faults: 0)
    facts.guardName = "exception-table"
    #expect(Judge.verdict(of: facts).ruling == .survived)
  }

  @Test func aDisarmedTwinCountsNoFaults() {
    #expect(Judge.verdict(of: Self.good(armed: false, faults: 0)).ruling == .survived)
    #expect(Judge.verdict(of: Self.good(armed: false, faults: 2)).ruling == .inconclusive)
  }

  @Test func everyRuleHasANameOfItsOwn() {
    for rule in Judge.rules { #expect(!rule.name.isEmpty) }
    #expect(Set(Judge.rules.map(\.name)).count == Judge.rules.count)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct LockupTests {
  /// From a guest with two processors, of which the harness's NMI reaches the first (6.1).
  private let console = """
    [    9.623310] Uhhuh. NMI received for unknown reason 21 on CPU 0.
    [    9.624583] Kernel panic - not syncing: NMI: Not continuing
    [    9.624749] Call Trace:
    [    9.624749]  <NMI>
    [    9.624749]  unknown_nmi_error.cold+0x3b/0x49
    [    9.624749] RIP: 0010:native_safe_halt+0xb/0x10
    [    9.624749]  amd_e400_idle+0x3d/0x50
    [    9.624749] NMI backtrace for cpu 0
    [    9.624749]  nmi_cpu_backtrace.cold+0x32/0x79
    [    9.624749] Sending NMI from CPU 0 to CPUs 1:
    [    9.319385] NMI backtrace for cpu 1
    [    9.319385] RIP: 0010:set_trigger+0x15/0x28 [cli_hlt_2]
    [    9.319385] Call Trace:
    [    9.319385]  param_attr_store+0x94/0xe0
    [    9.624749] Shutting down cpus with NMI
    [    9.624749]  late+0x1/0x2

    """

  private func facts(_ lockup: Lockup, console: String) -> TrialFacts {
    var facts = TrialFacts(
      mechanism: .lkm, armed: true, agent: [.loaded, .step("workload")],
      console: KernelLog.findings(in: Array(console.utf8)), ending: .lockedUp(lockup))
    facts.resolvedFrames = [
      "set_trigger+0x15": SourcePlace(file: "lkm/cli_hlt_2.c", line: 15)
    ]
    return facts
  }

  private func lockup(_ processor: Int, halted: Bool = false, console: String) -> Lockup {
    Lockup(
      processor: processor, halted: halted, samples: 9, seconds: 0.81,
      lines: [EvidenceLine(file: "registers.log", line: 8, text: "RIP=…")],
      frames: frames(of: processor, in: console))
  }

  private func frames(of processor: Int, in console: String) -> [Frame] {
    ProcessorTrace.read(console.utf8).first { $0.processor == processor }?.frames ?? []
  }

  @Test func aProcessorsOwnTraceIsRead() {
    #expect(
      frames(of: 1, in: console).map(\.place)
        == ["set_trigger+0x15", "param_attr_store+0x94"])
    #expect(frames(of: 1, in: console).map(\.line) == [12, 14])
    #expect(frames(of: 0, in: console).map(\.symbol) == ["nmi_cpu_backtrace.cold"])
    #expect(frames(of: 2, in: console).isEmpty)
    #expect(ProcessorTrace.read([]).isEmpty)
  }

  @Test func aLockedUpProcessorIsAHangWithItsTrace() {
    let verdict = Judge.verdict(
      of: facts(lockup(1, halted: true, console: console), console: console))
    #expect(verdict.ruling == .hung)
    #expect(verdict.kind == .hardLockup)
    #expect(verdict.title == "hard-lockup in set_trigger")
    #expect(verdict.source == SourcePlace(file: "lkm/cli_hlt_2.c", line: 15))
    #expect(verdict.reason?.contains("CPU 1 is halted with interrupts off") == true)
    #expect(
      verdict.evidence.map(\.file) == [
        "agent.jsonl", "registers.log", "console.log", "console.log",
      ])
  }

  @Test func anotherProcessorsTraceBlamesNobody() {
    let short = console.split(separator: "\n").prefix(7).joined(separator: "\n")
    let verdict = Judge.verdict(of: facts(lockup(1, console: short), console: short))
    #expect(verdict.ruling == .hung)
    #expect(verdict.title == "hard-lockup")
    #expect(verdict.source == nil)
  }

  // A timer whose function asks to be called again at once: Debian 6.1, wrong-callback-answer.
  @Test func whereAllFramesAreMachineryTheInterruptedFunctionIsNamed() {
    let log = """
      [   15.875190] Kernel panic - not syncing: NMI: Not continuing
      [   15.875571] Call Trace:
      [   15.876139]  <NMI>
      [   15.877004]  panic+0x118/0x2f4
      [   15.877095]  unknown_nmi_error.cold+0x3b/0x49
      [   15.877140]  end_repeat_nmi+0x16/0x67
      [   15.877317] RIP: 0010:__hrtimer_run_queues+0xd4/0x250
      [   15.878474]  </NMI>
      [   15.878483]  <IRQ>
      [   15.878497]  hrtimer_interrupt+0xf4/0x210
      [   15.878599]  </IRQ>
      [   15.878601]  <TASK>
      [   15.878611] RIP: 0010:native_safe_halt+0xb/0x10
      [   15.878673]  amd_e400_idle+0x3d/0x50
      [   15.878796]  arch_call_rest_init+0xa/0x14

      """
    let findings = KernelLog.findings(in: Array(log.utf8))
    #expect(findings.map(\.frame) == ["__hrtimer_run_queues"])
  }

  private let waiting = """
    [    3.998074] INFO: task kworker/1:2:52 blocked for more than 1 seconds.
    [    4.000291] Call Trace:
    [    4.001685]  __wait_rcu_gp+0x12b/0x140
    [    4.008293]  do_free_init+0x15/0x50

    """

  @Test func tasksThatWaitForALockedUpProcessorAreNotTheCause() {
    let log = waiting + console
    let verdict = Judge.verdict(of: facts(lockup(1, console: log), console: log))
    #expect(verdict.kind == .hardLockup)
    #expect(verdict.title == "hard-lockup in set_trigger")
  }

  @Test func tasksThatWaitForAStalledGracePeriodAreNotTheCause() {
    let log =
      waiting + """
        [    6.839927] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
        [    6.840947] rcu: \t1-...0: (4 ticks this GP)
        [    6.843749] Sending NMI from CPU 0 to CPUs 1:
        [    6.821988] NMI backtrace for cpu 1
        [    6.821988] RIP: 0010:set_trigger+0x15/0x29 [irqs_off_2]
        [    6.843749] Kernel panic - not syncing: RCU Stall

        """
    var facts = facts(lockup(1, console: log), console: log)
    facts.ending = .panicked
    let verdict = Judge.verdict(of: facts)
    #expect(verdict.ruling == .hung)
    #expect(verdict.kind == .rcuStall)
  }

  @Test func anOopsBeforeTheLockupStaysTheVerdict() {
    let log = """
      [    3.1] BUG: kernel NULL pointer dereference, address: 0000000000000010
      [    3.1] Oops: 0000 [#1] PREEMPT SMP NOPTI
      [    3.1] RIP: 0010:victim+0x10/0x20 [faulty]

      """ + console
    let verdict = Judge.verdict(of: facts(lockup(1, console: log), console: log))
    #expect(verdict.ruling == .oopsed)
    #expect(verdict.kind == .nullDereference)
  }

  /// A processor that calls all others, of which one spins with interrupts off in what it was called
  /// for (6.1): `panic_print` brings that one's trace behind the panic.
  private let called = """
    [    5.456621] watchdog: BUG: soft lockup - CPU#1 stuck for 3s! [exe:86]
    [    5.458523] RIP: 0010:smp_call_function_many_cond+0xf1/0x330
    [    5.459748] RSP: 0018:ff716be8403cbd60 EFLAGS: 00010202
    [    5.462102] Call Trace:
    [    5.462310]  infinite_loop_init+0x21/0x1000 [infinite_loop]
    [    5.462421]  do_one_initcall+0x56/0x220
    [    5.465190] Kernel panic - not syncing: softlockup: hung tasks
    [    5.466072]  panic+0x154/0x2f4
    [    5.470739] NMI backtrace for cpu 1
    [    5.472495] RIP: 0010:smp_call_function_many_cond+0xf1/0x330
    [    5.472948] RSP: 0018:ff716be8403cbd60 EFLAGS: 00010202
    [    5.475967] Sending NMI from CPU 1 to CPUs 0:
    [    5.477603] NMI backtrace for cpu 0
    [    5.480168] RIP: 0010:spin+0x7/0x10 [infinite_loop]
    [    5.481631] RSP: 0018:ff716be840003fc0 EFLAGS: 00010046
    [    5.481862] RIP: 0010:native_safe_halt+0xb/0x10
    [    5.481886] RSP: 0018:ffffffff91403e98 EFLAGS: 00010212

    """

  /// What the judge says of a guest that panicked.
  private func verdictOnPanic(_ console: String) -> Verdict {
    var facts = TrialFacts(
      mechanism: .lkm, armed: true, agent: [.step("load")],
      console: KernelLog.findings(in: console.utf8), ending: .panicked, module: "infinite_loop")
    facts.ending = facts.ending.completed(
      by: console.utf8, reports: facts.console, isOfTwin: facts.isOfTwin)
    return Judge.verdict(of: facts)
  }

  @Test func aProcessorThatWaitsForALockedUpOneIsNotTheCause() {
    let verdict = verdictOnPanic(called)
    #expect(verdict.kind == .hardLockup)
    #expect(verdict.title == "hard-lockup in spin")
    #expect(verdict.reason?.contains("CPU 0 runs with interrupts off") == true)
    #expect(verdict.evidence.contains { $0.file == "console.log" && $0.line == 15 })
  }

  @Test func aProcessorThatSpinsByItselfStaysTheCauseWhateverTheOtherDoes() {
    let enabled = called.replacing("EFLAGS: 00010046", with: "EFLAGS: 00010246")
    #expect(verdictOnPanic(enabled).kind == .softLockup)
    let own = called.replacing("smp_call_function_many_cond", with: "climb")
    #expect(verdictOnPanic(own).kind == .softLockup)
    let foreign = called.replacing("spin+0x7/0x10 [infinite_loop]", with: "spin+0x7/0x10 [other]")
    #expect(verdictOnPanic(foreign).kind == .softLockup)
  }

  /// The same processor, found by RCU (6.1).
  private let stalled = """
    [    6.839927] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
    [    6.840947] rcu: \t1-...0: (4 ticks this GP) idle=9a4c/1/0x4000000000000000 softirq=98/98 fqs=500
    [    6.842100] \t(detected by 0, t=1002 jiffies, g=-887, q=34 ncpus=2)
    [    6.843749] Sending NMI from CPU 0 to CPUs 1:
    [    6.821988] NMI backtrace for cpu 1
    [    6.821988] RIP: 0010:spin+0x7/0x10 [infinite_loop]
    [    6.821988] RSP: 0018:ff716be840003fc0 EFLAGS: 00000046
    [    6.843749] Kernel panic - not syncing: RCU Stall

    """

  @Test func whatAnInterruptCameUponHadItsOwnOn() {
    let interrupted = stalled.replacing(
      "RIP: 0010:spin+0x7/0x10 [infinite_loop]", with: "RIP: 0010:hrtimer_interrupt+0x10/0x20"
    ).replacing(
      "EFLAGS: 00000046",
      with: """
        EFLAGS: 00000046
        [    6.821988]  ? spin+0x7/0x10 [infinite_loop]
        [    6.821988]  </IRQ>
        [    6.821988] RIP: 0010:spin+0x7/0x10 [infinite_loop]
        [    6.821988] RSP: 0018:ff716be840003fc0 EFLAGS: 00000246
        """)
    #expect(verdictOnPanic(interrupted).kind == .rcuStall)
  }

  @Test func aStalledProcessorThatTakesNoInterruptIsLockedUp() {
    #expect(verdictOnPanic(stalled).kind == .hardLockup)
    #expect(verdictOnPanic(stalled).title == "hard-lockup in spin")
    let answering = stalled.replacing("1-...0: (4 ticks this GP)", with: "1-....: (1 GPs behind)")
    #expect(verdictOnPanic(answering).kind == .rcuStall)
    let own = stalled.replacing("detected stalls on CPUs/tasks", with: "self-detected stall on CPU")
    #expect(verdictOnPanic(own).kind == .rcuStall)
    let enabled = stalled.replacing("EFLAGS: 00000046", with: "EFLAGS: 00000246")
    #expect(verdictOnPanic(enabled).kind == .rcuStall)
  }

  private func backtrace(flags: String) -> [UInt8] {
    Array(
      """
      [    3.1] Kernel panic - not syncing: NMI: Not continuing
      [    3.1] RIP: 0010:bpf_prog_1+0x2/0x9
      [    3.1] RSP: 0018:ffff EFLAGS: \(flags)

      """.utf8)
  }

  @Test func registersThatTheProcessorsOwnBackTraceContradictsProveNothing() {
    var lockup = Lockup(processor: 0, halted: false, samples: 9, seconds: 0.9)
    func contradiction(_ flags: String) -> String? {
      Ending.lockedUp(lockup).contradiction(in: backtrace(flags: flags))
    }
    #expect(contradiction("00000293") != nil)
    #expect(contradiction("00000093") == nil)
    // A count of time that stood still is worth more than one moment's flags.
    lockup.countsNoTicks = true
    #expect(contradiction("00000293") == nil)
    #expect(Ending.panicked.contradiction(in: backtrace(flags: "00000293")) == nil)
  }

  @Test func aSilentProcessorThatCountsTimeIsNoHardLockup() {
    let log = backtrace(flags: "00000093")
    func kind(_ countsTicks: Bool?) -> Kind? {
      var facts = TrialFacts(
        mechanism: .bpf, armed: true, agent: [.loaded, .step("workload")],
        console: KernelLog.findings(in: log), ending: .answered)
      facts.ending = Ending.silent(seconds: 4, countsTicks: countsTicks).completed(
        by: log, reports: facts.console, isOfTwin: facts.isOfTwin)
      return Judge.verdict(of: facts).kind
    }
    #expect(kind(nil) == .hardLockup)
    #expect(kind(false) == .hardLockup)
    #expect(kind(true) == .noOutput)
  }
}

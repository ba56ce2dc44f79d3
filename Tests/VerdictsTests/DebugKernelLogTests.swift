// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Logs of a kernel with KASAN and lockdep (`panicroom kernel build debug`, 6.1.192).
@Suite(.lane, .timeLimit(.minutes(5))) struct DebugKernelLogTests {
  private static func lockedUp(_ log: [UInt8]) -> TrialFacts {
    let lockup = Lockup(
      processor: 0, halted: false, samples: 9, seconds: 0.8,
      lines: [EvidenceLine(file: "registers.log", line: 8, text: "RIP=…")],
      frames: ProcessorTrace.read(log).first { $0.processor == 0 }?.frames ?? [])
    return TrialFacts(
      mechanism: .lkm, armed: true, agent: [.loaded, .step("workload")],
      console: KernelLog.findings(in: log), ending: .lockedUp(lockup))
  }

  @Test func whatLockdepSaysOfTheHarnesssOwnNMIIsNoFaultOfTheGuests() throws {
    let log = try Fixture.bytes("6.1-debug-hard-lockup")
    #expect(KernelLog.findings(in: log).map(\.kind) == [.panic, .lockdep])
    let (rule, verdict) = Judge.decision(of: Self.lockedUp(log))
    #expect(rule == "a processor is locked up")
    #expect(verdict.ruling == .hung)
    #expect(verdict.kind == .hardLockup)
    #expect(verdict.title == "hard-lockup in lkdtm_HARDLOCKUP")
    #expect(verdict.reason?.hasPrefix("CPU 0 runs with interrupts off") == true)
    #expect(!verdict.evidence.contains { $0.text.contains("inconsistent lock state") })
    // Nobody else is there to be asked: what is left is the panic.
    #expect(Judge.ruling(ofConsole: KernelLog.findings(in: log)) == .panicked)
  }

  @Test func whatTheKernelSaidBeforeTheNMIIsTheCauseAllTheSame() throws {
    let before = "WARNING: possible circular locking dependency detected\n"
    let log = Array(before.utf8) + (try Fixture.bytes("6.1-debug-hard-lockup"))
    let verdict = Judge.verdict(of: Self.lockedUp(log))
    #expect(verdict.ruling == .hung)
    #expect(verdict.kind == .lockdep)
    #expect(verdict.reason == "CPU 0 locked up afterwards")
  }

  private static func answered(_ findings: [Finding]) -> Ruling {
    var facts = JudgeTests.good()
    facts.console = findings
    return Judge.verdict(of: facts).ruling
  }

  @Test func aWriteThatKASANsMemsetLeftUndoneDamagesNothing() throws {
    let findings = KernelLog.findings(in: try Fixture.bytes("6.1-debug-memset-stack"))
    #expect(findings.map(\.kind) == [.outOfBounds])
    #expect(findings.first?.access == .write)
    #expect(findings.first?.frame == "__lkdtm_CORRUPT_STACK")
    #expect(Self.answered(findings) == .warned)
  }

  /// By who asks whether the access is good, and whether it is done whatever the answer.
  @Test(arguments: [
    (["kasan_report", "kasan_check_range", "memcpy", "twin"], Ruling.warned),
    (["kasan_report", "kasan_check_range", "memmove", "twin"], .warned),
    (["kasan_report", "kasan_check_range", "__asan_memset", "twin"], .warned),
    (["kasan_report", "kasan_check_range", "__hwasan_memcpy", "twin"], .warned),
    (["kasan_report", "kasan_check_range", "__kasan_check_write", "_copy_from_user"], .corrupted),
    (["kasan_report", "kasan_check_range", "__kasan_check_write", "memset"], .corrupted),
    (["kasan_report", "kasan_check_range"], .corrupted),
    (["kasan_report", "__asan_store8", "memset"], .corrupted),
    (["kasan_report", "__asan_report_store_n_noabort", "twin"], .corrupted),
    (["kasan_report", "check_memory_region", "memset", "twin"], .corrupted),
  ])
  func aWriteThatOnlyWasReportedDamages(_ frames: [String], _ ruling: Ruling) {
    let trace = frames.map { " \($0)+0x10/0x20\n" }.joined(separator: " ? memset+0x1/0x2\n")
    let log = """
      BUG: KASAN: slab-out-of-bounds in twin+0x10/0x20
      Write of size 8 at addr ffff888004000040 by task exe/33
      Call Trace:
       dump_stack_lvl+0x34/0x44
      \(trace)
      """
    let findings = KernelLog.findings(in: log.utf8)
    #expect(findings.count == 1)
    #expect(Self.answered(findings) == ruling)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What a log says besides kind and frame: of the machine, of how it ended, of what is no report.
@Suite(.lane, .timeLimit(.minutes(1))) struct LogReadingTests {
  private func read(_ log: String) -> LogReading { KernelLog.reading(of: Array(log.utf8)) }

  @Test func theMachinesLinesAreRead() throws {
    let context = try #require(
      read(
        """
        [   12.1] BUG: kernel NULL pointer dereference, address: 0000000000000018
        [   12.2] Oops: 0002 [#3] PREEMPT SMP PTI
        [   12.3] CPU: 2 PID: 811 Comm: my demo Kdump: loaded Tainted: P           OE      6.8.0-45-generic #45-Ubuntu
        [   12.4] Hardware name: Acme Board/X1, BIOS 1.0 01/02/2024
        [   12.5] Workqueue: events widget_work
        [   12.6] RIP: 0010:widget_poll+0x2c/0x90 [widget]
        """
      ).findings.first?.context)
    #expect(context.release == "6.8.0-45-generic")
    #expect(context.architecture == "x86-64")
    #expect(context.processor == 2)
    #expect(context.process == 811)
    #expect(context.command == "my demo")
    #expect(context.hardware == "Acme Board/X1, BIOS 1.0 01/02/2024")
    #expect(context.workqueue == "events widget_work")
    #expect(context.taint == "POE")
    #expect(context.oops == 3)
  }

  @Test(arguments: [
    ("Pid: 811, comm: demo Not tainted 3.7.5 #9 Acme", "3.7.5", ""),
    ("Pid: 811, comm: demo Tainted: G        W  (2.6.32 #1)", "2.6.32", "GW"),
    ("CPU: 5 UID: 1000 PID: 811 Comm: demo Not tainted 7.0.0 #1 PREEMPT", "7.0.0", ""),
    ("      Tainted: G           OE      5.10.0 #1", "5.10.0", "GOE"),
  ]) func theTaskAndItsKernelAreReadInEveryForm(_ line: String, _ release: String, _ taint: String)
  {
    let context = read("INFO: task demo:811 blocked for more than 120 seconds.\n\(line)\n").findings
      .first?.context
    #expect(context?.release == release)
    #expect(context?.taint == taint)
    #expect(context?.command == "demo")
    #expect(context?.process == 811)
  }

  @Test(arguments: [
    ("RIP: 0010:f+0x1/0x2", "x86-64"), ("EIP is at f+0x1/0x2", "i386"),
    ("pstate: 60400005 (nZCv daif)", "arm64"), ("pc : [<c01f3218>]    lr : [<c01f32a0>]", "arm"),
    ("NIP [c000000000a1b2c4] f+0x1/0x2", "powerpc"), ("epc : f+0x1/0x2", "riscv"),
    ("epc   : 80126d68 f+0x1/0x2", "mips"),
    ("Krnl PSW : 0704d00180000000 00000000009e59e4 (f+0x1/0x2)", "s390x"),
  ]) func theRegistersTellTheArchitecture(_ line: String, _ name: String) {
    let found = read("kernel BUG at a.c:1!\n\(line)\n").findings
    #expect(found.first?.context.architecture == name)
  }

  @Test func theFindingThatEndedTheMachineIsKnown() {
    let warning = "WARNING: CPU: 0 PID: 7 at a.c:1 f+0x1/0x2\n---[ end trace 0 ]---\n"
    let oops = "BUG: kernel NULL pointer dereference, address: 0\nOops: 0000 [#1] SMP\n"
    #expect(read(warning).fatal == nil)
    #expect(read(oops).fatal == nil)
    #expect(read(warning + oops + "Kernel panic - not syncing: Fatal exception\n").fatal == 1)
    #expect(read(warning + "Kernel panic - not syncing: panic_on_warn set ...\n").fatal == 0)
    #expect(read(warning + "Kernel panic - not syncing: out of luck\n").fatal == 1)
  }

  @Test func aLockupAndItsPanicAreOne() throws {
    let reading = read(
      """
      watchdog: BUG: soft lockup - CPU#2 stuck for 23s! [demo:811]
      RIP: 0010:widget_spin+0xf/0x20
      Kernel panic - not syncing: softlockup: hung tasks
       panic+0x101/0x2d7
      """)
    #expect(reading.findings.map(\.title) == ["soft-lockup in widget_spin"])
    #expect(reading.fatal == 0)
    #expect(reading.ruling == .hung)
  }

  @Test func equalReportsAreCountedBeyondWhatIsKept() {
    let warning = "WARNING: CPU: 0 PID: 7 at a.c:1 f+0x1/0x2\n---[ end trace 0 ]---\n"
    #expect(read(String(repeating: warning, count: 200)).findings.first?.count == 200)
  }

  @Test(arguments: [
    ("irq 16: nobody cared (try booting with the \"irqpoll\" option)", "irq-nobody-cared", false),
    ("demo: page allocation failure: order:4, mode:0x40cc0", "page-allocation-failure", false),
    ("NVRM: Xid (PCI:0000:01:00): 79, pid=811, GPU has fallen off the bus.", "gpu-xid", false),
    (
      "pcieport 0000:00:1c.0: AER: Corrected error received: 0000:03:00.0", "pcie-corrected", true
    ),
    ("mce: [Hardware Error]: Machine check events logged", "corrected-error", true),
    ("ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0]", "firmware-bug", true),
    ("perf: interrupt took too long (2501 > 2500), lowering", "perf-throttled", true),
  ]) func whatIsNoReportMayBeANote(_ line: String, _ name: String, _ isHarmless: Bool) {
    let reading = read("[    7.000000] \(line)\n[    8.000000] \(line)\n")
    #expect(reading.findings.isEmpty)
    #expect(reading.notes.map(\.name) == [name])
    #expect(reading.notes.first?.isHarmless == isHarmless)
    #expect(reading.notes.first?.count == 2)
    #expect(KernelLog.findings(in: Array("[    7.000000] \(line)\n".utf8)).isEmpty)
  }

  @Test(arguments: [
    "SysRq : Show Regs\nRIP: 0010:widget_poll+0x2c/0x90\n",
    "sysrq: Show backtrace of all active CPUs\nNMI backtrace for cpu 1\nRIP: 0010:f+0x1/0x2\n",
    "RIP: 0033:0x461189\n",
  ]) func registersThatWereAskedForAreNoOops(_ log: String) {
    #expect(read(log).findings.isEmpty)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Wordings of other architectures, older kernels and vendors; the comments say which file of the
/// kernel prints them.
@Suite(.lane, .timeLimit(.minutes(5))) struct ArchitectureTests {
  typealias Sample = WordingTests.Sample

  static let samples: [Sample] = [
    // arch/riscv/kernel/traps.c
    Sample(
      .invalidOpcode, "victim", nil,
      """
      Oops - illegal instruction [#1]
      epc : victim+0x10/0x20
      """),
    // arch/arm64/kernel/traps.c, before 4.20 without "Mem abort info"
    Sample(
      .nullDereference, "victim", .write,
      """
      Unable to handle kernel NULL pointer dereference at virtual address 00000010
      Internal error: Oops: 96000045 [#1] PREEMPT SMP
      PC is at victim+0x10/0x20
      """),
    Sample(
      .pageFault, "victim", nil,
      """
      Internal error: synchronous external abort: 96000210 [#1] PREEMPT SMP
      pc : victim+0x10/0x20
      """),
    Sample(
      .outOfBounds, "victim", nil,
      """
      Internal error: UBSAN: array index out of bounds: 00000000f2005512 [#1] PREEMPT SMP
      pc : victim+0x10/0x20
      """),
    // arch/arm/mm/fault.c
    Sample(
      .nullDereference, "victim", .read,
      """
      8<--- cut here ---
      Unable to handle kernel NULL pointer dereference at virtual address 00000010 when read
      Internal error: Oops: 5 [#1] SMP ARM
      PC is at victim+0x10/0x20
      """),
    // arch/powerpc/mm/fault.c
    Sample(
      .nullDereference, "victim", .write,
      """
      BUG: Kernel NULL pointer dereference on write at 0x00000010
      Faulting instruction address: 0xc000000000a1b2c4
      Oops: Kernel access of bad area, sig: 11 [#1]
      NIP [c000000000a1b2c4] victim+0x10/0x20
      """),
    // arch/s390/kernel/traps.c
    Sample(
      .divideError, nil, nil,
      """
      fixpoint divide exception: 0009 ilc:2 [#1] SMP
      """),
    // arch/mips/kernel/traps.c
    Sample(
      .invalidOpcode, nil, nil,
      """
      Reserved instruction in kernel code[#1]:
      """),
    // mm/slub.c slab_bug before 3.3
    Sample(.slabCorruption, nil, nil, "BUG kmalloc-64: Poison overwritten"),
    // arch/x86/mm/extable.c ex_handler_refcount
    Sample(
      .refcount, "victim", nil, "refcount_t overflow at victim+0x10/0x20 in twin[7], uid/euid: 0/0"
    ),
    // kernel/watchdog.c from 6.5 on
    Sample(.hardLockup, nil, nil, "watchdog: CPU3: Watchdog detected hard LOCKUP on cpu 3"),
    // arch/x86/kernel/nmi_watchdog (2.6)
    Sample(.hardLockup, nil, nil, "BUG: NMI Watchdog detected LOCKUP on CPU0, ip c0102030"),
    // mm/kfence/report.c
    Sample(
      .useAfterFree, "victim", .read,
      """
      BUG: KFENCE: use-after-free read in victim+0x10/0x20

      Use-after-free read at 0xffff8c3f2e091fff (in kfence-#213):
      """),
    // Android's time stamps
    Sample(
      .pageFault, "victim", nil,
      """
      [   21.123456] c3   2345 Unable to handle kernel paging request at virtual address ffffff80deadbeef
      [   21.123457] c3   2345 PC is at victim+0x10/0x20
      """),
    Sample(.kernelBug, nil, nil, "Kernel panic - not syncing: BUG!"),
    Sample(.outOfMemory, nil, nil, "Out of memory: Kill process 7 (twin) score 900 or sacrifice"),
  ]

  @Test(arguments: samples) func theKindAndTheFrameAreRead(_ sample: Sample) throws {
    let found = KernelLog.findings(in: Array(sample.log.utf8))
    let cause = try #require(found.first)
    #expect(cause.kind == sample.kind)
    #expect(cause.frame == sample.frame)
    #expect(cause.access == sample.access)
    #expect(found.count == 1)
  }

  @Test func anAddressIsReadWhereverTheReportPrintsIt() throws {
    let fence = try #require(
      KernelLog.findings(
        in: Array(
          "BUG: KFENCE: invalid read in victim+0x10/0x20\n\nInvalid read at 0xffff8c3f2e091fff:\n"
            .utf8)
      ).first)
    #expect(fence.address == "0xffff8c3f2e091fff")
  }

  @Test(arguments: [
    "dhclient: Out of memory allocating a lease",
    "Out of memory",
    "memory: 256 MiB", "strict mode: on", "watchdog: Delayed init of the lockup detector",
    "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.",
    "CPU0: Thermal monitoring enabled (TM1)", "BUG_ON is enabled", "INFO: lockdep is turned off.",
    "INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.2 msecs",
    "workqueue: page_pool_release_retry hogged CPU for >10000us 4 times, consider switching",
    "traps: twin[7] general protection fault ip:401126 sp:7ffc error:0 in twin[401000+1000]",
    "twin[7]: segfault at 0 ip 0000000000401126 sp 00007ffc error 4 in twin[401000+1000]",
    "BUG: arch topology borken", "     the CLS domain not a subset of the MC domain",
    "Kernel command line: panic=-1 softlockup_panic=1 BUG",
    "EXT4-fs error count since last fsck: 1",
    "random: crng init done", "oom_reaper: reaped process 7 (twin), now anon-rss:0kB",
  ])
  func harmlessLinesAreNoFindings(_ line: String) {
    #expect(KernelLog.findings(in: Array("[    1.500000] \(line)\n".utf8)).isEmpty)
  }
}

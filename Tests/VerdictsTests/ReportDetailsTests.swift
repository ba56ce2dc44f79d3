// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What a report says of locks, objects and victims.
@Suite(.lane, .timeLimit(.minutes(1))) struct ReportDetailsTests {
  private func details(_ log: String) throws -> ReportDetails {
    try #require(KernelLog.reading(of: Array(log.utf8)).findings.first).details
  }

  @Test func lockdepNamesTwoLocks() throws {
    let details = try details(
      """
      [   12.000001] WARNING: possible circular locking dependency detected
      [   12.000002] 6.8.0 #1 Not tainted
      [   12.000003] worker/811 is trying to acquire lock:
      [   12.000004] ffff888101234568 (&pool->lock){+.+.}-{3:3}, at: pool_flush+0x33/0xd0 [pool]
      [   12.000005] but task is already holding lock:
      [   12.000006] ffff888101234678 ((work_completion)(&pool->work)){+.+.}-{0:0}, at: process_one_work+0x1a2/0x5b0
      [   12.000007] which lock already depends on the new lock.
      [   12.000008] -> #1 (&pool->lock){+.+.}-{3:3}:
      """)
    #expect(details.locks.map(\.name) == ["&pool->lock", "(work_completion)(&pool->work)"])
    #expect(details.locks.map(\.isTaken) == [true, false])
    #expect(details.locks.map { $0.place?.place } == ["pool_flush+0x33", "process_one_work+0x1a2"])
  }

  @Test func lockdepSaysWhichKernelItWas() throws {
    let log = """
      [   12.000001] WARNING: possible recursive locking detected
      [   12.000002] 6.8.0-rc3-demo #11 Tainted: G        W  OE
      [   12.000003] worker/811 is trying to acquire lock:
      """
    let finding = try #require(KernelLog.reading(of: Array(log.utf8)).findings.first)
    #expect(finding.context.release == "6.8.0-rc3-demo")
    #expect(finding.context.taint == "GWOE")
  }

  @Test func aLockInTwoStatesIsNamed() throws {
    let details = try details(
      """
      [   12.000001] WARNING: inconsistent lock state
      [   12.000002] inconsistent {HARDIRQ-ON-W} -> {IN-HARDIRQ-W} usage.
      [   12.000003] swapper/0/0 [HC1[1]:SC0[0]:HE0:SE1] takes:
      [   12.000004] ffff888101234568 (&dev->lock){?.+.}-{2:2}, at: demo_irq+0x12/0x40 [demo]
      """)
    #expect(details.locks.map(\.name) == ["&dev->lock"])
    #expect(details.locks.first?.place?.module == "demo")
  }

  @Test func kasanTellsTheObjectsLife() throws {
    let details = try details(
      """
      [   20.000001] BUG: KASAN: slab-use-after-free in demo_read+0x45/0x90 [demo]
      [   20.000002] Read of size 8 at addr ffff888104a51808 by task cat/902
      [   20.000003] Call Trace:
      [   20.000004]  demo_read+0x45/0x90 [demo]
      [   20.000005] Allocated by task 900:
      [   20.000006]  kasan_save_stack+0x33/0x60
      [   20.000007]  __kasan_kmalloc+0xaa/0xb0
      [   20.000008]  demo_open+0x21/0x70 [demo]
      [   20.000009] Freed by task 901:
      [   20.000010]  kasan_save_stack+0x33/0x60
      [   20.000011]  kfree+0xd5/0x2f0
      [   20.000012]  demo_release+0x18/0x30 [demo]
      [   20.000013] The buggy address belongs to the object at ffff888104a51800
       which belongs to the cache kmalloc-64 of size 64
      [   20.000015] The buggy address is located 8 bytes inside of
       freed 64-byte region [ffff888104a51800, ffff888104a51840)
      """)
    #expect(details.allocation?.task == 900)
    #expect(details.allocation?.place?.symbol == "demo_open")
    #expect(details.allocation?.frames.count == 3)
    #expect(details.release?.task == 901)
    #expect(details.release?.place?.symbol == "demo_release")
    #expect(
      details.object == "the cache kmalloc-64 of size 64; 8 bytes inside of "
        + "freed 64-byte region [ffff888104a51800, ffff888104a51840)")
  }

  @Test func kfenceTellsTheObjectsLife() throws {
    let details = try details(
      """
      [   30.000001] BUG: KFENCE: use-after-free read in demo_walk+0x13/0x40 [demo]
      [   30.000002] Use-after-free read at 0x0000000099a1f8a6 (in kfence-#206):
      [   30.000003]  demo_walk+0x13/0x40 [demo]
      [   30.000004] kfence-#206: 0x000000009038dce7-0x00000000a9680714, size=424, cache=demo_cache
      [   30.000005] allocated by task 915 on cpu 0 at 497.204343s (0.575165s ago):
      [   30.000006]  demo_make+0x1e/0x50 [demo]
      [   30.000007] freed by task 916 on cpu 1 at 497.774711s (0.004813s ago):
      [   30.000008]  demo_drop+0x42/0x70 [demo]
      """)
    #expect(details.object?.hasSuffix("size=424, cache=demo_cache") == true)
    #expect(details.allocation?.place?.symbol == "demo_make")
    #expect(details.release?.place?.symbol == "demo_drop")
    #expect(details.release?.task == 916)
  }

  @Test func anOutOfMemoryKillNamesVictimAndCgroup() throws {
    let new = try details(
      """
      [   40.000001] stress invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0
      [   40.000002] CPU: 1 PID: 63635 Comm: stress Not tainted 6.8.0 #1
      [   40.000003] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/box,task_memcg=/box/a,task=eater,pid=63700,uid=0
      [   40.000004] Memory cgroup out of memory: Killed process 63700 (eater) total-vm:3149468kB, anon-rss:164992kB
      """)
    #expect(new.victim?.command == "eater" && new.victim?.process == 63700)
    #expect(new.cgroup == "/box")
    let old = try details(
      """
      [   40.000001] java invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=-998
      [   40.000002] Task in /pods/a killed as a result of limit of /pods
      [   40.000003] Memory cgroup out of memory: Kill process 24572 (java) score 0 or sacrifice child
      """)
    #expect(old.victim?.command == "java" && old.victim?.process == 24572)
    #expect(old.cgroup == "/pods")
    let alone = try details(
      "[   40.000004] Out of memory: Killed process 77 (eater) total-vm:1kB\n")
    #expect(alone.victim?.process == 77)
    #expect(alone.cgroup == nil)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Lines of several tasks and CPUs between each other's, told apart by what CONFIG_PRINTK_CALLER
/// puts before them.
@Suite(.lane, .timeLimit(.minutes(5))) struct CallerTests {
  private func findings(_ log: String) -> [Finding] { KernelLog.findings(in: Array(log.utf8)) }

  @Test func twoReportsBetweenEachOther() throws {
    let found = findings(
      """
      [   10.000001][ T101] BUG: kernel NULL pointer dereference, address: 0000000000000008
      [   10.000002][ T202] WARNING: CPU: 1 PID: 202 at a.c:7 other_warns+0x5/0x10
      [   10.000003][ T101] #PF: supervisor write access in kernel mode
      [   10.000004][ T202] RIP: 0010:other_warns+0x5/0x10
      [   10.000005][ T101] Oops: 0002 [#1] PREEMPT SMP
      [   10.000006][ T101] RIP: 0010:victim+0x10/0x20
      [   10.000007][ T202] Call Trace:
      [   10.000008][ T202]  other_warns_caller+0x1/0x2
      [   10.000009][ T101] Call Trace:
      [   10.000010][ T101]  caller+0x1/0x2
      """)
    #expect(found.map(\.title) == ["null-dereference in victim", "warning in other_warns"])
    let cause = try #require(found.first)
    #expect(cause.fatal)
    #expect(cause.access == .write)
    #expect(cause.frames.map(\.symbol) == ["victim", "caller"])
    #expect(found.map(\.primary) == [true, false])
  }

  @Test func anInterruptsLinesAreNotTheTasks() {
    let found = findings(
      """
      [   10.1][   T7] BUG: sleeping function called from invalid context at mm/slab.h:1
      [   10.2][    C1]  interrupting+0x1/0x2
      [   10.3][   T7] Call Trace:
      [   10.4][   T7]  sleeper+0x1/0x2
      """)
    #expect(found.map(\.frame) == ["sleeper"])
  }

  @Test func aStallTakesTheTraceThatTheStalledProcessorPrints() {
    let found = findings(
      """
      [   31.1][    C0] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:
      [   31.2][    C0] Sending NMI from CPU 0 to CPUs 1:
      [   31.3][    C1] NMI backtrace for cpu 1
      [   31.4][    C1] RIP: 0010:spinner+0x4/0x10
      """)
    #expect(found.map(\.title) == ["rcu-stall in spinner"])
  }

  @Test func whatOneTaskPrintsAfterAnotherIsItsOwn() {
    let found = findings(
      """
      [    9.1][   T7] refcount_t: underflow; use-after-free.
      [    9.2][   T8] WARNING: CPU: 0 PID: 8 at b.c:1 other+0x1/0x2
      [    9.3][   T7] WARNING: CPU: 1 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2
      [    9.4][   T7]  owner+0x1/0x2
      """)
    #expect(found.map(\.title) == ["refcount in owner", "warning in other"])
  }

  @Test func manyCallersAreBounded() {
    var log = KernelLog()
    for caller in 0..<5000 {
      log.feed(Array("[ 1.1][ T\(caller)] BUG: spinlock bad magic on CPU#0, a/\(caller)\n".utf8))
    }
    let found = log.finish()
    #expect(found.count == 48)
    #expect(found.first?.line == 1)
  }

  @Test func aBannerThatAProgramPrintsIsNoReboot() {
    let banner = "Linux version 6.1.0 (build@host) (gcc) #1 SMP"
    let boot = "[    0.000000] \(banner)\n[    1.500000] Run /init as init process\n"
    #expect(findings(boot + banner + "\n").isEmpty)
    #expect(findings(boot + boot).map(\.kind) == [.reboot])
    #expect(findings(banner + "\nhello\n" + banner + "\n").map(\.kind) == [.reboot])
  }
}

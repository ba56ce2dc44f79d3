// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What programs and people put around the kernel's lines, and whose frame is to blame behind helpers
/// that many subsystems share.
@Suite(.lane, .timeLimit(.minutes(5))) struct ForeignFormatTests {
  @Test(arguments: [
    // dmesg -T, dmesg -d, dmesg -e, terminal programs, /dev/kmsg, mails
    "[Tue Feb  3 04:05:06 2026] ", "[  +0.000012] ", "[Feb 3 04:05] ",
    "[2026/02/03, 04:05:06.789] ",
    "3,77,12345678,-;", "> ", "240.123456] ", "[  240.] ",
    "лют 03 04:05:06 bench kernel: ", "Feb 03 04:05:06 bench kernel: ",
  ])
  func stampsOfOtherPrograms(_ prefix: String) {
    let log = """
      \(prefix)BUG: scheduling while atomic: bench/77/0x00000002
      \(prefix)Call Trace:
      \(prefix) dump_stack+0x10/0x20
      \(prefix) pump_stop+0x10/0x20
      """
    let found = KernelLog.findings(in: Array(log.utf8))
    #expect(found.map(\.kind) == [.atomicSleep])
    #expect(found.first?.frame == "pump_stop")
  }

  @Test func brokenStampsAreNoReports() {
    let log = """
      [Tue Feb  3 04:05:06 2026] ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PUMP], AE_NOT_FOUND
      [Tue Feb  3 04:05:07 2026] WARNING: the pump option is being deprecated
      3,77,12345678,-;pump: BUG: of no importance
      """
    #expect(KernelLog.findings(in: Array(log.utf8)).isEmpty)
  }

  /// scripts/decode_stacktrace.sh
  @Test func decodedFrames() {
    let log = """
      [   12.000001] BUG: KASAN: slab-use-after-free in pump_stop (drivers/pump/main.c:12 (discriminator 1))
      [   12.000002] Read of size 8 at addr ffff88800853aa88 by task bench/77
      [   12.000003] Call Trace:
      [   12.000004] dump_stack_lvl (lib/dump_stack.c:107)
      [   12.000005] ? pump_hold (drivers/pump/main.c:44)
      [   12.000006] pump_stop (drivers/pump/main.c:12)
      """
    let found = KernelLog.findings(in: Array(log.utf8)).first
    #expect(found?.frame == "pump_stop")
    let fault = """
      kernel BUG at drivers/pump/main.c:12!
      RIP: 0010:pump_fill (drivers/pump/main.c:12 (discriminator 1))
      """
    #expect(KernelLog.findings(in: Array(fault.utf8)).first?.frame == "pump_fill")
  }

  /// arch/arm dump_backtrace_entry before 3.16, and no line that says that a stack follows.
  @Test func armFrames() {
    let log = """
      [   12.000001] BUG: scheduling while atomic: bench/77/0x00000002
      [   12.000002] Preemption disabled at:[<  (null)>]   (null)
      [   12.000003] CPU: 0 PID: 77 Comm: bench Not tainted 4.1.36 #4
      [   12.000004] [<c0011480>] (show_stack+0x0/0x1c) from [<c0357a58>] (dump_stack+0x20/0x28)
      [   12.000005] [<c035a164>] (wait_for_common+0x0/0x18) from [<bf00d318>] (pump_wait+0x100/0x144 [pump])
      """
    #expect(KernelLog.findings(in: Array(log.utf8)).first?.frame == "pump_wait")
  }

  @Test(arguments: [
    (["usb_submit_urb", "pump_send"], "pump_send"),
    (["device_add", "readl", "pump_init"], "pump_init"),
    (["readlink_copy", "vfs_readlink"], "readlink_copy"),
    (["_raw_spin_lock", "device_add"], "device_add"), (["tick_nohz_stop"], "tick_nohz_stop"),
  ])
  func helpersAreTheirCallers(_ frames: [String], _ blamed: String) {
    var log =
      "BUG: unable to handle page fault for address: ffffc90000cdb000\n#PF: supervisor read access\n"
    log += "Oops: 0000 [#1] SMP\nRIP: 0010:\(frames[0])+0x10/0x20\nCall Trace:\n"
    for frame in frames.dropFirst() { log += " \(frame)+0x10/0x20\n" }
    #expect(KernelLog.findings(in: Array(log.utf8)).first?.frame == blamed)
  }

  @Test func warningsTellTheirKindByPlace() {
    let log = "WARNING: CPU: 0 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0xd8/0xe0\n"
    #expect(KernelLog.findings(in: Array(log.utf8)).first?.kind == .refcount)
  }

  /// kernel/sched/core.c __schedule_bug
  @Test func panicBeforeTheStack() {
    let log = """
      [   75.726516] BUG: scheduling while atomic: bench/77/0x00000002
      [   75.755491] Kernel panic - not syncing: scheduling while atomic
      [   75.762311] CPU: 1 PID: 77 Comm: bench Not tainted 5.13.0 #0
      [   75.781401] Call Trace:
      [   75.784670]  dump_stack+0x141/0x1d7
      [   75.788994]  panic+0x306/0x73d
      [   75.817935]  __schedule+0x19df/0x23e0
      [   75.838618]  pump_leave+0x14d/0x290
      """
    let found = KernelLog.findings(in: Array(log.utf8)).first
    #expect(found?.kind == .atomicSleep)
    #expect(found?.frame == "pump_leave")
  }
}

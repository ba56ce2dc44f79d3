// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What logs of other people's kernels do: they mix processors without telling them apart, stop in
/// mid-report, and print traces in the order of their version. Samples after the format strings of
/// the files named.
@Suite(.lane, .timeLimit(.minutes(5))) struct ForeignLogTests {
  private func findings(_ log: String) -> [Finding] { KernelLog.findings(in: Array(log.utf8)) }
  private func titles(_ log: String) -> [String] { findings(log).map(\.title) }

  // kernel/panic.c __warn until 4.20: the panic comes before the trace.
  @Test func aWarningsTraceMayFollowThePanicItBringsAbout() {
    let found = findings(
      """
      ODEBUG: free active (active state 0) object type: timer_list hint: late+0x0/0x90
      unrelated: words of another processor
      unrelated: and more
      unrelated: and more
      unrelated: and more
      WARNING: CPU: 1 PID: 649 at lib/debugobjects.c:291 debug_print_object+0x16a/0x220
      Kernel panic - not syncing: panic_on_warn set ...

      Call Trace:
       dump_stack+0x175/0x225
       panic+0x22a/0x4be
       __warn.cold.6+0x1a0/0x1aa
       report_bug+0x232/0x330
       fixup_bug.part.11+0x37/0x80
       invalid_op+0x58/0x80
      RIP: 0010:debug_print_object+0x16a/0x220
       debug_check_no_obj_freed+0x65d/0xf1a
       kvfree+0x4a/0x70
       victim+0x126/0x180
      """)
    #expect(found.map(\.kind) == [.warning, .warning])
    #expect(found.first?.title == "warning in victim")
  }

  // arch/x86/mm/fault.c, arch/x86/kernel/dumpstack.c show_regs
  @Test(arguments: ["0xffffffffffffffff", "          (null)", "0x0"])
  func whoCalledThroughABadPointerIsBlamed(_ place: String) {
    #expect(
      titles(
        """
        BUG: unable to handle kernel paging request at ffffffffffffffff
        Oops: 0010 [#1] SMP
        RIP: 0010:\(place)
        Call Trace:
         <IRQ>
         ? guess+0x2b1/0x630
         caller+0xeef/0x1390
         apic_timer_interrupt+0x86/0x90
        RIP: 0010:bystander+0x163/0x260
        """) == ["page-fault in caller"])
  }

  @Test func twoProcessorsAreToldApartByTheirTasks() throws {
    let found = findings(
      """
      BUG: KASAN: slab-out-of-bounds in victim+0x4d3/0x4f0
      WARNING: CPU: 0 PID: 6694 at a.c:2063 other+0xd92/0x1150
      Read of size 4 at addr ffff8801b3c58144 by task twin/6684
      CPU: 1 PID: 6684 Comm: twin Not tainted 4.16.0
      Call Trace:
       kasan_report+0x23c/0x360
       victim+0x4d3/0x4f0
       victims_caller+0x1/0x2
      CPU: 0 PID: 6694 Comm: elf Not tainted 4.16.0
      Call Trace:
       others_caller+0x1/0x2
      """)
    let cause = try #require(found.first)
    #expect(cause.access == .read)
    #expect(cause.address == "ffff8801b3c58144")
    #expect(cause.frames.map(\.symbol).contains("victims_caller"))
    #expect(!cause.frames.map(\.symbol).contains("others_caller"))
    #expect(found.map(\.title) == ["out-of-bounds in victim", "warning in other"])
  }

  // Until 4.18 `IP: ` follows a fault's headline only.
  @Test func aFaultGoesOnBehindAnothersReport() throws {
    let found = findings(
      """
      BUG: unable to handle kernel paging request at ffffffff0001eea6
      BUG: KASAN: use-after-free in other+0x7c/0xa0
      Read of size 8 at addr ffff8801d92ca840 by task a/13991
      CPU: 0 PID: 13991 Comm: a Not tainted 4.15.0
      Call Trace:
       other+0x7c/0xa0
      IP: victim+0x1e/0x90
      PGD 6825067
      Oops: 0002 [#1] SMP KASAN
      CPU: 1 PID: 13996 Comm: b Tainted: G    B            4.15.0
      RIP: 0010:victim+0x1e/0x90
      """)
    let cause = try #require(found.first)
    #expect(cause.title == "page-fault in victim")
    #expect(cause.access == .write)
    #expect(found.last?.title == "use-after-free in other")
  }

  // kernel/locking/lockdep.c lockdep_print_held_locks, print_freed_lock_bug
  @Test func locksThatAreHeldAreNoFrames() {
    #expect(
      titles(
        """
        WARNING: suspicious RCU usage
        2 locks held by twin/13218:
         #0:  (cb_lock){++++}, at: [<00000000173fa719>] holder+0x19/0x40
        stack backtrace:
        Call Trace:
         dump_stack+0x194/0x257
         lockdep_rcu_suspicious+0x123/0x170
         victim+0x2b4/0x3b0
        """) == ["lockdep in victim"])
    #expect(
      titles(
        """
        WARNING: held lock freed!
         (sk_lock-AF_INET6){+.+.}, at: [<00000000abe26b8e>] holder+0x509/0x8d0
        Call Trace:
         debug_check_no_locks_freed+0x32f/0x3c0
         kmem_cache_free+0x68/0x2a0
         victim+0x622/0x910
        """) == ["lock-misuse in victim"])
  }

  // x86 before 4.10 prints no `</IRQ>`; arm64 (kernel/entry.S) has no such marks at all.
  @Test(arguments: [
    """
    INFO: rcu_sched self-detected stall on CPU
    Call Trace:
     <IRQ>  [<ffffffff813eb3e6>] _sched_show_task+0x2d0/0x2dc
     [<ffffffff8126165b>] hrtimer_interrupt+0x18b/0x3f0
     [<ffffffff82a5ecc0>] apic_timer_interrupt+0xa0/0xb0
     [<ffffffff8297ead9>] victim+0x779/0xcf0
     <EOI>  [<ffffffff8111a2a9>] do_softirq.part.17+0x59/0x60
     [<ffffffff8240181d>] below+0x10d/0x520
    """,
    """
    rcu: INFO: rcu_preempt self-detected stall on CPU
    Call trace:
     dump_backtrace+0x0/0x1b8
     rcu_sched_clock_irq+0x7c/0xe00
     unlisted_timer_driver+0x2c/0x60
     el1_irq+0xb4/0x180
     victim+0x10/0x50
    """,
  ]) func aStallIsOfWhatTheInterruptCameUpon(_ log: String) {
    #expect(titles(log) == ["rcu-stall in victim"])
  }

  // mm/kasan/report.c with tags in hardware, kernel/kcsan/report.c
  @Test func accessAndAddressAreReadInEveryForm() {
    let tagged = findings(
      "BUG: KASAN: invalid-access in victim+0xc0/0x224\nRead at addr 03ff00002b8b2da0 by task a/58")
    #expect(tagged.first?.access == .read)
    #expect(tagged.first?.address == "03ff00002b8b2da0")
    let race = findings(
      "BUG: KCSAN: data-race in f / f\nwrite to 0xffff8880b588efb2 of 2 bytes by task 9 on cpu 0:\n f+0x1/0x2"
    )
    #expect(race.first?.access == .write)
    #expect(race.first?.address == "0xffff8880b588efb2")
    #expect(race.first?.title == "data-race in f")
  }

  // mm/kmsan/report.c: where the value came from is no trace of where it was used.
  @Test func originsOfAValueAreAside() {
    #expect(
      titles(
        """
        BUG: KMSAN: kernel-infoleak in _copy_to_user+0x1c9/0x270
         _copy_to_user+0x1c9/0x270
         victim+0x57b/0xb10
        Uninit was stored to memory at:
         stored+0x1/0x2
        Local variable buf created at:
         created+0x6c/0xfb0
        """) == ["information-leak in victim"])
  }

  @Test(arguments: [
    // What vendors' kernels, wall, dmesg's exports and fuzzers put before a message.
    "[42476.987185] (0)[848:ndroid.systemui]", "[42476.987185]-(1)[0:swapper/1]",
    "[   37.991733]  [4:SdpManagerServi: 3874] ", " kernel:[  767.169269@0] ",
    "May 18 21:01:26: ", "2018/01/09 14:28:48 ",
    // arch/x86/mm/kasan_init_64.c until 4.5 ends its hint without a newline.
    "[   44.8] kasan: GPF could be caused by NULL-ptr deref or user memory access",
  ]) func aHeadlineIsFoundBehindItsPrefixes(_ prefix: String) {
    let log = "\(prefix)general protection fault: 0000 [#1] PREEMPT SMP KASAN\n"
    #expect(findings(log).map(\.kind) == [.generalProtection])
  }

  @Test func aProgramsBugIsNoneOfTheKernels() {
    #expect(findings("[    1.0] Run /init\nBUG: the program says so\n").isEmpty)
    #expect(findings("[    1.0] BUG: Dentry still in use\n").map(\.kind) == [.kernelBug])
  }

  // kernel/locking/lockdep.c lock_release, until 5.x
  @Test func releasingWhatIsNotHeldIsMisuse() {
    #expect(
      titles(
        """
        DEBUG_LOCKS_WARN_ON(depth <= 0)
        WARNING: CPU: 1 PID: 2 at kernel/locking/lockdep.c:3676 lock_release+0x6e6/0xa40
        RIP: 0010:lock_release+0x6e6/0xa40
         up_write+0x6b/0x120
         victim+0x18/0xd0
        """) == ["lock-misuse in victim"])
  }

  @Test(arguments: [
    // A helper by its place among the machinery, and names that only begin like one of it.
    ("rb_erase", "victim"), ("kasan_check_range", "victim"), ("__pi_memcpy", "victim"),
    ("__hwasan_check_x0_67043363", "victim"), ("skb_put", "victim"),
    ("unwind_next_frame", "victim"),
    ("rust_helper_BUG", "victim"), ("lock_is_held_type", "victim"), ("_find_next_bit", "victim"),
    ("_RNvNtCs9jEwPDbx20M_4core9panicking9panic_fmt", "victim"),
    ("schedule_tail", "schedule_tail"), ("completed_job", "completed_job"),
    ("watchdogs_device", "watchdogs_device"),
  ]) func whoeverCalledTheMachineryIsBlamed(_ top: String, _ blamed: String) {
    let log = """
      BUG: kernel NULL pointer dereference, address: 0000000000000008
      Oops: 0000 [#1] SMP
      RIP: 0010:\(top)+0x10/0x20
      Call Trace:
       victim+0x10/0x20
      """
    #expect(titles(log) == ["null-dereference in \(blamed)"])
  }

  // arch/powerpc/xmon/xmon.c; the first ABI's function names begin with a dot.
  @Test func powerpcsDebuggerNamesTheFunction() {
    #expect(
      titles(
        """
        Unable to handle kernel paging request for data at address 0x00002430
        cpu 0x4: Vector: 300 (Data Access) at [c000000000737aa0]
            pc: c0000000004f2940: .victim+0x28/0x7c
            lr: c0000000000a47a0: .caller+0x10/0x138
        """) == ["page-fault in victim"])
  }
}

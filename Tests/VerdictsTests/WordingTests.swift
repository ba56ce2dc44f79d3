// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Wordings that the guests at hand can't be made to print: samples after the kernel's own format
/// strings, with the file and function that print them.
@Suite(.lane, .timeLimit(.minutes(5))) struct WordingTests {
  struct Sample: Sendable, CustomTestStringConvertible {
    var log: String
    var kind: Kind
    var frame: String?
    var access: Finding.Access?
    var testDescription: String { log.split(separator: "\n").first.map(String.init) ?? log }

    init(_ kind: Kind, _ frame: String? = nil, _ access: Finding.Access? = nil, _ log: String) {
      self.kind = kind
      self.frame = frame
      self.access = access
      self.log = log
    }
  }

  static let faults: [Sample] = [
    // arch/x86/mm/fault.c show_fault_oops, before 5.1
    Sample(
      .nullDereference, "twin_read", .write,
      """
      BUG: unable to handle kernel NULL pointer dereference at           (null)
      IP: [<ffffffffa0000010>] twin_read+0x10/0x20 [twin]
      PGD 0
      Oops: 0002 [#1] SMP
      """),
    Sample(
      .pageFault, "twin_read", .read,
      """
      BUG: unable to handle kernel paging request at ffffc90000cdb000
      IP: twin_read+0x10/0x20
      Oops: 0000 [#1] SMP
      RIP: 0010:[<ffffffff81000000>]  [<ffffffff81000000>] twin_read+0x10/0x20
      """),
    // arch/arm64/mm/fault.c die_kernel_fault
    Sample(
      .nullDereference, "twin_read", .write,
      """
      Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
      Mem abort info:
        ESR = 0x0000000096000044
        CM = 0, WnR = 1, TnD = 0, TagAccess = 0
      Internal error: Oops: 0000000096000044 [#1] SMP
      pc : twin_read+0x10/0x20 [twin]
      lr : caller+0x10/0x20
      Call trace:
       twin_read+0x10/0x20 [twin]
       caller+0x10/0x20
      """),
    Sample(
      .nullDereference, "victim", nil,
      """
      Unable to handle kernel paging request at virtual address dfff800000000004
      KASAN: null-ptr-deref in range [0x0000000000000020-0x0000000000000027]
      Internal error: Oops: 0000000096000005 [#1] PREEMPT SMP
      pc : victim+0x10/0x20
      """),
    Sample(
      .pageFault, "victim", nil,
      """
      Unable to handle kernel write to read-only memory at virtual address ffff800008010000
      Internal error: Oops: 000000009600004e [#1] SMP
      pc : victim+0x10/0x20
      """),
    // arch/arm/mm/fault.c, arch/arm/kernel/traps.c
    Sample(
      .nullDereference, "victim", nil,
      """
      Unable to handle kernel NULL pointer dereference at virtual address 00000000
      Internal error: Oops: 805 [#1] SMP ARM
      PC is at victim+0x10/0x20
      LR is at other+0x10/0x20
      """),
    // arch/powerpc/mm/fault.c before 5.0
    Sample(
      .nullDereference, "victim", nil,
      """
      Unable to handle kernel paging request for data at address 0x00000000
      Oops: Kernel access of bad area, sig: 11 [#1]
      NIP [c0000000001234] victim+0x10/0x20
      LR [c0000000001234] caller+0x10/0x20
      """),
    // arch/x86/kernel/traps.c exc_general_protection
    Sample(
      .generalProtection, "victim", nil,
      """
      general protection fault: 0000 [#1] SMP
      RIP: 0010:victim+0x10/0x20
      """),
    Sample(
      .nullDereference, "victim", nil,
      """
      general protection fault, probably for non-canonical address 0xdffffc0000000000: 0000 [#1] SMP KASAN
      KASAN: null-ptr-deref in range [0x0000000000000000-0x0000000000000007]
      RIP: 0010:victim+0x10/0x20
      """),
    Sample(
      .generalProtection, "victim", nil,
      """
      Oops: general protection fault, probably for non-canonical address 0xfbd59c0000000020: 0000 [#1] SMP KASAN
      KASAN: maybe wild-memory-access in range [0xdead000000000100-0xdead000000000107]
      RIP: 0010:victim+0x10/0x20
      """),
    Sample(
      .divideError, "victim", nil, "Oops: divide error: 0000 [#1] SMP\nRIP: 0010:victim+0x1/0x2"),
    Sample(
      .invalidOpcode, "victim", nil, "invalid opcode: 0000 [#1] SMP\nRIP: 0010:victim+0x1/0x2"),
    // arch/x86/kernel/cfi.c report_cfi_failure, kernel/cfi.c
    Sample(
      .invalidOpcode, "victim", nil,
      """
      CFI failure at victim+0x10/0x20 [twin] (target: other+0x0/0x10; expected type: 0x12345678)
      invalid opcode: 0000 [#1] SMP
      """),
    // arch/x86/kernel/traps.c handle_stack_overflow; from 6.11 on with Oops:
    Sample(
      .stackOverflow, "recurse", nil,
      """
      BUG: TASK stack guard page was hit at ffffc90000bc7ff8 (stack is ffffc90000bc8000..ffffc90000bcc000)
      Oops: stack guard page: 0000 [#1] SMP
      RIP: 0010:recurse+0x10/0x20
      """),
    Sample(
      .stackOverflow, "recurse", nil,
      """
      Insufficient stack space to handle exception!
      pc : recurse+0x10/0x20
      Kernel panic - not syncing: kernel stack overflow
      """),
    Sample(
      .doubleFault, "victim", nil,
      "traps: PANIC: double fault, error_code: 0x0\nRIP: 0010:victim+0x1/0x2"),
    Sample(.doubleFault, "victim", nil, "double fault: 0000 [#1] SMP\nRIP: 0010:victim+0x1/0x2"),
    Sample(
      .stackCorruption, "victim", nil,
      "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: victim+0x12/0x20"),
    // lib/string_helpers.c
    Sample(
      .outOfBounds, "victim", nil,
      """
      detected buffer overflow in strlen
      ------------[ cut here ]------------
      kernel BUG at lib/string.c:1134!
      invalid opcode: 0000 [#1] SMP
      RIP: 0010:fortify_panic+0x10/0x20
      Call Trace:
       victim+0x1/0x2
      """),
    Sample(
      .outOfBounds, "victim", nil,
      """
      ------------[ cut here ]------------
      memcpy: detected field-spanning write (size 24) of single field "&t->x" at a.c:12 (size 4)
      WARNING: CPU: 0 PID: 1 at a.c:12 victim+0x10/0x20
      """),
    Sample(
      .kernelBug, "victim", nil,
      "kernel BUG at fs/inode.c:612!\nInternal error: Oops - BUG: 00000000f2000800 [#1] SMP\npc : victim+0x1/0x2"
    ),
  ]

  static let reports: [Sample] = [
    // lib/list_debug.c with WARN, 3.x
    Sample(
      .listCorruption, "victim", nil,
      """
      WARNING: at lib/list_debug.c:53 __list_del_entry+0x8d/0x98()
      list_del corruption, ffff88003d8e5e88->next is LIST_POISON1 (dead000000100100)
      Call Trace:
       [<ffffffff8104d3a2>] warn_slowpath_common+0x83/0x9b
       [<ffffffff81234567>] __list_del_entry+0x8d/0x98
       [<ffffffff81111111>] victim+0x10/0x20
      """),
    // mm/usercopy.c usercopy_abort
    Sample(
      .usercopy, "victim", nil,
      """
      usercopy: Kernel memory exposure attempt detected from SLUB object 'kmalloc-64' (offset 0, size 200)!
      ------------[ cut here ]------------
      kernel BUG at mm/usercopy.c:102!
      invalid opcode: 0000 [#1] SMP
      RIP: 0010:usercopy_abort+0x10/0x20
      Call Trace:
       __check_heap_object+0x1/0x2
       __check_object_size+0x1/0x2
       victim+0x1/0x2
      """),
    Sample(
      .badPage, "victim", nil,
      "BUG: Bad page state in process insmod  pfn:02a0e\nCall Trace:\n dump_stack+0x1/0x2\n bad_page+0x1/0x2\n victim+0x1/0x2"
    ),
    Sample(
      .slabCorruption, nil, nil,
      "slab error in verify_redzone_free(): cache `kmalloc-64': memory outside object was overwritten"
    ),
    // mm/kasan/report.c
    Sample(
      .useAfterFree, "victim", .read,
      """
      BUG: KASAN: slab-use-after-free in memcmp+0x10/0x20
      Read of size 8 at addr ffff888012345678 by task twin/7
      Call Trace:
       <TASK>
       dump_stack_lvl+0x1/0x2
       print_report+0x1/0x2
       kasan_report+0x1/0x2
       memcmp+0x10/0x20
       victim+0x1/0x2
       </TASK>
      Allocated by task 7:
       kasan_save_stack+0x1/0x2
       maker+0x1/0x2
      """),
    Sample(
      .outOfBounds, "victim", .write,
      "BUG: KASan: out of bounds access in victim+0x1/0x2 at addr ffff8800\nWrite of size 4 by task a/1"
    ),
    Sample(.doubleFree, "victim", nil, "BUG: KASAN: double-free or invalid-free in victim+0x1/0x2"),
    Sample(.invalidFree, "victim", nil, "BUG: KASAN: invalid-free in victim+0x1/0x2"),
    Sample(
      .nullDereference, "victim", .write,
      "BUG: KASAN: null-ptr-deref in victim+0x1/0x2\nWrite of size 4 at addr 0000000000000008 by task a/1"
    ),
    Sample(
      .nullDereference, "victim", .read,
      "BUG: KASAN: user-memory-access in victim+0x1/0x2\nRead of size 4 at addr 0000000000000008 by task a/1"
    ),
    Sample(
      .wildAccess, "victim", .read,
      "BUG: KASAN: wild-memory-access in victim+0x1/0x2\nRead of size 4 at addr dead000000000108 by task a/1"
    ),
    // mm/kfence/report.c
    Sample(.outOfBounds, "victim", .read, "BUG: KFENCE: out-of-bounds read in victim+0x1/0x2"),
    Sample(.useAfterFree, "victim", .write, "BUG: KFENCE: use-after-free write in victim+0x1/0x2"),
    Sample(.memoryCorruption, "victim", nil, "BUG: KFENCE: memory corruption in victim+0x1/0x2"),
    Sample(.invalidFree, "victim", nil, "BUG: KFENCE: invalid free in victim+0x1/0x2"),
    Sample(.wildAccess, "victim", .read, "BUG: KFENCE: invalid read in victim+0x1/0x2"),
    // mm/kmsan/report.c, kernel/kcsan/report.c, lib/ubsan.c
    Sample(.uninitialisedValue, "victim", nil, "BUG: KMSAN: uninit-value in victim+0x1/0x2"),
    Sample(
      .informationLeak, "victim", nil,
      "BUG: KMSAN: kernel-infoleak in _copy_to_user+0x1/0x2\n victim+0x1/0x2"),
    Sample(.dataRace, "victim", nil, "BUG: KCSAN: data-race in victim+0x1/0x2 / other+0x1/0x2"),
    Sample(
      .outOfBounds, "victim", nil,
      "UBSAN: array-index-out-of-bounds in a.c:7:12\nindex 9 is out of range for type 'int [4]'\nCall Trace:\n __ubsan_handle_out_of_bounds+0x1/0x2\n victim+0x1/0x2"
    ),
    Sample(
      .outOfBounds, nil, nil,
      "UBSAN: Undefined behaviour in a.c:7:12\nindex 9 is out of range for type 'int [4]'"),
    Sample(.undefinedBehaviour, nil, nil, "UBSAN: shift-out-of-bounds in a.c:7:12"),
    Sample(
      .memoryLeak, "victim", nil,
      "BUG: memory leak\nunreferenced object 0xffff888012345678 (size 64):\n  backtrace:\n    kmalloc_trace+0x1/0x2\n    victim+0x1/0x2"
    ),
    Sample(
      .memoryLeak, nil, nil,
      "kmemleak: 3 new suspected memory leaks (see /sys/kernel/debug/kmemleak)"),
    Sample(
      .refcount, "victim", nil,
      "refcount_t: underflow; use-after-free.\nWARNING: CPU: 0 PID: 7 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2\n victim+0x1/0x2"
    ),
    Sample(.warning, "victim", nil, "WARNING: kernel/a.c:12 at victim+0x1/0x2, CPU#0: swapper/1"),
    Sample(
      .warning, "victim", nil,
      "ODEBUG: free active (active state 0) object: 0 object type: timer_list hint: f+0x0/0x10\nWARNING: CPU: 0 PID: 7 at lib/debugobjects.c:514 debug_print_object+0x1/0x2\n victim+0x1/0x2"
    ),
    // init/main.c do_one_initcall
    Sample(
      .warning, "twin_init", nil,
      "initcall twin_init+0x0/0x1000 [twin] returned with preemption imbalance \nWARNING: CPU: 0 PID: 85 at init/main.c:1284 do_one_initcall+0x1d7/0x220\nModules linked in: twin(OE+)\nRIP: 0010:do_one_initcall+0x1d7/0x220\n do_init_module+0x4a/0x1f0"
    ),
  ]

  static let progress: [Sample] = [
    Sample(
      .softLockup, "victim", nil,
      "BUG: soft lockup - CPU#1 stuck for 22s! [twin:7]\nRIP: 0010:[<ffffffff81>]  [<ffffffff81>] victim+0x1/0x2"
    ),
    Sample(
      .softLockup, "victim", nil,
      "NMI watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [twin:7]\nRIP: 0010:_raw_spin_lock+0x1/0x2\n victim+0x1/0x2"
    ),
    Sample(
      .hardLockup, "victim", nil,
      "NMI watchdog: Watchdog detected hard LOCKUP on cpu 1\nRIP: 0010:victim+0x1/0x2"),
    Sample(.hardLockup, nil, nil, "Kernel panic - not syncing: Hard LOCKUP"),
    Sample(
      .rcuStall, "victim", nil,
      """
      rcu: INFO: rcu_preempt self-detected stall on CPU
      rcu: \t0-....: (2099 ticks this GP) idle=0a2/1/0x4000000000000000 softirq=66/66 fqs=1050
      NMI backtrace for cpu 0
      Call Trace:
       <IRQ>
       rcu_sched_clock_irq+0x1/0x2
       other_irq+0x1/0x2
       </IRQ>
      RIP: 0010:victim+0x1/0x2
      """),
    Sample(
      .rcuStall, nil, nil,
      "INFO: rcu_sched detected stalls on CPUs/tasks: { 1} (detected by 0, t=60002 jiffies)"),
    Sample(
      .rcuStall, nil, nil,
      "rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 0-... } 3 jiffies s: 1"),
    Sample(.rcuStall, nil, nil, "INFO: rcu_tasks detected stalls on tasks:"),
    Sample(
      .hungTask, "victim", nil,
      "INFO: task twin:7 blocked for more than 120 seconds.\nCall Trace:\n __schedule+0x1/0x2\n schedule+0x1/0x2\n victim+0x1/0x2"
    ),
    Sample(
      .workqueueLockup, nil, nil,
      "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 32s!"),
    Sample(
      .atomicSleep, "victim", nil,
      "BUG: sleeping function called from invalid context at mm/slab.h:494\nCall Trace:\n dump_stack+0x1/0x2\n ___might_sleep+0x1/0x2\n kmem_cache_alloc+0x1/0x2\n victim+0x1/0x2"
    ),
    Sample(
      .lockMisuse, "victim", nil,
      "BUG: spinlock bad magic on CPU#0, insmod/7\n do_raw_spin_lock+0x1/0x2\n victim+0x1/0x2"),
    Sample(.lockMisuse, nil, nil, "BUG: spinlock recursion on CPU#0, insmod/7"),
    Sample(.lockMisuse, nil, nil, "WARNING: bad unlock balance detected!"),
    Sample(.lockdep, nil, nil, "WARNING: possible circular locking dependency detected"),
    Sample(.lockdep, nil, nil, "[ INFO: possible recursive locking detected ]"),
    Sample(.lockdep, nil, nil, "WARNING: inconsistent lock state"),
    Sample(.lockdep, nil, nil, "WARNING: suspicious RCU usage"),
    Sample(
      .outOfMemory, nil, nil,
      "Kernel panic - not syncing: Out of memory and no killable processes..."),
    Sample(
      .mountFailure, nil, nil,
      "Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)"),
    Sample(
      .mountFailure, nil, nil,
      "Kernel panic - not syncing: No working init found.  Try passing init= option to kernel."),
    Sample(
      .reboot, nil, nil,
      "Linux version 6.1.0 (gcc) #1 SMP\nRun /init\nLinux version 6.1.0 (gcc) #1 SMP"),
  ]

  @Test(arguments: faults + reports + progress) func aWordingHasItsKind(_ sample: Sample) throws {
    let findings = KernelLog.findings(in: sample.log.utf8)
    let cause = try #require(findings.first)
    #expect(cause.kind == sample.kind)
    if let frame = sample.frame { #expect(cause.frame == frame) }
    if let access = sample.access { #expect(cause.access == access) }
  }

  /// Lines that sound bad and are printed by kernels in good order, or say something of programs.
  @Test(arguments: [
    "traps: sh[77] general protection fault ip:55d sp:7ff error:0 in sh[55d+1000]",
    "traps: sh[77] trap invalid opcode ip:55d sp:7ff error:0 in sh[55d+1000]",
    "sh[77]: segfault at 0 ip 000055d sp 00007ff error 4 in sh[55d+1000]",
    "ACPI BIOS Error (bug): Could not resolve symbol [\\_SB.PCI0], AE_NOT_FOUND (20220331/psargs)",
    "[Firmware Bug]: TSC_DEADLINE disabled due to Errata; please update microcode",
    "WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks",
    "Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on",
    "Kernel command line: console=ttyS0 oops=panic panic_on_warn=1 softlockup_panic=1",
    "NMI watchdog: Enabled. Permanently consumes one hw-PMU counter.",
    "rcu: \tRCU calculated value of scheduler-enlistment delay is 25 jiffies.",
    "rcu: RCU event tracing is enabled.",
    "INFO: lockdep is turned off.",
    "clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable",
    "systemd[1]: Failed to start BUG: reporter", "error: -2", "EXT4-fs error (device vda): none",
    "hrtimer: interrupt took 5000 ns", "sched: RT throttling activated", "Freeing unused memory",
    "list_sort_test: start testing list_sort()", "memmap: memmap_init", "strict-devmem enabled",
    "UBSAN: enabled", "kasan: KernelAddressSanitizer initialized", "kfence: initialized",
    "[Firmware Warn]: GHES: Poll interval is 0 for generic hardware error source: 1, disabled.",
    "ACPI BIOS Warning (bug): Optional FADT field Pm2ControlBlock has valid Length but zero Address",
    "WARNING: Unable to initialize the timer",
    "Warning: unable to open an initial console.",
    "WARNING: Persistent clock returned invalid value!",
    "usb 5-1: WARNING: ath10k USB support is incomplete",
    "XFS (loop4): WARNING: Reset corrupted AGFL on AG 0. 1 blocks leaked.",
    "IPv6: BUG: Address ::1 on device lo is missing its host route.",
    "x86/mm: Checked W+X mappings: passed, no W+X pages found.",
    "debug: unmapping init memory ffffffff82a00000..ffffffff82c00000",
    "lockdep: 2048 lockdep keys, debug: use lockdep_off to disable",
    "random: 7 urandom warning(s) missed due to ratelimiting",
    "RAS: Correctable Errors collector initialized.",
    "Unpatched return thunk in use.",
    "INFO: NMI handler (perf_event_nmi_handler) took too long to run: 1.768 msecs",
    "FAULT_INJECTION: forcing a failure.",
    "mce: [Hardware Error]: Machine check events logged",
    "kmemleak: Kernel memory leak detector initialized (mem pool available: 14969)",
    "watchdog: Hard watchdog permanently disabled",
    "Booting with kasan",
    "NMI watchdog: Perf NMI watchdog permanently disabled",
    "pstore: panic, oops",
    "workqueue: work_func hogged CPU for >10000us 4 times, consider switching to WQ_UNBOUND",
  ]) func aHarmlessLineIsNoFinding(_ line: String) {
    let log = "[    1.000000] \(line)\r\n[    1.000001] Run /init as init process\r\n"
    #expect(KernelLog.findings(in: log.utf8).isEmpty)
  }
}

/// Picks the frame to blame: not the machinery that reports, nor the primitives that merely carry a
/// fault out, and the twin's own code before the kernel's.
enum Blame {
  /// The frame to blame among `frames`, innermost first.
  ///
  /// - Parameter ownModules: modules that did not come with the kernel (marked `O` in
  ///   `Modules linked in:`).
  static func frame(among frames: [Frame], ownModules: Set<String>) -> Frame? {
    let certain = frames.filter { !$0.uncertain }
    if let own = certain.first(where: { isOwn($0, ownModules) }) { return own }
    if let blamed = certain.first(where: { !isMachinery($0.symbol) }) { return blamed }
    if let own = frames.first(where: { isOwn($0, ownModules) }) { return own }
    return frames.first { !isMachinery($0.symbol) }
  }

  static func isOwn(_ frame: Frame, _ ownModules: Set<String>) -> Bool {
    if let module = frame.module, ownModules.contains(module) { return true }
    return isProgram(frame.symbol)
  }

  /// A JITed program: `bpf_prog_<16 hex digits>_<name>` (kernel/bpf/core.c bpf_get_prog_name).
  static func isProgram(_ symbol: String) -> Bool {
    guard symbol.hasPrefix("bpf_prog_") else { return false }
    let tag = symbol.utf8.dropFirst(9).prefix(16)
    return tag.count == 16 && tag.allSatisfy(\.isHexDigit)
  }

  /// The name without what the compiler appends to its clones.
  static func plain(_ symbol: String) -> String {
    // powerpc's first ABI puts a dot before functions' names.
    if symbol.hasPrefix(".") { return plain(String(symbol.dropFirst())) }
    for mark in [".isra.", ".constprop.", ".part.", ".cold", ".llvm.", ".lto_priv."] {
      if let cut = position(of: mark, in: symbol) { return plain(String(symbol.prefix(cut))) }
    }
    return symbol
  }

  private static func position(of mark: String, in symbol: String) -> Int? {
    let bytes = Array(symbol.utf8)
    let pattern = Array(mark.utf8)
    guard bytes.count > pattern.count else { return nil }
    return (1...bytes.count - pattern.count).first { start in
      bytes[start..<start + pattern.count].elementsEqual(pattern)
    }
  }

  static func isMachinery(_ symbol: String) -> Bool {
    let name = plain(symbol)
    // Rust's panic comes down to BUG() (rust/helpers/bug.c, library/core/src/panicking.rs).
    if name.hasPrefix("_R"), name.contains("9panicking") || name.contains("rust_begin_unwind") {
      return true
    }
    return exact.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }

  /// A CPU that had nothing to do: no lead among several CPUs' back traces.
  static func isIdle(_ symbol: String) -> Bool {
    [
      "native_safe_halt", "pv_native_safe_halt", "default_idle", "mwait_idle", "intel_idle",
      "acpi_idle_", "acpi_safe_halt", "arch_cpu_idle", "cpu_idle_poll",
    ].contains { symbol.hasPrefix($0) }
  }

  /// The frame in which an interrupt begins, on a line of a trace.
  static func isInterruptEntry(_ line: Text) -> Bool {
    line.containsAny([
      " apic_timer_interrupt+", "smp_apic_timer_interrupt_entry", " asm_sysvec_",
      " asm_common_interrupt+", " el1_irq+", " el1h_64_irq+", " el1t_64_irq+", " __irq_svc+",
      " ret_from_intr+", " handle_exception+", " hardware_interrupt_common",
    ])
      || line.hasPrefix("apic_timer_interrupt+") || line.hasPrefix("asm_sysvec_")
      || line.hasPrefix("smp_apic_timer_interrupt_entry") || line.hasPrefix("el1_irq+")
      || line.hasPrefix("el1h_64_irq+") || line.hasPrefix("__irq_svc+")
      || line.hasPrefix("asm_common_interrupt+") || line.hasPrefix("ret_from_intr+")
      || line.hasPrefix("handle_exception+")
  }

  private static let prefixes: [String] = [
    // Sanitizers and the reports themselves.
    "kasan_", "__kasan_", "__asan_", "__hwasan_", "kfence_", "__kfence_", "kmsan_", "__kmsan_",
    "__msan_", "kcsan_", "__kcsan_", "__tsan_", "ubsan_", "__ubsan_", "check_memory_region",
    "dump_stack", "__dump_stack", "show_stack", "show_regs", "show_trace", "print_",
    "warn_slowpath",
    "__warn", "fortify_panic", "__fortify", "usercopy_abort", "__check_object_size",
    "__check_heap_object", "check_heap_object", "check_object_size", "refcount_", "__refcount_",
    "debug_object_", "__debug_object", "__debug_check_no_obj", "debug_check_no_", "debug_print_",
    "report_bug", "rust_helper_BUG", "__sanitizer_", "ex_handler_", "fixup_exception", "fixup_bug",
    "handle_bug", "__exc_", "bad_mode", "skb_over_panic",
    "skb_under_panic", "sched_show_", "_sched_show_", "dump_cpu_task", "copy_overflow",
    "__copy_overflow", "perf_trace_", "trace_event_", "__traceiter_", "ref_tracker_", "handle_cfi",
    "__cfi_", "cfi_",
    // Exception entry and the oops itself.
    "exc_", "asm_exc_", "asm_sysvec_", "sysvec_", "asm_common_interrupt", "do_error_trap",
    "do_trap",
    "do_invalid_op", "do_page_fault", "__do_page_fault", "do_user_addr_fault",
    "do_kern_addr_fault", "page_fault_oops", "__bad_area", "bad_area", "do_general_protection",
    "do_divide_error", "do_double_fault", "die_", "__die", "oops_", "do_int3", "el1_", "el1h_",
    "do_mem_abort", "do_translation_fault", "do_kernel_fault", "__do_kernel_fault", "do_bad_area",
    "do_undefinstr", "do_undef", "__und_", "__irq_svc", "__pabt_", "do_PrefetchAbort", "el0_",
    "handle_exception", "handle_page_fault", "data_access_", "program_check_", "do_trap_",
    "do_sp_pc_abort", "bug_handler", "brk_handler", "do_debug_exception",
    "call_break_hook", "do_el1_", "arm64_notify_die", "do_DataAbort", "__dabt_", "die_kernel_fault",
    // Interrupts, back traces of other CPUs, the detectors of stalls.
    "nmi_", "__nmi_", "end_repeat_nmi", "asm_exc_nmi", "default_do_nmi", "do_nmi", "perf_event_nmi",
    "arch_trigger_", "trigger_", "rcu_dump_cpu_stacks", "rcu_check_gp", "rcu_sched_clock_irq",
    "rcu_check_callbacks", "rcu_pending", "watchdog_", "__hrtimer_", "hrtimer_", "tick_",
    "update_process_times", "apic_timer_interrupt", "smp_apic_timer_interrupt", "smp_apic_",
    "local_apic_timer", "__sysvec_", "handle_irq", "gic_handle", "gic_interrupt", "el1_irq",
    "check_hung_", "rcu_stall", "invoke_rcu_core",
    // Locks, waiting, scheduling.
    "_raw_", "__raw_spin_", "__raw_read_", "__raw_write_", "do_raw_", "queued_spin_",
    "queued_read_", "queued_write_", "native_queued_", "__pv_queued_", "pv_queued_", "spin_",
    "arch_spin_", "ticket_spin", "__ticket_spin", "mutex_", "__mutex_", "rwsem_", "__rwsem_",
    "rtmutex_", "rt_mutex_", "__rt_mutex", "ww_mutex_", "osq_", "lock_acquire", "__lock_acquire",
    "lock_release", "__lock_release", "lock_is_held", "lockdep_", "validate_chain", "check_prev",
    "check_noncircular", "check_deadlock", "mark_lock", "mark_usage", "mark_held", "valid_state",
    "__mark_", "percpu_down_", "percpu_up_", "__percpu_", "seqcount_", "schedule_timeout",
    "schedule_preempt",
    "schedule_hrtimeout", "__schedule",
    "preempt_schedule", "io_schedule", "wait_for_", "__wait_for_", "do_wait_for_", "wait_on_bit",
    "__wait_on_bit", "out_of_line_wait", "bit_wait", "___might_", "__might_", "might_",
    "__cond_resched", "_cond_resched", "msleep", "usleep_range", "do_nanosleep", "debug_smp_",
    "check_preemption_disabled", "__this_cpu_preempt", "smp_call_function", "generic_exec_single",
    "__down_", "call_rwsem_down", "synchronize_", "__synchronize_", "_synchronize_", "flush_work",
    "__flush_work", "folio_wait_", "wait_on_page", "wait_woken", "rtnl_lock", "lock_sock",
    "on_each_cpu", "csd_lock", "__csd_lock", "register_lock_class", "assign_lock_key",
    "look_up_lock_class", "rcu_gp_", "__rcu_read_", "raw_spin_rq_", "task_rq_lock",
    "__task_rq_lock", "lock_timer_base", "context_switch", "__switch_to", "down_read", "down_write",
    "ldsem_", "__ldsem_", "kthread_stop",
    "kthread_flush_work", "cancel_work", "__cancel_work", "cancel_delayed_work",
    "__cancel_delayed_work", "flush_delayed_work", "drain_workqueue", "__flush_workqueue",
    "flush_workqueue", "rcu_barrier", "__wait_rcu_gp", "lock_page", "__lock_page", "folio_lock",
    "__lock_buffer", "__wait_on_buffer", "__wake_up", "try_to_wake_up", "swake_up",
    "percpu_rwsem_", "__lock_sock",
    // Idling, and what every task begins with.
    "native_safe_halt", "pv_native_safe_halt", "default_idle", "arch_cpu_idle", "cpuidle_",
    "acpi_idle_", "acpi_safe_halt", "mwait_idle", "intel_idle", "do_idle", "cpu_startup_entry",
    "start_secondary", "secondary_startup", "x86_64_start_", "ret_from_fork", "entry_SYSCALL_",
    "do_syscall_64", "process_one_work", "process_scheduled_works", "worker_thread",
    // Copies, strings, lists, atomics.
    "memcpy", "__memcpy", "memmove", "__memmove", "memset", "__memset", "memcmp", "memchr",
    "strlen",
    "strnlen", "strcmp", "strncmp", "strcpy", "strncpy", "strlcpy", "strscpy", "strcat", "strncat",
    "strlcat", "strchr", "strstr", "sized_strscpy", "copy_user_", "copy_to_user", "copy_from_user",
    "_copy_to_user", "_copy_from_user", "raw_copy_", "__copy_user", "rep_movs", "rep_stos",
    "__list_", "list_add", "list_del", "__hlist_", "hlist_", "atomic_", "arch_atomic", "atomic64_",
    "crc16", "crc32", "__rb_", "rb_insert_color", "rb_erase", "rb_next", "rb_prev", "rb_first",
    "rb_last",
    "_find_next_", "_find_first_", "find_next_bit", "find_first_bit", "find_next_zero_bit",
    "kref_get", "kref_put", "memdup_user", "strndup_user", "vmemdup_user", "clear_page_",
    "__clear_user", "clear_user_",
    "raw_atomic", "instrument_", "__read_once", "read_word_at_a_time", "llist_",
    // Allocators, in whose checks other people's faults come to light.
    "kmemdup", "kstrdup", "kstrndup", "kvmalloc", "__kvmalloc", "kzalloc", "krealloc", "kcalloc",
    "vmalloc", "__vmalloc", "vzalloc", "kfree", "__kfree", "kvfree", "vfree", "__vunmap",
    "kmem_cache_", "__kmem_cache_", "kmalloc",
    "__kmalloc", "slab_", "__slab_", "___slab_", "__do_kmalloc", "do_slab_free",
    "free_debug_processing", "free_to_partial_list", "free_consistency", "alloc_debug_processing",
    "alloc_consistency", "object_err", "check_object", "check_slab", "check_bytes", "on_freelist",
    "kmemleak_", "pcpu_", "alloc_percpu", "__alloc_percpu", "__alloc_skb", "alloc_skb",
    "__netdev_alloc_skb", "__napi_alloc_skb", "devm_k", "mempool_", "__get_vm_area",
    "alloc_vmap_area", "quarantine_",
    "cache_free", "__cache_free", "___cache_free", "cache_alloc", "qlist_",
    "free_large_kmalloc",
    "bad_page", "check_new_page", "free_page_is_bad", "free_unref_", "free_pcp", "free_pages_",
    "__free_pages", "__free_frozen_", "free_frozen_", "post_alloc_hook", "validate_slab",
    "free_the_page", "__free_one_page", "get_page_from_freelist", "prep_new_page",
    "__alloc_pages", "alloc_pages", "__alloc_frozen", "rmqueue", "new_slab", "allocate_slab",
    "__folio_", "__put_page", "put_page",
    // Out of memory.
    "dump_header", "oom_kill_process", "out_of_memory", "warn_alloc", "__get_free_page",
  ]

  private static let exact: Set<String> = [
    "retint_kernel", "retint_user", "schedule", "ret_from_exception", "handle_overflow", "watchdog",
    "reset_hung_task_detector", "complete", "complete_all", "skb_panic", "skb_put", "skb_push",
    "kobject_get",
    "kobject_put", "copyin", "copyout", "create_object", "__create_object",
    "kthread", "panic", "vpanic", "nmi_panic", "die", "no_context", "page_fault",
    "async_page_fault",
    "general_protection", "divide_error", "invalid_op", "double_fault", "stack_segment", "int3",
    "error_entry", "paranoid_entry", "ret_from_intr", "common_interrupt", "do_IRQ", "nmi",
    "__stack_chk_fail", "delay_tsc", "__delay", "__const_udelay", "__udelay", "down", "down_read",
    "down_write", "down_interruptible", "down_killable", "down_timeout", "down_trylock",
    "__down", "__down_common", "__down_interruptible", "down_read_trylock", "up", "up_read",
    "up_write", "csum_partial", "csum_partial_copy_generic", "unwind_backtrace", "dump_backtrace",
    "print_address_description", "end_report", "start_report", "unwind_frame",
    "__warn_printk", "rest_init", "cpu_relax", "rep_nop", "native_safe_halt", "console_unlock",
    "vprintk_emit", "vprintk_default", "printk", "_printk", "__panic", "check_panic_on_warn",
    "irq_exit", "irq_exit_rcu", "__irq_exit_rcu", "exiting_irq", "spin_bug", "add_taint",
    "__traceiter_contention_begin", "__sched_text_start",
  ]
}

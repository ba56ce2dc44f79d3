// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Picks the frame to blame: not the functions that report, nor the primitives that merely carry a
/// fault out, and the twin's own code before the kernel's.
enum Blame {
  /// The frame to blame among `frames`, innermost first.
  ///
  /// - Parameter ownModules: modules that did not come with the kernel (marked `O` in
  ///   `Modules linked in:`).
  static func frame(among frames: [Frame], ownModules: Set<String>) -> Frame? {
    let certain = frames.filter { !$0.uncertain }
    if let own = certain.first(where: { isOwn($0, ownModules) }) { return own }
    let leads = certain.filter { !isMachinery($0.symbol) }
    if let blamed = leads.first(where: { !isHelper($0.symbol) }) ?? leads.first { return blamed }
    if let own = frames.first(where: { isOwn($0, ownModules) }) { return own }
    // What the unwinder does not vouch for is a lead only if it vouches for nothing but the report.
    guard certain.allSatisfy({ isOfReport($0.symbol) }) else { return nil }
    return frames.first { !isMachinery($0.symbol) }
  }

  /// What runs after the fault, whoever made it.
  private static func isOfReport(_ symbol: String) -> Bool {
    let name = plain(symbol)
    return ["panic", "die", "printk", "_printk", "page_fault", "no_context"].contains(name)
      || [
        "dump_", "__dump_", "show_", "print_", "warn_slowpath", "__warn", "oops_", "__die",
        "bad_area", "__bad_area", "do_page_fault", "__do_page_fault", "exc_", "asm_exc_",
        "report_bug", "kasan_", "__might_", "___might_", "ubsan_", "__ubsan_",
      ].contains { name.hasPrefix($0) }
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

  /// Code that only does what its arguments say.
  static func isPrimitive(_ symbol: String) -> Bool {
    let name = plain(symbol)
    return [
      "memcpy", "__memcpy", "memmove", "__memmove", "memset", "__memset", "memcmp", "strlen",
      "strnlen", "strcmp", "strncmp", "strcpy", "strncpy", "strlcpy", "strscpy", "copy_user_",
      "rep_movs", "rep_stos", "__pi_mem", "__pi_str",
    ].contains { name.hasPrefix($0) }
  }

  /// A CPU that was idle: no lead among the backtraces of several CPUs.
  static func isIdle(_ symbol: String) -> Bool {
    [
      "native_safe_halt", "pv_native_safe_halt", "default_idle", "mwait_idle", "intel_idle",
      "acpi_idle_", "amd_e400_idle", "acpi_safe_halt", "arch_cpu_idle", "cpu_idle_poll",
    ].contains { symbol.hasPrefix($0) }
  }

  /// The frame in which an interrupt begins, on a line of a trace.
  static func isInterruptEntry(_ line: Text) -> Bool {
    line.containsAny([
      " apic_timer_interrupt+", "smp_apic_timer_interrupt_entry", " asm_sysvec_",
      " asm_common_interrupt+", " el1_irq+", " el1h_64_irq+", " el1t_64_irq+", " __irq_svc+",
      "(__irq_svc+",
      " ret_from_intr+", " handle_exception+", " hardware_interrupt_common",
    ])
      || line.hasPrefix("apic_timer_interrupt+") || line.hasPrefix("asm_sysvec_")
      || line.hasPrefix("smp_apic_timer_interrupt_entry") || line.hasPrefix("el1_irq+")
      || line.hasPrefix("el1h_64_irq+") || line.hasPrefix("__irq_svc+")
      || line.hasPrefix("asm_common_interrupt+") || line.hasPrefix("ret_from_intr+")
      || line.hasPrefix("handle_exception+")
  }
}

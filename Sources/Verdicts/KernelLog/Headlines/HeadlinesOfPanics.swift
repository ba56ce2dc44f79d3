// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Warnings, panics, and the rest.
extension Headline {
  static let warnings: [Headline] = [
    Headline("WARNING: ", .warning, .warning, refine: warning)
  ]

  /// Only WARN()'s own forms: boot messages say `WARNING:` for other things.
  /// kernel/panic.c __warn: `WARNING: CPU: 0 PID: 1 at f.c:12 func+0x…`, before 3.16 `WARNING: at
  /// f.c:12 func+0x…()`, and from 6.18 `WARNING: f.c:12 at func+0x…, CPU#0: …`.
  private static let warning: @Sendable (Text) -> Kind? = { text in
    let rest = text.dropFirst(9)
    if rest.hasPrefix("CPU: ") || rest.hasPrefix("at ") { return kindOfPlace(rest) }
    // arch/x86/kernel/unwind_frame.c, unwind_orc.c
    if rest.hasPrefix("kernel stack ") { return .warning }
    guard let place = rest.find(" at ") else { return nil }
    let file = rest.prefix(place)
    return file.contains(":") && file.containsAny([".c:", ".h:", ".S:", ".rs:"])
      ? kindOfPlace(rest) : nil
  }

  /// The text that says what a WARNING is about may be lost; these files have no other ones.
  private static func kindOfPlace(_ text: Text) -> Kind {
    if text.contains(" lib/refcount.c:") || text.hasPrefix("lib/refcount.c:") { return .refcount }
    if text.contains(" lib/list_debug.c:") || text.hasPrefix("lib/list_debug.c:") {
      return .listCorruption
    }
    // The hard lockup detector of 2.6.37 to 3.x (kernel/watchdog.c).
    if text.contains("watchdog_overflow_callback+") { return .hardLockup }
    return .warning
  }

  static let panics: [Headline] = [
    Headline("Kernel panic - not syncing", .panic, .panic, refine: panic),
    Headline("Kernel panic: ", .panic, .panic, refine: panic),
  ]

  /// The panic's message, for a panic that no report precedes.
  private static let panic: @Sendable (Text) -> Kind? = { text in
    let message = text.dropFirst(13)
    for (words, kind) in panicMessages where message.contains(words) { return kind }
    return .panic
  }

  static let panicMessages: [(StaticString, Kind)] = [
    ("stack-protector:", .stackCorruption),
    ("corrupted stack end", .stackCorruption),
    ("ernel stack overflow", .stackOverflow),
    ("softlockup: hung tasks", .softLockup),
    ("hung_task: blocked tasks", .hungTask),
    ("RCU Stall", .rcuStall),
    ("ard LOCKUP", .hardLockup),
    ("workqueue", .workqueueLockup),
    ("ut of memory", .outOfMemory),
    ("deadlocked on memory", .outOfMemory),
    ("Attempted to kill init", .initDied),
    ("VFS: Unable to mount", .mountFailure),
    ("No working init found", .mountFailure),
    ("No init found", .mountFailure),
    ("Requested init ", .mountFailure),
    ("scheduling while atomic", .atomicSleep),
    ("UBSAN: panic_on_warn", .undefinedBehaviour),
    ("panic_on_warn", .warning),
    ("double fault", .doubleFault),
    ("detected buffer overflow", .outOfBounds),
    ("CFI failure", .invalidOpcode),
    (": BUG!", .kernelBug),
  ]

  static let others: [Headline] = [
    Headline(
      "BUG: using ", .warning,
      refine: { $0.contains(" in preemptible ") ? .warning : nil }),
    // Printed on machines in good order (kernel/sched/topology.c): no report.
    Headline(
      "BUG: ", .kernelBug, isVague: true,
      refine: { $0.contains("arch topology borken") ? nil : .kernelBug }),
  ]
}

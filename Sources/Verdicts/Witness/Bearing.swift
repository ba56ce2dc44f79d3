// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What bears a report out.
public enum Bearing: Sendable, Equatable {
  /// The kernel leaves only its message: stalls, hung tasks, lockdep, UBSAN and others.
  case consoleOnly
  /// These say that it happened.
  case borneOut([Bearer])
  /// The kernel leaves a trace, and there is none: the message is not the kernel's, or somebody
  /// wiped the traces.
  case contradicted([Bearer])
  /// The kernel leaves a trace, but it can't be determined: this kernel doesn't have it, or it was
  /// there before the trial.
  case unknown([Bearer])
}

extension Finding {
  /// What the kernel leaves in memory, any one of which is enough; empty if it leaves nothing.
  ///
  /// Checked against 5.10, 6.1, 6.12 and 7.2.
  public var bearers: [Bearer] {
    if isPanic { return [.panics] }
    // A report that causes a panic can no longer set its bit (kernel/panic.c panic_on_warn).
    return ownBearers.isEmpty ? [] : ownBearers + [.panics]
  }

  private var ownBearers: [Bearer] {
    // arch/x86/kernel/dumpstack.c oops_end
    let died: [Bearer] = [.taint(.die), .deaths, .oopses]
    if fatal { return died }
    // kernel/panic.c __warn; a WARN_TAINT() sets another bit, but counts.
    let warned: [Bearer] = [.taint(.warn), .warnings]
    for words in Self.onlyWords where text.hasPrefix(words) { return [] }
    for words in Self.sanitizers where text.hasPrefix(words) {
      return [.taint(.badPage), .warnings]
    }
    if text.hasPrefix("WARNING: ") { return kind == .lockdep || kind == .lockMisuse ? [] : warned }
    // Texts before a WARN(), or a BUG() elsewhere: lib/debugobjects.c, kernel/locking/*.c…
    for words in Self.aheadOfWarnings where text.contains(part: words) { return warned + died }
    switch kind {
    // kernel/sched/core.c __might_resched, __schedule_bug
    case .atomicSleep: return text.hasPrefix("BUG: ") ? warned : []
    // kernel/watchdog.c watchdog_timer_fn
    case .softLockup: return [.taint(.softLockup)]
    // mm/page_alloc.c bad_page, mm/memory.c print_bad_pte
    case .badPage: return [.taint(.badPage)]
    // mm/slub.c object_err, slab_err; from 6.16 with their own WARN().
    case .slabCorruption, .doubleFree: return [.taint(.badPage)] + warned
    // lib/list_debug.c, lib/refcount.c, mm/usercopy.c, lib/string_helpers.c
    case .listCorruption, .refcount, .usercopy, .outOfBounds: return warned + died
    // What "unable to handle" and the like announce is an oops, though its "Oops" may be lost.
    case .nullDereference, .pageFault, .generalProtection, .divideError, .doubleFault: return died
    default: return []
    }
  }

  /// Reports in which no bit is set and nothing is counted, whatever they look like:
  /// arch/x86/kernel/unwind_frame.c, kernel/kcsan/report.c, lib/ubsan.c.
  private static let onlyWords = ["WARNING: kernel stack ", "BUG: KCSAN", "UBSAN"]

  /// mm/kasan/report.c end_report, mm/kfence/report.c kfence_report_error, mm/kmsan/report.c
  private static let sanitizers = ["BUG: KASAN", "BUG: KFENCE", "BUG: KMSAN"]

  private static let aheadOfWarnings = [
    "ODEBUG: ", "DEBUG_LOCKS_WARN_ON(", "DEBUG_RWSEMS_WARN_ON(",
    " returned with preemption imbalance",
    " returned with disabled interrupts",
  ]

  /// - Parameter panicTold: QEMU reported a panic (pvpanic).
  public func bearing(by witness: MemoryWitness, panicTold: Bool) -> Bearing {
    let bearers = bearers
    if bearers.isEmpty { return .consoleOnly }
    if panicTold, isPanic { return .borneOut([.panics]) }
    let saying = bearers.filter { witness.says($0) == true }
    if !saying.isEmpty { return .borneOut(saying) }
    // One that can't be read leaves it open: the bit was set before.
    let own = bearers.filter { $0 != .panics || isPanic }
    return own.contains { witness.says($0) == false }
      && own.allSatisfy { !$0.isTaint || witness.says($0) == false }
      ? .contradicted(bearers) : .unknown(bearers)
  }
}

extension Bearer {
  fileprivate var isTaint: Bool {
    if case .taint = self { true } else { false }
  }
}

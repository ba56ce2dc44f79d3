// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the console decides. The kind is that of the first report, the cause; the ruling is the
/// worst consequence.
extension Judge {
  static let consoleRules: [Rule] = [
    // The guest rebooted though no panic was reported; an oops before it is the cause.
    Rule("the console has a report, and the guest reset") { facts in
      guard facts.ending == .reset, let cause = facts.cause, facts.panics.isEmpty else {
        return nil
      }
      return facts.judged(
        .reset, cause, kind: cause.fatal ? cause.kind : .reboot,
        reason: "the guest reset without a panic")
    },
    // Fatal exception in interrupt, Attempted to kill init, panic(): nothing asked for by a boot
    // parameter.
    Rule("the kernel stopped itself") { facts in
      guard let cause = facts.cause, facts.panics.contains(where: { !$0.isByBootParameter }) else {
        return nil
      }
      return facts.judged(.panicked, cause)
    },
    // An oops, even if oops=panic turned it into a panic, and whatever followed.
    Rule("the kernel killed the running context") { facts in
      guard let cause = facts.cause, facts.reports.contains(where: \.fatal) else { return nil }
      return facts.judged(.oopsed, cause, reason: facts.aftermath)
    },
    // The banner of a second boot.
    Rule("the console shows a reboot") { facts in
      guard let cause = facts.cause, facts.reports.contains(where: { $0.kind == .reboot }) else {
        return nil
      }
      return facts.judged(.reset, cause)
    },
    // Tasks and CPUs that wait for one that is locked up are reported before it is.
    Rule("the console reports what a locked-up processor held up") { facts in
      guard case .lockedUp(let lockup) = facts.ending, !facts.reports.isEmpty,
        facts.reports.allSatisfy({ $0.mayBeOfWaiting(facts.isOfTwin) })
      else { return nil }
      return facts.judged(lockup)
    },
    // Lockups and stalls, even if softlockup_panic and the like turned them into a panic; a stall
    // that passed while the trial went through all its steps was only a warning.
    Rule("the console reports a hang") { facts in
      guard let cause = facts.causeOfHang else { return nil }
      if facts.wentThrough {
        return facts.judged(.warned, cause, reason: "the stall went by, and the trial ended well")
      }
      return facts.judged(.hung, cause)
    },
    // A report that the kernel survived, followed by silence or a task stuck permanently.
    Rule("the kernel reported, and then hung") { facts in
      guard let cause = facts.cause, facts.endedInHang else { return nil }
      return facts.judged(.hung, cause, reason: facts.aftermath)
    },
    // kmemleak's report.
    Rule("the console reports a leak") { facts in
      guard let cause = facts.cause, cause.kind == .memoryLeak else { return nil }
      return facts.judged(.leaked, cause)
    },
    // Redzones and poison overwritten, a write that a sanitizer saw happen.
    Rule("the console reports overwritten memory") { facts in
      guard let cause = facts.cause, facts.reports.contains(where: \.showsDamage) else {
        return nil
      }
      return facts.judged(.corrupted, cause)
    },
    // Every other report after which the kernel continued.
    Rule("the kernel warned") { facts in
      guard let cause = facts.cause else { return nil }
      return facts.judged(.warned, cause)
    },
  ]
}

extension Finding {
  var isPanic: Bool { text.hasPrefix("Kernel panic") || isMisreadPanic }

  /// The panic that the harness's own NMI causes (arch/x86/kernel/nmi.c unknown_nmi_error with
  /// unknown_nmi_panic): the backtrace of a hang, not a fault of the guest.
  var isFromInjectedNMI: Bool { isPanic && text.contains(part: "NMI: Not continuing") }

  /// Panics that a boot parameter asked for; the report before them is what happened.
  var isByBootParameter: Bool {
    guard isPanic else { return false }
    if text.contains(part: "Fatal exception") { return !text.contains(part: "in interrupt") }
    return [
      "softlockup: hung tasks", "hung_task: blocked tasks", "RCU Stall", "ard LOCKUP",
      "panic_on_warn", "workqueue", "panic_on_oom",
    ].contains { text.contains(part: $0) }
  }

  var isHang: Bool {
    switch kind {
    case .softLockup, .hardLockup, .rcuStall, .hungTask, .workqueueLockup: true
    default: false
    }
  }

  /// Whether memory is known to be wrong now, as opposed to a check that stopped it in time.
  var showsDamage: Bool {
    switch kind {
    case .slabCorruption: !text.hasPrefix("cache_from_obj")
    case .memoryCorruption: true
    case .outOfBounds, .useAfterFree, .wildAccess:
      access == .write && !isPreventedWrite
        && (text.hasPrefix("BUG: KASAN") || text.hasPrefix("BUG: KFENCE"))
    default: false
    }
  }

  /// Whether KASAN's own memset, memcpy or memmove reports: these check first, and return NULL
  /// without writing a byte if the check fails (Linux: mm/kasan/shadow.c; check_memory_region until
  /// 5.11, whose result they use from 5.7, is treated as one that they don't use). An instruction
  /// that the compiler instrumented, and a copy from user space, continue whatever was reported.
  private var isPreventedWrite: Bool {
    let frames = frames.filter { !$0.uncertain }
    guard let check = frames.firstIndex(where: { $0.symbol == "kasan_check_range" }),
      check + 1 < frames.count
    else { return false }
    var caller = frames[check + 1].symbol
    for prefix in ["__asan_", "__hwasan_"] where caller.hasPrefix(prefix) {
      caller.removeFirst(prefix.count)
    }
    return ["memset", "memcpy", "memmove"].contains(caller)
  }
}

extension String {
  /// The standard library's `contains` for strings comes with Foundation; this is enough for ASCII.
  func contains(part: String) -> Bool {
    let pattern = Array(part.utf8)
    let bytes = Array(utf8)
    guard pattern.count <= bytes.count else { return false }
    return (0...bytes.count - pattern.count).contains { start in
      bytes[start..<start + pattern.count].elementsEqual(pattern)
    }
  }
}

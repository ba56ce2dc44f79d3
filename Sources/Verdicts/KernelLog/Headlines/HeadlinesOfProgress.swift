// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What no longer makes progress, sleeps where it must not, or uses locks wrongly.
extension Headline {
  static let stalls: [Headline] = [
    // kernel/watchdog.c
    Headline("BUG: soft lockup", .softLockup),
    Headline("Watchdog detected hard LOCKUP", .hardLockup),
    Headline("Watchdog detected LOCKUP", .hardLockup),
    Headline("BUG: NMI Watchdog detected LOCKUP", .hardLockup),
    Headline(
      "CPU", .hardLockup,
      refine: { $0.prefix(64).contains("detected hard LOCKUP") ? .hardLockup : nil }),
    Headline(
      "Watchdog CPU:", .hardLockup, refine: { $0.contains("ard LOCKUP") ? .hardLockup : nil }),
    // kernel/rcu/tree_stall.h, tasks.h
    Headline("INFO: rcu", .rcuStall, refine: rcuStall),
    Headline("INFO: SRCU", .rcuStall, refine: rcuStall),
    Headline("rcu_", .rcuStall, refine: { $0.contains(" kthread starved for ") ? .rcuStall : nil }),
    // kernel/hung_task.c
    Headline("INFO: task ", .hungTask, refine: hungTask),
    Headline(
      "unregister_netdevice: waiting for ", .hungTask,
      refine: { $0.contains("to become free") ? .hungTask : nil }),
    // kernel/workqueue.c
    Headline("BUG: workqueue lockup", .workqueueLockup),
  ]

  private static let rcuStall: @Sendable (Text) -> Kind? = { text in
    text.containsAny(["detected stall", "detected expedited stall"])
      ? .rcuStall : nil
  }

  private static let hungTask: @Sendable (Text) -> Kind? = { text in
    text.containsAny([" blocked for more than ", " can't die for more than "])
      || (text.contains(" blocked ") && text.contains(" for more than ")) ? .hungTask : nil
  }

  static let locks: [Headline] = [
    // kernel/sched/core.c
    Headline("BUG: sleeping function called from invalid context", .atomicSleep),
    Headline("BUG: scheduling while atomic", .atomicSleep),
    Headline("bad: scheduling from the idle thread!", .atomicSleep),
    // kernel/locking/spinlock_debug.c
    Headline("BUG: spinlock ", .lockMisuse),
    Headline("BUG: rwlock", .lockMisuse),
    Headline("BUG: write-lock", .lockMisuse),
    Headline("BUG: read-lock", .lockMisuse),
    Headline("BUG: rtmutex", .lockMisuse),
    Headline("BUG: workqueue leaked ", .lockMisuse),
    Headline(
      "BUG: ", .lockMisuse,
      refine: { text in
        let head = text.prefix(96)
        return head.containsAny([
          "bad unlock balance", "held lock freed", "lock held ", "still has locks held",
          "bad contention",
        ]) ? .lockMisuse : nil
      }),
    Headline("DEBUG_LOCKS_WARN_ON(lock->magic", .lockMisuse, .text),
    Headline("DEBUG_LOCKS_WARN_ON(lock->owner", .lockMisuse, .text),
    // lockdep.c lock_release: the task holds no lock at all.
    Headline("DEBUG_LOCKS_WARN_ON(depth <= 0", .lockMisuse, .text),
    Headline("DEBUG_RWSEMS_WARN_ON(", .lockMisuse, .text),
    Headline("rtmutex deadlock detected", .lockMisuse, .text),
    // kernel/locking/lockdep.c
    Headline("WARNING: bad unlock balance detected", .lockMisuse),
    Headline("WARNING: held lock freed", .lockMisuse),
    Headline("WARNING: lock held when returning to user space", .lockMisuse),
    Headline("WARNING: bad contention detected", .lockMisuse),
    Headline(
      "WARNING: ", .lockMisuse,
      refine: { $0.prefix(96).contains("still has locks held") ? .lockMisuse : nil }),
    Headline("WARNING: ", .lockdep, refine: lockdep),
    Headline("INFO: ", .lockdep, refine: lockdep),
    Headline("INFO: trying to register non-static key", .lockdep),
    Headline("BUG: Invalid wait context", .lockdep),
    Headline("BUG: MAX_LOCK", .lockdep),
    Headline("BUG: MAX_STACK_TRACE_ENTRIES too low", .lockdep),
    Headline("BUG: looking up invalid subclass", .lockdep),
    Headline("BUG: key ", .lockdep),
  ]

  private static let lockdep: @Sendable (Text) -> Kind? = { text in
    let head = text.prefix(96)
    return head.containsAny([
      "possible circular locking", "possible recursive locking", "possible irq lock inversion",
      "possible deadlock", "possible reason: unannotated", "inconsistent lock state",
      "inconsistent {", "suspicious RCU usage", "suspicious rcu_dereference", "lock order detected",
      "Nested lock was not taken", "chain_key collision", "unsafe lock order",
      "Invalid wait context",
    ]) ? .lockdep : nil
  }
}

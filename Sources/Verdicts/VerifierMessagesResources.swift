/// References, locks, contexts: what must be given back, and what may be done while it is held.
extension VerifierMessages {
  static let resourceLifetimeSafety: [VerifierMessage] = [
    VerifierMessage(
      "Unreleased reference", "would lead to reference leak",
      headline: "a reference is not given back",
      explanation: "On this path the program ends while it still holds what it has acquired.",
      suggestion: "Call the matching release function on every path."),
    VerifierMessage(
      "reference has not been acquired before",
      headline: "something is released that was not acquired",
      explanation: "The pointer handed to the release function carries no reference on this path.",
      suggestion: "Release only what an acquiring function returned, and only once."),
    VerifierMessage(
      "bpf_spin_unlock is missing", "bpf_spin_unlock missing", "_unlock is missing",
      "instruction*cannot be used inside*-ed region", "cannot be used inside bpf_",
      "bpf_preempt_enable*missing", "bpf_local_irq_restore*missing",
      headline: "a lock or region is not left",
      explanation: "On this path the program ends, or leaves, inside a region that it entered.",
      suggestion: "Leave the region on every path before this point."),
    VerifierMessage(
      "bpf_spin_unlock without taking a lock", "unlock of different lock", "of different lock",
      "unmatched rcu read unlock", "unmatched attempt to enable preemption",
      "without taking a lock",
      "cannot restore irq state out of order",
      headline: "a lock or region is left that was not entered",
      explanation: "The unlock has no matching lock on this path, or belongs to another one.",
      suggestion: "Pair each lock with its own unlock, in reverse order."),
    VerifierMessage(
      "Locking two bpf_spin_locks", "Acquiring the same lock again", "already locked",
      "nested rcu read lock",
      headline: "a second lock while one is held",
      explanation: "A program may hold one such lock at a time, which rules out deadlock.",
      suggestion: "Unlock the first before the second."),
    VerifierMessage(
      "must be held for", "held lock and object are not in the same allocation",
      "lock and object are not in the same",
      headline: "the lock that guards this is not held",
      explanation: "The list or tree may only be changed under the lock beside it.",
      suggestion: "Take the lock in the same allocation first."),
    VerifierMessage(
      "must be referenced when passed to release function",
      headline: "a release function gets something that is not held",
      explanation: "The pointer carries no reference.",
      suggestion: "Pass the pointer that the acquiring function returned."),
  ]

  /// What is allowed depends on where the program runs.
  static let executionContextSafety: [VerifierMessage] = [
    VerifierMessage(
      "helper call might sleep in a non-sleepable prog", "is sleepable but the program is not",
      "is sleepable within", "sleepable helper",
      "program must be sleepable to call sleepable kfunc",
      "must be sleepable",
      headline: "a call that may sleep where sleeping is not allowed",
      explanation: "The program runs, or is here, in a context that cannot sleep.",
      suggestion:
        "Use a sleepable program (`.s` section) outside locks and RCU, or a call that does "
        + "not sleep."),
    VerifierMessage(
      "function calls are not allowed while holding a lock", "calls are not allowed while holding",
      "cannot be used inside bpf_spin_lock-ed region",
      headline: "a call while a lock is held",
      explanation:
        "Between lock and unlock only a few calls are allowed, so that the lock is short "
        + "and cannot deadlock.",
      suggestion: "Do the call before the lock or after the unlock."),
    VerifierMessage(
      "progs cannot use bpf_spin_lock yet", "progs cannot use bpf_timer yet",
      "bpf_timer cannot be used for PREEMPT_RT", "progs cannot use", "cannot use bpf_",
      headline: "a lock or timer in a program type that may not use it",
      explanation: "Programs of this type can interrupt one another, which would deadlock.",
      suggestion: "Use atomic operations, or another program type."),
    VerifierMessage(
      "helper call is not allowed in probe",
      headline: "a helper that is not allowed in a probe",
      explanation: "The helper could recurse into the very code that is probed.",
      suggestion: "Use a helper that is safe in probes."),
    VerifierMessage(
      "Sleepable programs can only use",
      headline: "a map type that sleepable programs may not use",
      explanation:
        "The map's memory is protected by a kind of RCU that sleepable programs don't hold.",
      suggestion: "Use an array, hash or ring-buffer map."),
    VerifierMessage(
      "is not sleepable", "programs can be sleepable", "programs cannot be sleepable",
      "can only be sleepable",
      headline: "the attach point and sleeping don't fit",
      explanation: "The program asks to sleep at a point that cannot, or the other way round.",
      suggestion: "Change the section's `.s` suffix or the attach point."),
    VerifierMessage(
      "helper access to the packet is not allowed",
      headline: "packet data handed to a helper where that is not allowed",
      explanation: "In this program type helpers may not get pointers into the packet.",
      suggestion: "Copy the bytes to the stack first."),
    VerifierMessage(
      "in RCU read", "rcu_read_lock region", "non-preemptible region", "IRQ-disabled region",
      headline: "a call that is not allowed inside this region",
      explanation: "The program is inside a region in which the call is forbidden.",
      suggestion: "Leave the region first."),
  ]
}

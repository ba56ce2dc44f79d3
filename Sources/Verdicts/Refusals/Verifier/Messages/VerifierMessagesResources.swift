// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

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
    VerifierMessage(
      "bpf_spin_unlock without taking a lock", "unlock of different lock", "of different lock",
      "without taking a lock", "cannot be out of order", "cannot restore irq state out of order",
      headline: "a lock or interrupt state is given back that is not the one held",
      explanation: "The unlock has no matching lock on this path, belongs to another one, or "
        + "is not in reverse order.",
      suggestion: "Pair each lock with its own unlock, in reverse order."),
    VerifierMessage(
      "Locking two bpf_spin_locks", "Acquiring the same lock again", "already locked",
      "AA deadlock",
      headline: "a second lock while one is held",
      explanation: "A program may hold one such lock at a time, which rules out deadlock.",
      suggestion: "Unlock the first before the second."),
    VerifierMessage(
      "cannot overwrite referenced dynptr",
      headline: "a dynptr that holds something is overwritten",
      explanation: "The stack slots of this dynptr hold a reference that would be lost: it "
        + "could never be given back.",
      suggestion: "Submit or discard the dynptr before its slots are written."),
    VerifierMessage(
      "expected an initialized iter", "expected uninitialized iter",
      "expected an uninitialized iter",
      headline: "an iterator out of its order",
      explanation: "An iterator must be created, advanced and destroyed, in this order and "
        + "once.",
      suggestion: "Call _new, then _next until NULL, then _destroy on every path."),
    VerifierMessage(
      "expected uninitialized irq flag", "expected an initialized irq flag",
      "expected an uninitialized irq flag",
      headline: "a saved interrupt state out of its order",
      explanation: "Each interrupt state is saved once and restored once.",
      suggestion: "Call bpf_local_irq_save() before bpf_local_irq_restore(), with the same "
        + "variable."),
    VerifierMessage(
      "is an unacquired reference",
      headline: "something is released that was not acquired",
      explanation: "The argument carries no reference on this path.",
      suggestion: "Release only what an acquiring function returned, and only once."),
    VerifierMessage(
      "conversion of owning ref to non-owning failed",
      headline: "an object is handed over that the program does not own",
      explanation: "Adding to a list or tree takes over the object, and on this path the "
        + "program holds no reference to it.",
      suggestion: "Add only what bpf_obj_new() or a removal returned, and only once."),
  ]

  /// What is allowed depends on where the program runs.
  static let executionContextSafety: [VerifierMessage] = [
    VerifierMessage(
      "bpf_spin_unlock is missing", "bpf_spin_unlock missing", "_unlock is missing",
      "instruction*cannot be used inside*-ed region", "cannot be used inside bpf_",
      "bpf_preempt_enable*missing", "bpf_preempt_enable(s) are missing",
      "bpf_local_irq_restore*missing",
      headline: "a lock or region is not left",
      explanation: "On this path the program ends, or leaves, inside a region that it entered.",
      suggestion: "Leave the region on every path before this point."),
    VerifierMessage(
      "unmatched rcu read unlock", "unmatched attempt to enable preemption",
      headline: "a region is left that was not entered",
      explanation: "Nothing on this path has entered the region that this call leaves.",
      suggestion: "Pair each call that leaves a region with one that enters it."),
    VerifierMessage(
      "nested rcu read lock",
      headline: "a region is entered twice",
      explanation: "The RCU read-side region is entered already, and this kernel does not nest "
        + "it.",
      suggestion: "Leave the region before it is entered again."),
    VerifierMessage(
      "expected an RCU CS when using", "requires RCU critical section protection",
      "must be called in a RCU", "should be in RCU",
      headline: "a call that needs an RCU region is made outside of one",
      explanation: "What the function works on may go away at any time outside an RCU "
        + "read-side region.",
      suggestion: "Call bpf_rcu_read_lock() before it and bpf_rcu_read_unlock() after the "
        + "last use."),
    VerifierMessage(
      "calls are not allowed with preemption disabled", "calls are not allowed with",
      headline: "a global function is called where the verifier cannot follow",
      explanation: "Global functions are verified on their own, so nothing is known of what "
        + "they do in a region like this one.",
      suggestion: "Make the function static."),
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
      "in RCU read", "rcu_read_lock region", "non-preemptible region", "IRQ-disabled region",
      headline: "a call that is not allowed inside this region",
      explanation: "The program is inside a region in which the call is forbidden.",
      suggestion: "Leave the region first."),
  ]
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A load that fails though the verifier's log complains of nothing: what comes after the verifier
/// (kernel/bpf/core.c bpf_prog_select_runtime(), bpf_check_tail_call()), or before it.
enum AfterVerification {
  static func refusal(errno: Int32) -> LoaderRefusal {
    switch errno {
    case 524, 95:
      return LoaderRefusal(
        .verifier, [], headline: "the verifier accepted the program, and the JIT could not take it",
        explanation:
          "The log ends without a complaint, and the load failed with errno \(errno): the "
          + "kernel's compiler cannot translate an instruction or a call in this program on this "
          + "architecture.",
        suggestion:
          "Check net.core.bpf_jit_enable and dmesg; use a newer kernel for this architecture, or "
          + "do without kfuncs, tail calls from functions, and atomics.",
        id: "accepted-not-compiled", origin: .environment)
    case 22:
      return LoaderRefusal(
        .verifier, [],
        headline: "the verifier accepted the program, and the kernel refused it afterwards",
        explanation:
          "The log ends without a complaint, and the load failed with EINVAL. Afterwards the "
          + "kernel checks its maps for tail calls: a map of programs belongs to the type of the first "
          + "program that used it (its owner), and to its JIT and attach type.",
        suggestion:
          "Use one BPF_MAP_TYPE_PROG_ARRAY for each program type, and delete a stale pin of the "
          + "map. If there is none, load with the whole log, and look at dmesg and at "
          + "net.core.bpf_jit_harden.",
        id: "accepted-then-refused", origin: .source)
    case 12:
      return LoaderRefusal(
        .verifier, [],
        headline: "the verifier accepted the program, and there was no memory for it",
        explanation:
          "The log ends without a complaint, and the load failed with ENOMEM: the limit for "
          + "compiled programs may be used up.",
        suggestion: "Raise net.core.bpf_jit_limit, or unload other programs.",
        id: "accepted-no-memory", origin: .environment)
    case 1, 13:
      return LoaderRefusal(
        .verifier, by: .policy, [],
        headline: "the verifier accepted the program, and a rule of the machine forbids it",
        explanation:
          "The log ends without a complaint, and the load failed with errno \(errno): a security "
          + "module or a missing capability stops it.",
        suggestion:
          "Look at the audit log; load as root or with CAP_BPF and CAP_PERFMON (before 5.8 "
          + "CAP_SYS_ADMIN), and before 5.11 raise RLIMIT_MEMLOCK.",
        id: "accepted-not-permitted")
    default:
      return LoaderRefusal(
        .verifier, [], headline: "the load failed, though the verifier complained of nothing",
        explanation: "The log ends without a complaint, and the load failed with errno \(errno).",
        suggestion: "Look at dmesg.",
        id: "accepted-failed", origin: .environment)
    }
  }

  /// E2BIG before one instruction was walked.
  static let tooLong = LoaderRefusal(
    .verifier, [], category: .verifierLimit, headline: "the program has too many instructions",
    explanation:
      "The kernel refused the program before it looked at one instruction (0 processed): it is "
      + "longer than the kernel takes at all, 4096 instructions before 5.2 and without CAP_BPF, 1,000,000 "
      + "otherwise. Or the loader passed a field that this kernel does not know.",
    suggestion:
      "Split the program with tail calls, inline and unroll less, load with CAP_BPF, or use a newer "
      + "kernel.",
    id: "too-many-instructions")
}

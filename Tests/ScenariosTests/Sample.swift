// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import Testing

/// A scenario without a flaw, and ways to put one in.
enum Sample {
  static let yaml = """
    name: sample-fault
    title: A sample
    family: memory
    weakness: CWE-476
    job: Count the getpgid calls.
    fault: A pointer is followed unchecked.
    hook:
      lkm: kprobe __x64_sys_getpgid
      bpf: kprobe/__x64_sys_getpgid
    workload:
      - syscall: getpgid
        times: 64
    observation:
      variable: events
      value: 64
    twins:
      lkm:
        armed:
          verdict: oopsed
          kinds: [null-dereference]
          because: Nothing stands in between.
      bpf:
        armed:
          verdict: rejected
          by: verifier
          category: memory-safety
          because: The type says so.
    lesson: |
      \(words(120))
    """

  static let lkm = """
    #include <linux/module.h> /* Job: a. Fault: b. Hook: c. */
    static bool armed;
    module_param(armed, bool, 0444);
    static ulong events, faults;
    module_param(events, ulong, 0444);
    module_param(faults, ulong, 0444);
    static int count(void)
    {
      if (armed) { faults++; } /* armed */
      events++;
      return 0;
    }
    MODULE_LICENSE("GPL");
    """

  static let bpf = """
    #include "vmlinux.h" /* Job: a. Fault: b. Hook: c. */
    const volatile bool armed;
    __u64 events, faults;
    struct { __uint(type, 1); } hits SEC(".maps");
    SEC("kprobe/__x64_sys_getpgid")
    int count(void *regs)
    {
      if (armed) { faults++; } /* armed */
      events++;
      bpf_map_update_elem(&hits, 0, 0, 0);
      return 0;
    }
    char LICENSE[] SEC("license") = "GPL";
    """

  static func words(_ count: Int) -> String {
    Array(repeating: "word", count: count).joined(separator: " ")
  }

  /// The messages of the check, without files, after replacements in the three files.
  static func problems(
    yaml changes: [String: String] = [:], lkm: [String: String] = [:],
    bpf: [String: String] = [:]
  ) -> [Problem] {
    Check.problems(
      of: ScenarioText(
        name: "sample-fault", yaml: yaml.replacing(all: changes),
        lkm: Sample.lkm.replacing(all: lkm), bpf: Sample.bpf.replacing(all: bpf)))
  }
}

extension String {
  /// Each key must be there: a replacement that changes nothing would test nothing.
  func replacing(all changes: [String: String]) -> String {
    changes.reduce(self) { text, change in
      #expect(text.contains(change.key), "the sample has no such text")
      return text.replacing(change.key, with: change.value)
    }
  }
}

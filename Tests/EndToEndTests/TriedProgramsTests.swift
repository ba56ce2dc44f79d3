// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// What `try` says of each program of an object, and what it does in an application's place.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct TriedProgramsTests {
  private static let head = """
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>
    #include <bpf/bpf_tracing.h>
    char LICENSE[] SEC("license") = "GPL";
    """

  private struct Answer {
    var output: Tool.Output
    var trial: [String: Any]
    var text: String { "\(output.text)\(output.errorText)" }
    var verdict: String? { trial["verdict"] as? String }

    /// A value of one of its programs.
    func of(_ program: String, _ key: String) -> String? {
      let programs = trial["programs"] as? [[String: Any]] ?? []
      return programs.first { $0["name"] as? String == program }?[key].map { "\($0)" }
    }
  }

  private func attempt(
    _ source: String, _ options: [String] = [], name: String = "own.bpf.c"
  ) async throws -> Answer {
    try await Harness.use { harness in
      let path = "\(harness.folder)/\(name)"
      try Files.write(name.hasSuffix(".bpf.c") ? Self.head + source : source, to: path)
      let output = try await harness.run(
        ["try", path, "--timeout", "120", "--format", "json"] + options)
      let report = try? JSONSerialization.jsonObject(with: Data(output.text.utf8))
      let trials = (report as? [String: Any])?["trials"] as? [[String: Any]]
      return Answer(output: output, trial: trials?.first ?? [:])
    }
  }

  @Test func whatIsLeftOutOrAttachesNowhereDidNotRun() async throws {
    let answer = try await attempt(
      """

      SEC("?raw_tp/sys_enter") int spare(void *ctx) { return *(int *)8; }
      SEC("kretprobe") int back(void *ctx) { return 0; }
      """)
    #expect(answer.output.status == 0, "\(answer.text)")
    #expect(answer.verdict == "not-run", "\(answer.text)")
    #expect(answer.trial["class"] as? String == "none")
    #expect(answer.of("spare", "left_out")?.contains("--only spare") == true)
    #expect(answer.of("back", "ran") == "no" && answer.of("back", "loaded") == "1")
    #expect(answer.of("back", "note")?.contains("--attach back=kretprobe:FUNCTION") == true)
  }

  @Test func whatIsAskedForIsLoadedThoughItsSectionLeavesItOut() async throws {
    let source = """

      SEC("?raw_tp/sys_enter") int spare(void *ctx) { return *(int *)8; }
      SEC("raw_tp/sys_enter") int kept(void *ctx) { return 0; }
      """
    let refused = try await attempt(source, ["--only", "spare"])
    #expect(refused.verdict == "rejected", "\(refused.text)")
    #expect(refused.of("kept", "left_out") == "not named by --only")
    let ran = try await attempt(source)
    #expect(ran.verdict == "survived", "\(ran.text)")
    #expect(ran.of("kept", "ran") == "yes" && ran.of("kept", "attached") == "raw_tp/sys_enter")
  }

  @Test(arguments: [
    ("SEC(\"kprobe\") int f(void *c) { return 0; }", "f=kprobe:do_sys_openat2"),
    ("SEC(\"fentry/chosen_by_nobody\") int f(void *c) { return 0; }", "f=fentry:do_sys_openat2"),
    ("SEC(\"fexit\") int f(void *c) { return 0; }", "f=fexit:do_sys_openat2"),
    ("SEC(\"tp\") int f(void *c) { return 0; }", "f=tracepoint:raw_syscalls/sys_enter"),
    ("SEC(\"raw_tp\") int f(void *c) { return 0; }", "f=raw-tracepoint:sys_enter"),
    ("SEC(\"mine\") int f(struct xdp_md *c) { return XDP_PASS; }", "f=xdp"),
  ])
  func aProgramAttachesWhereAnApplicationWouldSay(source: String, place: String) async throws {
    let answer = try await attempt("\n\(source)\n", ["--attach", place])
    #expect(answer.verdict == "survived", "\(answer.text)")
    #expect(answer.of("f", "ran") == "yes", "\(answer.text)")
  }

  @Test func whatAttachesNowhereIsTestRunIfTheKernelCan() async throws {
    let answer = try await attempt(
      "\nSEC(\"lwt_in\") int f(struct __sk_buff *s) { return 0; }\n")
    #expect(answer.verdict == "survived", "\(answer.text)")
    #expect(answer.of("f", "attached") == "test run" && answer.of("f", "runs") == "1")
  }

  @Test func aMapOfProgramsIsFilledAndItsTailCallsCantBeCounted() async throws {
    let source = """

      struct {
        __uint(type, BPF_MAP_TYPE_PROG_ARRAY); __uint(max_entries, 2);
        __type(key, __u32); __type(value, __u32);
      } jumps SEC(".maps");
      int second;
      SEC("raw_tp") int next(void *c) { second = 1; return 0; }
      SEC("raw_tp/sys_enter") int first(void *c) { bpf_tail_call(c, &jumps, 1); return 0; }
      """
    let answer = try await attempt(source, ["--map", "jumps=1:next"])
    #expect(answer.verdict == "survived", "\(answer.text)")
    #expect(answer.of("next", "attached") == "tail call", "\(answer.text)")
    #expect(answer.of("first", "ran") == "yes")
    let alone = try await attempt(source)
    #expect(alone.of("next", "attached") == "tail call", "\(alone.text)")
  }

  @Test func sizesThatAnApplicationSetsCanBeGiven() async throws {
    let source = """

      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(key_size, 4); __uint(value_size, 8); }
        seen SEC(".maps");
      SEC("raw_tp/sys_enter") int f(void *c) { __u32 k = 0; return !bpf_map_lookup_elem(&seen, &k); }
      """
    try await Harness.use { harness in
      let path = "\(harness.folder)/sized.bpf.c"
      try Files.write(Self.head + source, to: path)
      let output = try await harness.run(["try", path, "--timeout", "120"])
      #expect(output.text.contains("--map seen=ENTRIES"), "\(output.text)")
    }
    let answer = try await attempt(source, ["--map", "seen=64"])
    #expect(answer.verdict == "survived", "\(answer.text)")
  }

  @Test func variablesOfEveryTypeAreSetAndASlipIsTheRequests() async throws {
    let source = """

      struct { short port; char name[8]; } settings[2];
      volatile const _Bool on; volatile const char word[6] = "old"; volatile const signed char low;
      __u64 events;
      SEC("raw_tp/sys_enter") int f(void *c)
      {
        if (on && word[0] == 'n' && low == -3 && settings[1].port == 80 && settings[1].name[3] == '0')
          events = 42;
        return 0;
      }
      """
    let values = ["on=true", "word=new", "low=-3", "settings[1].port=80", "settings[1].name=eth0"]
    let answer = try await attempt(source, values.flatMap { ["--arg", $0] })
    #expect(answer.trial["observed"] as? Int == 42, "\(answer.text)")
    for (slip, words) in [
      ("wrod=new", "It has"), ("word=longer", "room for 5 characters"), ("low=200", "does not fit"),
      ("settings[1].prot=1", "no member prot, but port, name"), ("settings=1", "name a part"),
    ] {
      let wrong = try await attempt(source, ["--arg", slip])
      #expect(wrong.output.status == 2, "\(slip): \(wrong.text)")
      #expect(wrong.text.contains(words), "\(slip): \(wrong.text)")
    }
  }

  @Test func aPinThatTheObjectAsksForIsNoLeak() async throws {
    let answer = try await attempt(
      """

      struct {
        __uint(type, BPF_MAP_TYPE_ARRAY); __uint(max_entries, 1); __type(key, __u32);
        __type(value, __u32); __uint(pinning, LIBBPF_PIN_BY_NAME);
      } stays SEC(".maps");
      SEC("raw_tp/sys_enter") int f(void *c) { __u32 k = 0; return !bpf_map_lookup_elem(&stays, &k); }
      """)
    #expect(answer.verdict == "survived", "\(answer.text)")
  }

  private static func module(_ body: String, exit: String = "static void __exit stop(void) { }")
    -> String
  {
    """
    #include <linux/module.h>
    #include <linux/delay.h>
    #include <linux/proc_fs.h>
    \(body)
    \(exit)
    module_init(start);
    \(exit.isEmpty ? "" : "module_exit(stop);")
    MODULE_LICENSE("GPL");
    """
  }

  @Test func aFileThatAModuleMakesIsTriedAndItsFaultHasALine() async throws {
    let source = Self.module(
      """
      static ssize_t poke(struct file *f, const char __user *from, size_t n, loff_t *at)
      {
        *(volatile int *)16 = 1;
        return n;
      }
      static const struct proc_ops ops = { .proc_write = poke };
      static int __init start(void) { return proc_create("poked", 0600, NULL, &ops) ? 0 : -ENOMEM; }
      """, exit: "static void __exit stop(void) { remove_proc_entry(\"poked\", NULL); }")
    let answer = try await attempt(source, name: "poked.c")
    #expect(answer.verdict == "oopsed", "\(answer.text)")
    #expect((answer.trial["source"] as? [String: Any])?["line"] as? Int == 6, "\(answer.text)")
    let quiet = try await attempt(source, ["--workload", "sleep_ms: 1"], name: "poked.c")
    #expect(quiet.verdict == "not-run", "\(quiet.text)")
    let line = try await attempt(
      source, ["--workload", "shell: echo 1 > /proc/poked"], name: "poked.c")
    #expect(line.verdict == "oopsed", "\(line.text)")
  }

  /// With a device that nothing opens, and with the same whose write function its init calls.
  @Test(arguments: [false, true])
  func aModuleWhoseCodeNothingCallsDidNotRun(initCalls: Bool) async throws {
    let source = """
      #include <linux/fs.h>
      #include <linux/miscdevice.h>
      #include <linux/module.h>
      static __attribute__((noipa)) ssize_t door_write(
      	struct file *file, const char __user *from, size_t n, loff_t *at)
      {
      	return n;
      }
      static const struct file_operations operations = { .write = door_write };
      static struct miscdevice door = {
      	.minor = MISC_DYNAMIC_MINOR, .name = "door", .fops = &operations,
      };
      static int door_init(void)
      {
      	return \(initCalls ? "door_write(NULL, NULL, 1, NULL) < 0 ?: " : "")misc_register(&door);
      }
      static void door_exit(void) { misc_deregister(&door); }
      module_init(door_init);
      module_exit(door_exit);
      MODULE_LICENSE("GPL");
      """
    let answer = try await attempt(source, ["--workload", "sleep_ms: 1"], name: "door.c")
    #expect(answer.output.status == 0)
    #expect(answer.verdict == (initCalls ? "survived" : "not-run"), "\(answer.text)")
    let functions = answer.trial["functions"] as? [[String: Any]] ?? []
    #expect(functions.map { $0["name"] as? String } == ["door_write"])
    #expect(functions.map { $0["calls"] as? Int } == [initCalls ? 1 : 0])
    guard !initCalls else { return }
    let used = try await attempt(source, name: "door.c")
    #expect(used.verdict == "survived", "\(used.text)")
  }

  @Test func aModuleWithoutAnExitStaysAndLeaksNothing() async throws {
    let answer = try await attempt(
      Self.module("static int __init start(void) { return 0; }", exit: ""), name: "stays.c")
    #expect(answer.verdict == "survived", "\(answer.text)")
    #expect((answer.trial["reason"] as? String)?.contains("no exit function") == true)
  }

  @Test func theLabsThresholdIsNamedAndTheStockOneCanBeHad() async throws {
    let source = Self.module(
      "static int __init start(void) { return 0; }",
      exit: "static void __exit stop(void) { msleep(2500); }")
    try await Harness.use { harness in
      let path = "\(harness.folder)/slow.c"
      try Files.write(source, to: path)
      let output = try await harness.run(["try", path, "--timeout", "120"])
      #expect(output.text.contains("after 120"), "\(output.text)")
      #expect(output.text.contains("--stock-thresholds"), "\(output.text)")
    }
    let answer = try await attempt(source, ["--stock-thresholds"], name: "slow.c")
    #expect(answer.verdict == "survived", "\(answer.text)")
  }
}

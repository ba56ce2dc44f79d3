// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// A user's own files, tried in real guests.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct TryTests {
  private static let goodProgram = """
    #include "vmlinux.h"
    #include <bpf/bpf_helpers.h>
    unsigned long events;
    SEC("tp_btf/sys_enter")
    int count(void *ctx)
    {
      __sync_fetch_and_add(&events, 1);
      return 0;
    }
    char LICENSE[] SEC("license") = "GPL";
    """
  private static let goodModule = """
    #include <linux/module.h>
    static int __init start(void) { return 0; }
    static void __exit stop(void) { }
    module_init(start);
    module_exit(stop);
    MODULE_LICENSE("GPL");
    """

  private func attempt(
    _ files: [String: String], _ options: [String] = []
  ) async throws -> (output: Tool.Output, left: [String]) {
    try await Harness.use { harness in
      var paths: [String] = []
      for (name, text) in files.sorted(by: { $0.key < $1.key }) {
        paths.append("\(harness.folder)/\(name)")
        try text.write(toFile: paths[paths.count - 1], atomically: true, encoding: .utf8)
      }
      let sources = paths.filter { !$0.hasSuffix(".h") }
      // Other tests build modules meanwhile, one harness at a time.
      let output = try await harness.run(["try", "--timeout", "120"] + sources + options)
      let left = try FileManager.default.contentsOfDirectory(atPath: harness.folder)
        .filter { files[$0] == nil }
      return (output, left)
    }
  }

  @Test func aGoodProgramSurvivesAndLeavesNothing() async throws {
    let (output, left) = try await attempt(["good.bpf.c": Self.goodProgram])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("✓ loaded, ran, nothing reported"), "\(output.text)")
    #expect(left.isEmpty)
  }

  @Test func aRejectedProgramIsExplainedWithItsLine() async throws {
    let bad = """
      #include "vmlinux.h"
      #include <bpf/bpf_helpers.h>
      #include "own.h"
      SEC("tp_btf/sys_enter")
      int follow(void *ctx)
      {
        __u32 key = 7;
        __u64 *value = bpf_map_lookup_elem(&counts, &key);
        *value += 1;
        return 0;
      }
      char LICENSE[] SEC("license") = "GPL";
      """
    let own = """
      struct { __uint(type, BPF_MAP_TYPE_HASH); __uint(max_entries, 4);
        __type(key, __u32); __type(value, __u64); } counts SEC(".maps");
      """
    let (output, _) = try await attempt(["bad-one.bpf.c": bad, "own.h": own])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("rejected by verifier"), "\(output.text)")
    #expect(output.text.contains("bad-one.bpf.c:9"), "\(output.text)")
    #expect(output.text.contains("*value += 1;"))
    #expect(output.text.contains("why"))
  }

  @Test func aModuleThatOopsesIsShownWithItsLine() async throws {
    let bad = Self.goodModule.replacingOccurrences(
      of: "{ return 0; }", with: "\n{\n  *(volatile int *)8 = 1;\n  return 0;\n}")
    let (output, _) = try await attempt(["crash.c": bad])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("oopsed"), "\(output.text)")
    #expect(output.text.contains("crash.c:4"), "\(output.text)")
  }

  @Test func aCompilersErrorKeepsItsCaret() async throws {
    let (output, _) = try await attempt(["broken.bpf.c": "int x = nonsense;\n"])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("rejected by compiler"))
    #expect(output.text.contains("broken.bpf.c:1:9: error:"), "\(output.text)")
    #expect(output.text.contains("int x = nonsense;"))
    #expect(output.text.contains("        ^"))
  }

  @Test func aPairHasOneTrialEachInTheUsualEnvelope() async throws {
    let (output, left) = try await attempt(
      ["pair.bpf.c": Self.goodProgram, "pair.c": Self.goodModule], ["--format", "json"])
    #expect(output.status == 0, "\(output.errorText)")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any])
    #expect(report["schema"] != nil && report["run"] != nil && report["summary"] != nil)
    let trials = try #require(report["trials"] as? [[String: Any]])
    #expect(Set(trials.map { $0["mechanism"] as? String }) == ["bpf", "lkm"])
    #expect(trials.allSatisfy { $0["verdict"] as? String == "survived" }, "\(output.text)")
    #expect(trials.allSatisfy { $0["outcome"] as? String == "skipped" })
    #expect(left.isEmpty)
  }

  @Test func aRunDirectoryThatWasKeptIsReadByEveryReport() async throws {
    try await Harness.use { harness in
      var files: [String] = []
      for (name, text) in [("kept.bpf.c", Self.goodProgram), ("kept.c", Self.goodModule)] {
        files.append("\(harness.folder)/\(name)")
        try Files.write(text, to: files[files.count - 1])
      }
      let output = try await harness.run(
        ["try", "--timeout", "120", "--runs", harness.runs] + files)
      #expect(output.status == 0, "\(output.errorText)")
      for format in ["terminal", "html", "markdown", "json", "junit", "ktap", "badge"] {
        let report = try await harness.run(
          ["report", harness.runs + "/latest", "--format", format])
        #expect(report.status == 0, "\(format): \(report.errorText)")
        #expect(format == "badge" || report.text.contains("kept"), "\(format)")
      }
      let page = try await harness.run(["report", harness.runs + "/latest", "--format", "html"])
      #expect(page.text.contains("sys_enter"), "the source is shown")
    }
  }

  @Test func aPacketProgramFindsWhatItAttachesTo() async throws {
    let program = """
      #include "vmlinux.h"
      #include <bpf/bpf_helpers.h>
      unsigned long events;
      SEC("tc") int count(struct __sk_buff *skb) { __sync_fetch_and_add(&events, 1); return 0; }
      char LICENSE[] SEC("license") = "GPL";
      """
    for options in [[], ["--attach", "count=tc-egress:dummy0"]] {
      let (output, _) = try await attempt(["packets.bpf.c": program], options)
      #expect(output.status == 0, "\(output.errorText)")
      #expect(output.text.contains("✓ loaded, ran, nothing reported"), "\(output.text)")
    }
  }

  @Test func eachProgramHasATrialOfItsOwn() async throws {
    let two =
      Self.goodProgram
      + "\nSEC(\"xdp\") int pass(struct xdp_md *ctx) { return XDP_PASS; }\n"
    let (output, _) = try await attempt(["two.bpf.c": two], ["--each-program"])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("program count"))
    #expect(output.text.contains("program pass"))
    #expect(output.text.components(separatedBy: "nothing reported").count == 3, "\(output.text)")
  }

  /// Bytes that are no object, or one for something else.
  @Test func aFileThatIsNoObjectForTheGuestIsRefusedInWords() async throws {
    try await Harness.use { harness in
      let folder = harness.folder
      try Files.write("int f(void) { return 1; }\n", to: folder + "/f.c")
      try await Tool("gcc-12").checked(["-c", folder + "/f.c", "-o", folder + "/native.bpf.o"])
      let native = try Files.read(folder + "/native.bpf.o")
      for (name, bytes, words) in [
        ("empty.bpf.o", [], "it is empty"), ("empty.ko", [], "it is empty"),
        ("text.bpf.o", Array("text".utf8), "does not begin as one does"),
        ("cut.ko", Array(native[..<200]), "truncated"),
        ("native.bpf.o", native, "clang -target bpf"), ("native.ko", native, "not a kernel module"),
      ] as [(String, [UInt8], String)] {
        try Files.write(bytes, to: "\(folder)/\(name)")
        let output = try await harness.run(["try", "\(folder)/\(name)"])
        #expect(output.status == 2, "\(name)")
        #expect(output.errorText.contains(words), "\(name): \(output.errorText)")
      }
      try FileManager.default.createSymbolicLink(
        atPath: folder + "/endless.ko", withDestinationPath: "/dev/zero")
      let output = try await harness.run(["try", folder + "/endless.ko"])
      #expect(output.status == 2)
      #expect(output.errorText.contains("give a file"), "\(output.errorText)")
    }
  }

  /// Sources that would take all memory, all time or all of the disk.
  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      ("world.bpf.c", "#include \"/dev/zero\"\n"), ("world.c", "#include \"/dev/zero\"\n"),
      (
        "disk.bpf.c",
        "char big[1u << 30] = {1};\nint __attribute__((section(\"xdp\"))) f(void *c)"
          + " { return big[3]; }\n"
      ),
      (
        "time.bpf.c",
        "#define A(x) x x x x x x x x x x x x x x x x\n"
          + "const char *x = A(A(A(A(A(A(\"xxxxxxxx\"))))));\n"
      ),
    ])
  func aSourceWithoutMeasureIsStopped(_ name: String, _ text: String) async throws {
    try await Harness.use { harness in
      let path = "\(harness.folder)/\(name)"
      try Files.write(text, to: path)
      let output = try await harness.run(["try", path, "--timeout", "15"])
      #expect([0, 2].contains(output.status), "\(output.text)\(output.errorText)")
      let words = output.text + output.errorText
      #expect(words.contains(name), "\(words)")
      #expect(!words.contains("nothing reported"), "\(words)")
      #expect(try Files.list(harness.folder) == [name])
    }
  }

  @Test func aModuleWithoutALicenceIsRefusedByTheCompiler() async throws {
    let (output, _) = try await attempt(["free.c": "int x;\n"])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("rejected by compiler"), "\(output.text)")
    #expect(output.text.contains("MODULE_LICENSE"), "\(output.text)")
  }

  @Test(.tags(.alone)) func anotherHarnessThatBuildsTakesNoneOfTheTime() async throws {
    try await Harness.use { shared in
      let harness = try await shared.withOwnCache()
      // Makes the template, so that what is measured begins with compiling.
      let first = harness.folder + "/first.bpf.c"
      try Files.write(Self.goodProgram, to: first)
      let warm = try await harness.run(["try", first])
      #expect(warm.status == 0, "\(warm.errorText)")
      let path = harness.folder + "/late.bpf.c"
      // New to the cache, so that it is compiled.
      try Files.write(Self.goodProgram + "/* \(UUID().uuidString) */\n", to: path)
      let folder = harness.cache.path("objects", "6.1", "bpf")
      try Files.makeFolder(folder)
      // Holds the lock for longer than the time that compiling gets.
      let holder = Task {
        try await Tool("flock").checked([
          folder.replacing("/bpf", with: "/.lock-bpf"), "sleep", "6",
        ])
      }
      try await Task.sleep(for: .seconds(1))
      let output = try await harness.run(["try", path, "--timeout", "4"])
      _ = try await holder.value
      #expect(output.errorText.contains("waiting for another harness"), "\(output.errorText)")
      #expect(!output.errorText.contains("did not end"), "\(output.errorText)")
    }
  }

  @Test(arguments: [
    (["try", "/nowhere/x.bpf.c"], "/nowhere/x.bpf.c"), (["try", "/etc/passwd"], ".bpf.c"),
    (["try", "x.c", "--timeout", "0"], "--timeout"),
    (["try", "x.c", "--workload", "fils: 8"], "fils"),
    (["try", "x.c", "--attach", "a"], "--attach"),
    (["try", "x.c", "--arg", "a"], "--arg"),
  ])
  func aWrongRequestEndsWithStatus2(arguments: [String], words: String) async throws {
    try await Harness.use { harness in
      let output = try await harness.run(arguments)
      #expect(output.status == 2)
      #expect(output.errorText.contains(words), "\(output.errorText)")
      #expect(output.standardOutput.isEmpty)
    }
  }
}

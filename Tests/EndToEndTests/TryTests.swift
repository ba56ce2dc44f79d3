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

  @Test func whatAModuleNeedsIsLoadedFirst() async throws {
    let needing = """
      #include <linux/module.h>
      #include <net/udp_tunnel.h>
      static void *kept;
      static int __init start(void) { kept = udp_tunnel_sock_release; return kept ? 0 : -EINVAL; }
      static void __exit stop(void) { }
      module_init(start);
      module_exit(stop);
      MODULE_SOFTDEP("pre: dummy no_such_module");
      MODULE_LICENSE("GPL");
      """
    let (output, _) = try await attempt(["needing.c": needing], ["--format", "json"])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("loaded first: dummy, udp_tunnel"), "\(output.text)")
    #expect(output.text.contains(#""verdict" : "survived""#), "\(output.text)")
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
    let (output, _) = try await attempt(["packets.bpf.c": program])
    #expect(output.status == 0, "\(output.errorText)")
    #expect(output.text.contains("✓ loaded, ran, nothing reported"), "\(output.text)")
    // Nothing is sent over that device.
    let (other, _) = try await attempt(
      ["packets.bpf.c": program], ["--attach", "count=tc-egress:dummy0"])
    #expect(other.status == 0, "\(other.errorText)")
    #expect(other.text.contains("– not run"), "\(other.text)")
    #expect(other.text.contains("tc-egress on dummy0; did not run"), "\(other.text)")
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
        ("text.bpf.o", Array("text".utf8), "neither C (.c) nor an object"),
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

  /// What a compiler reads of this machine is what the command line names.
  @Test func aFileOutsideOfTheSourcesTreeStaysUnread() async throws {
    try await Harness.use { harness in
      let folder = harness.folder
      for part in ["mine/.git", "mine/module", "other"] {
        try Files.makeFolder("\(folder)/\(part)")
      }
      try Files.write("SECRET_WORD of somebody else\n", to: "\(folder)/other/secret.h")
      let license = "char l[] __attribute__((section(\"license\"), used)) = \"GPL\";\n"
      let program =
        "__attribute__((section(\"xdp\"), used)) int f(void *c) { return 2; }\n" + license
      try Files.write(
        "#include \"../other/secret.h\"\n" + program, to: "\(folder)/mine/includes.bpf.c")
      try Files.write(
        "asm(\".section .rodata\\n.incbin \\\"\(folder)/other/secret.h\\\"\\n.text\");\n" + program,
        to: "\(folder)/mine/embeds.bpf.c")
      try Files.write(Self.goodModule, to: "\(folder)/mine/module/good.c")
      try Files.write(
        "obj-m := good.o\n$(warning $(shell cat ../../other/secret.h \(folder)/other/secret.h"
          + "; id > \(folder)/other/written))\n$(error stop)\n",
        to: "\(folder)/mine/module/Makefile")
      for name in ["includes.bpf.c", "embeds.bpf.c", "module"] {
        let output = try await harness.run(["try", "--timeout", "120", "\(folder)/mine/\(name)"])
        let words = output.text + output.errorText
        #expect(!words.contains("SECRET_WORD"), "\(name): \(words)")
        #expect(!words.contains("nothing reported"), "\(name): \(words)")
        #expect([0, 2].contains(output.status), "\(name): \(words)")
      }
      #expect(try Files.list("\(folder)/other") == ["secret.h"])
      #expect(try Files.list("\(folder)/mine/module").sorted() == ["Makefile", "good.c"])
      let named = try await harness.run(
        ["try", "-I", "\(folder)/other", "\(folder)/mine/includes.bpf.c"])
      #expect(named.text.contains("SECRET_WORD"), "it is read if it is named: \(named.text)")
    }
  }

  @Test func aModuleOfTwoSourcesIsBuiltByItsMakefile() async throws {
    try await Harness.use { harness in
      let folder = "\(harness.folder)/driver"
      try Files.makeFolder("\(folder)/parts")
      try Files.write(
        "obj-m := driver.o\ndriver-y := main.o parts/more.o\n", to: "\(folder)/Makefile")
      try Files.write(
        "#include \"parts/more.h\"\n"
          + Self.goodModule.replacing("return 0", with: "return more(8)"),
        to: "\(folder)/main.c")
      try Files.write("int more(unsigned long at);\n", to: "\(folder)/parts/more.h")
      try Files.write(
        "#include \"more.h\"\nint more(unsigned long at)\n{\n  return *(volatile int *)at;\n}\n",
        to: "\(folder)/parts/more.c")
      for path in [folder, "\(folder)/main.c"] {
        let output = try await harness.run(["try", "--timeout", "120", path])
        #expect(output.text.contains("oopsed"), "\(output.text)\(output.errorText)")
        #expect(output.text.contains("driver/parts/more.c:4"), "\(output.text)")
      }
      #expect(try Files.list(folder).sorted() == ["Makefile", "main.c", "parts"])
    }
  }

  /// With clang 14 and -mcpu=v3 the bound of a 32-bit number is lost in its 64-bit register.
  @Test func aRejectionThatIsTheCompilersIsReportedAsThat() async throws {
    let program = """
      #include "vmlinux.h"
      #include <bpf/bpf_helpers.h>
      #define BINS 20
      __u32 bins[BINS];
      static __always_inline __u64 binary_logarithm(__u32 v)
      {
        __u32 shift, r;
        r = (v > 0xFFFF) << 4; v >>= r;
        shift = (v > 0xFF) << 3; v >>= shift; r |= shift;
        shift = (v > 0xF) << 2; v >>= shift; r |= shift;
        shift = (v > 0x3) << 1; v >>= shift; r |= shift;
        return r | (v >> 1);
      }
      SEC("tp_btf/sys_enter") int measure(void *ctx)
      {
        __u64 bin = binary_logarithm(bpf_ktime_get_ns());
        if (bin >= BINS)
          bin = BINS - 1;
        __sync_fetch_and_add(&bins[bin], 1);
        return 0;
      }
      char LICENSE[] SEC("license") = "GPL";
      """
    let (output, _) = try await attempt(["bins.bpf.c": program], ["--format", "json"])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any])
    let trial = try #require((report["trials"] as? [[String: Any]])?.first)
    let tried = try #require(trial["tried"] as? [String: Any])
    #expect((tried["compiler"] as? String)?.hasSuffix("-mcpu=v3") == true)
    guard trial["verdict"] as? String == "rejected" else { return }
    #expect("\(tried["notes"] ?? "")".contains("-mcpu=v1"), "\(output.text)")
    let (words, _) = try await attempt(["bins.bpf.c": program])
    #expect(words.text.contains("· your compiler"), "\(words.text)")
    let (plain, _) = try await attempt(["bins.bpf.c": program], ["--mcpu", "v1"])
    #expect(plain.text.contains("nothing reported"), "\(plain.text)")
  }

  @Test(arguments: [
    (["try", "/nowhere/x.bpf.c"], "/nowhere/x.bpf.c"), (["try", "/etc/passwd"], "neither C (.c)"),
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

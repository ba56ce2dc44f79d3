// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Lab
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct TryRequestTests {
  @Test(arguments: [
    ("xdp", Wire.Attachment.Target.xdp), ("xdp.frags", .xdp), ("tc", .tcIngress),
    ("classifier/mine", .tcIngress), ("tc/egress", .tcEgress), ("cgroup_skb/egress", .cgroup),
    ("cgroup/connect4", .cgroup), ("sockops", .cgroup), ("socket", .socketFilter),
    ("perf_event", .perfEvent), ("sk_lookup", .networkNamespace), ("syscall", .testRun),
    ("?xdp", .xdp),
  ])
  func aSectionThatLibbpfCannotAttachHasATarget(section: String, target: Wire.Attachment.Target) {
    #expect(TriedAttachment.target(ofSection: section) == target)
  }

  @Test(arguments: [
    "kprobe/do_exit", "tp_btf/sys_enter", "fentry/do_exit", "lsm/file_open",
    "iter/task", "xdp/devmap", "socketeer", "struct_ops/x",
  ])
  func whatLibbpfAttachesIsLeftToIt(section: String) {
    #expect(TriedAttachment.target(ofSection: section) == nil)
  }

  @Test func aWordOfTheUserComesBeforeTheSection() {
    let wanted = Wire.Attachment(program: "b", to: .tcEgress, device: "lo")
    let all = TriedAttachment.attachments(
      of: [("a", "xdp"), ("b", "xdp"), ("c", "xdp"), ("d", "kprobe/x")], wanted: [wanted])
    #expect(all.map(\.program) == ["a", "b", "c"])
    #expect(all.map(\.to) == [.xdp, .tcEgress, .testRun])
  }

  @Test func aStepIsReadAsInAScenariosFile() throws {
    #expect(try TryWords.step("files: 8") == .files(count: 8))
    #expect(try TryWords.step("sleep_ms: 5") == .sleep(milliseconds: 5))
    #expect(
      try TryWords.step("{syscall: getpid, times: 3}") == .systemCall(name: "getpid", times: 3))
  }

  @Test(arguments: [
    "", "files", "files: many", "fils: 8", "syscall: reboot", "files: 0", "[1", "- x",
  ])
  func aStepThatIsNoneIsRefusedInOneMessage(text: String) {
    #expect(throws: LabError.self) { try TryWords.step(text) }
  }

  @Test(arguments: [
    ("a=1,2,3", ["1", "2", "3"]), ("a=1,1", ["1"]), (#"a=80\,443"#, ["80,443"]),
    (#"a=x\,y,z"#, ["x,y", "z"]), (#"a=C:\n"#, [#"C:\n"#]), (#"a=end\"#, [#"end\"#]),
  ])
  func severalValuesArePartedByCommas(text: String, values: [String]) throws {
    #expect(try TryWords.argument(text) == ArgumentChoice(name: "a", values: values))
  }

  @Test(arguments: ["a=1,", "a=,1", "a=1,,2", "a=,"])
  func aValueThatIsMissingIsASlip(text: String) {
    #expect(throws: LabError.self) { try TryWords.argument(text) }
  }

  @Test func aNameGivenTwiceOrTooManyCombinationsAreRefused() throws {
    func shape(_ arguments: String...) throws -> TryShape {
      try TryWords.shape(
        attach: [], maps: [], arguments: arguments, only: [], without: [], workload: [])
    }
    #expect(try shape("a=1,2", "b=3").arguments.count == 2)
    #expect(throws: LabError.self) { try shape("a=1", "a=2") }
    let many = (1...16).map(String.init).joined(separator: ",")
    #expect(try shape("a=\(many)", "b=\(many)").arguments.count == 2)
    #expect(throws: LabError.self) { try shape("a=\(many)", "b=\(many)", "c=1,2") }
  }

  @Test func attachAndArgumentsAreReadFromWords() throws {
    #expect(
      try TryWords.attach("drop=tc-egress:eth0")
        == .target(Wire.Attachment(program: "drop", to: .tcEgress, device: "eth0")))
    #expect(
      try TryWords.attach("walk=iterator:counts")
        == .target(Wire.Attachment(program: "walk", to: .iterator, map: "counts")))
    #expect(
      try TryWords.argument("path=a=b") == ArgumentChoice(name: "path", values: ["a=b"]))
    #expect(
      try TryWords.attach("enter=uprobe:/bin/busybox:main")
        == .hook(HookChoice(program: "enter", kind: .uprobe, place: "/bin/busybox:main")))
    for wrong in [
      "drop", "=xdp", "drop=", "drop=moon", "drop=cgroup:lo", "drop=kprobe", "drop=kprobe:",
      "drop=tracepoint:sched_switch", "drop=uprobe:main",
    ] {
      #expect(throws: LabError.self) { try TryWords.attach(wrong) }
    }
  }

  @Test func aMapsSizesAndProgramsAreReadFromWords() throws {
    #expect(try TryWords.map("stacks=1024") == MapChoice(map: "stacks", entries: 1024))
    #expect(
      try TryWords.map("stacks=64,key=4,value=1016,type=stack_trace")
        == MapChoice(map: "stacks", entries: 64, keySize: 4, valueSize: 1016, type: 7))
    #expect(
      try TryWords.map("jumps=0:first,3:second")
        == MapChoice(
          map: "jumps",
          programs: [.init(index: 0, program: "first"), .init(index: 3, program: "second")]))
    for wrong in ["stacks", "stacks=", "stacks=many", "stacks=1,size=4", "stacks=type=hsh", "m=-1"]
    {
      #expect(throws: LabError.self) { try TryWords.map(wrong) }
    }
  }

  @Test(arguments: [
    ("null_map_value", "null_map_value"), ("my-probe", "my_probe"), ("2nd try", "try_2nd_try"),
    ("", "try_"), ("naïve", "na_ve"),
  ])
  func anObjectsNameIsOneThatCAndTheKernelTake(text: String, name: String) {
    #expect(TriedFile.name(from: text) == name)
  }

  @Test func theUsersNamesTakeTheCompilersPlace() {
    let paths = TryPaths(["/home/me/x.bpf.c": "x.bpf.c", "/home/me/x.bpf.c.h": "mine/x.bpf.c.h"])
    #expect(
      paths.place(SourcePlace(file: "/home/me/x.bpf.c.h", line: 3))
        == SourcePlace(file: "mine/x.bpf.c.h", line: 3))
    #expect(
      paths.place(SourcePlace(file: "vmlinux/vmlinux.h", line: 1))?.file == "vmlinux/vmlinux.h")
    #expect(paths.text("/home/me/x.bpf.c.h:3:1: error") == "mine/x.bpf.c.h:3:1: error")
  }

  @Test(arguments: [
    (
      "x_kern.c", "#include <bpf/bpf_helpers.h>\nSEC(\"xdp\") int f(void *c) { return 2; }",
      Mechanism.bpf
    ),
    ("x.ebpf.c", "int x;", .bpf), ("x.bpf.c", "int x = nonsense;", .bpf),
    ("x.c", "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");", .lkm),
    ("x.c", "int broken", .lkm),
  ])
  func aSourceIsKnownByItsContent(name: String, text: String, mechanism: Mechanism) async throws {
    try await withTemporaryFolder { folder in
      try Files.write(text, to: "\(folder)/\(name)")
      #expect(try TriedFile("\(folder)/\(name)").mechanism == mechanism)
    }
  }

  @Test func aUserSpaceProgramIsNotTakenForAModule() async throws {
    try await withTemporaryFolder { folder in
      try Files.write("int main(void) { return 0; }\n", to: "\(folder)/load.c")
      let error = #expect(throws: LabError.self) { try TriedFile("\(folder)/load.c") }
      #expect(error?.description.contains("user-space program") == true)
      #expect(try TriedFile("\(folder)/load.c", as: .bpf).mechanism == .bpf)
    }
  }

  @Test func anObjectIsKnownByItsHeader() throws {
    func header(order: UInt8, type: UInt8, machine: [UInt8]) -> [UInt8] {
      [0x7f, 0x45, 0x4c, 0x46, 2, order] + Array(repeating: 0, count: 10)
        + (order == 1 ? [type, 0] : [0, type]) + machine
    }
    let bpf = try ObjectKind(of: header(order: 1, type: 1, machine: [247, 0]), path: "x.o")
    #expect(bpf?.mechanism == .bpf)
    let module = try ObjectKind(of: header(order: 1, type: 1, machine: [62, 0]), path: "x.ko")
    #expect(module?.mechanism == .lkm)
    #expect(try ObjectKind(of: Array("int x;".utf8), path: "x.c") == nil)
    for (bytes, words) in [
      (header(order: 2, type: 1, machine: [0, 247]), "big-endian"),
      (header(order: 1, type: 3, machine: [62, 0]), "user-space program"),
      (header(order: 1, type: 1, machine: [183, 0]), "another machine"),
      ([0x7f, 0x45, 0x4c, 0x46], "cut off"),
    ] {
      let error = #expect(throws: LabError.self) { try ObjectKind(of: bytes, path: "x.o") }
      #expect(error?.description.contains(words) == true)
    }
  }

  @Test func aFolderIsLookedThroughForWhatCanBeTried() async throws {
    try await withTemporaryFolder { folder in
      for (name, text) in [
        ("src/a.bpf.c", "SEC(\"xdp\") int f(void *c) { return 2; }"),
        ("src/load.c", "int main(void) { return 0; }"), ("src/parts.c", "int helper;"),
        ("mod/Makefile", "obj-m := whole.o\nwhole-objs := one.o two.o\n"),
        ("mod/one.c", "#include <linux/module.h>"), ("mod/two.c", "#include <linux/module.h>"),
        (".git/x.bpf.c", "SEC(\"xdp\") int f(void *c) { return 2; }"),
      ] {
        try Files.makeFolder("\(folder)/\(Files.parent(of: name))")
        try Files.write(text + "\n", to: "\(folder)/\(name)")
      }
      let found = try TriedFolder(folder)
      #expect(
        found.files.map { $0.path.dropFirst(folder.count + 1) } == ["mod/one.c", "src/a.bpf.c"])
      #expect(found.leftOut.map(\.reason).contains("a user-space program"))
      #expect(found.leftOut.count == 2)
    }
  }

  /// A verdict's place may be a guest's word, or an object's.
  @Test func onlyTheAttemptsOwnLinesAreShown() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/mine")
      try Files.write("#include \"own.h\"\nint probe;\n", to: "\(folder)/mine/probe.bpf.c")
      try Files.write("int own;\n", to: "\(folder)/mine/own.h")
      try Files.write("int other;\n", to: "\(folder)/mine/other.h")
      try Files.write(
        [0x7f, 0x45, 0x4c, 0x46, 2, 1] + Array(repeating: 0, count: 10) + [1, 0, 247, 0],
        to: "\(folder)/mine/probe.bpf.o")
      try Files.write("secret\n", to: "\(folder)/secret.c")
      let source = try TriedFile("\(folder)/mine/probe.bpf.c")
      func line(_ file: TriedFile, _ path: String, _ number: Int) throws -> String? {
        try file.line(
          at: SourcePlace(file: path, line: number),
          inputs: ["\(folder)/mine/probe.bpf.c", "\(folder)/mine/own.h"])
      }
      #expect(try line(source, "\(folder)/mine/probe.bpf.c", 2) == "int probe;")
      #expect(try line(source, "\(folder)/mine/own.h", 1) == "int own;")
      for number in [0, -1, .min, .max, 4] {
        #expect(try line(source, "\(folder)/mine/probe.bpf.c", number) == nil)
      }
      for path in ["\(folder)/mine/other.h", "/etc/passwd", "\(folder)/secret.c"] {
        #expect(try line(source, path, 1) == nil)
      }
      let object = try TriedFile("\(folder)/mine/probe.bpf.o")
      #expect(try line(object, "\(folder)/mine/other.h", 1) == "int other;")
      for path in [
        "/etc/passwd", "\(folder)/secret.c", "\(folder)/mine/../secret.c", "\(folder)/mine/gone.c",
        "\(folder)/mine/probe.bpf.o",
      ] {
        #expect(try line(object, path, 1) == nil)
      }
    }
  }
}

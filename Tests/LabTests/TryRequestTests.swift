// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Lab
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

  @Test func attachAndArgumentsAreReadFromWords() throws {
    #expect(
      try TryWords.attach("drop=tc-egress:eth0")
        == Wire.Attachment(program: "drop", to: .tcEgress, device: "eth0"))
    #expect(
      try TryWords.attach("walk=iterator:counts")
        == Wire.Attachment(program: "walk", to: .iterator, map: "counts"))
    #expect(
      try TryWords.argument("path=a=b") == TrialPlan.Argument(name: "path", value: "a=b"))
    for wrong in ["drop", "=xdp", "drop=", "drop=moon", "drop=cgroup:lo"] {
      #expect(throws: LabError.self) { try TryWords.attach(wrong) }
    }
  }

  @Test(arguments: [
    ("null_map_value", "null_map_value"), ("my-probe", "my_probe"), ("2nd try", "try_2nd_try"),
    ("", "try_"), ("naïve", "na_ve"),
  ])
  func anObjectsNameIsOneThatCAndTheKernelTake(text: String, name: String) {
    #expect(TriedFile.name(from: text) == name)
  }

  @Test func theUsersPathsTakeTheWorkspacesPlace() {
    let paths = TryPaths(["bpf/x.bpf.c": "/home/me/x.bpf.c", "bpf/own.h": "/home/me/own.h"])
    #expect(
      paths.place(SourcePlace(file: "bpf/own.h", line: 3))
        == SourcePlace(file: "/home/me/own.h", line: 3))
    #expect(
      paths.place(SourcePlace(file: "bpf/panicroom.bpf.h", line: 1))?.file == "bpf/panicroom.bpf.h")
    #expect(paths.text("bpf/x.bpf.c:3:1: error") == "/home/me/x.bpf.c:3:1: error")
  }

  /// A verdict's place may be a guest's word, or an object's.
  @Test func onlyTheAttemptsOwnLinesAreShown() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/mine")
      try Files.write("#include \"own.h\"\nint probe;\n", to: "\(folder)/mine/probe.bpf.c")
      try Files.write("int own;\n", to: "\(folder)/mine/own.h")
      try Files.write("int other;\n", to: "\(folder)/mine/other.h")
      try Files.write("no object", to: "\(folder)/mine/probe.bpf.o")
      try Files.write("secret\n", to: "\(folder)/secret.c")
      let source = try TriedFile("\(folder)/mine/probe.bpf.c")
      func line(_ file: TriedFile, _ path: String, _ number: Int) throws -> String? {
        try file.line(at: SourcePlace(file: path, line: number))
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

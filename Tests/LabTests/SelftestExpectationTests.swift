// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Lab
import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct SelftestExpectationTests {
  private func record(_ verdict: Verdict, reason: String? = nil, observed: Int64? = nil)
    -> TrialRecord
  {
    TrialRecord(
      id: TrialID(
        scenario: "verifier_and.one", mechanism: .bpf, armed: true, kernel: "6.12",
        profile: "stock", repetition: 1),
      verdict: verdict, observed: observed, expected: .init(verdict: .rejected), outcome: .skipped,
      reason: reason)
  }

  private func mode(_ tags: String...) -> SelftestSpec.Mode {
    SelftestSpec(tags: tags.map { "comment:test_" + $0 }).privileged
  }

  private let refused = Verdict(.rejected, by: "verifier")

  @Test func aRefusalWithItsMessageAgrees() {
    let expectation = SelftestExpectation(mode: mode("expect_failure", "expect_msg=0=R0 !read_ok"))
    let finding = expectation.weigh(
      record(refused), TrialRemains(verifierLog: Array("0: exit\nR0 !read_ok\n".utf8)))
    #expect(finding.outcome == .met && finding.reason == nil)
    #expect(finding.checks.map(\.what) == ["load", "messages"])
  }

  @Test func aRefusalForAnotherReasonAgreesOnLoadingOnly() {
    let expectation = SelftestExpectation(mode: mode("expect_failure", "expect_msg=0=R0 !read_ok"))
    let finding = expectation.weigh(
      record(refused), TrialRemains(verifierLog: Array("back-edge\n".utf8)))
    #expect(finding.outcome == .unmet)
    #expect(finding.checks.map(\.agrees) == [true, false])
  }

  @Test func whatNeverCameToTheKernelIsNoRefusalOfIts() {
    let expectation = SelftestExpectation(mode: mode("expect_failure"))
    let finding = expectation.weigh(
      record(Verdict(.rejected, by: "libbpf"), reason: "missing BPF prog type"), TrialRemains())
    #expect(finding.outcome == .unmet)
    let kernels = expectation.weigh(
      record(
        Verdict(.rejected, by: "libbpf"),
        reason: "prog 'one': BPF program load failed: Invalid argument"), TrialRemains())
    #expect(kernels.outcome == .met)
  }

  @Test func aReturnValueIsHeldAgainstWhatTheRunReturned() {
    let expectation = SelftestExpectation(mode: mode("expect_success", "retval=7"))
    let survived = Verdict(.survived)
    #expect(expectation.weigh(record(survived, observed: 7), TrialRemains()).outcome == .met)
    #expect(expectation.weigh(record(survived, observed: 8), TrialRemains()).outcome == .unmet)
    let failed = expectation.weigh(
      record(survived), TrialRemains(steps: ["run", "run failed: test-run: Invalid argument"]))
    #expect(failed.outcome == .unmet && failed.reason?.contains("Invalid argument") == true)
    let pointer = SelftestExpectation(mode: mode("expect_success", "retval=POINTER_VALUE"))
    #expect(pointer.weigh(record(survived, observed: 123), TrialRemains()).outcome == .met)
  }

  @Test func aGuestThatDiedIsNoAgreementWhateverWasExpected() {
    for tag in ["expect_failure", "expect_success"] {
      let finding = SelftestExpectation(mode: mode(tag)).weigh(
        record(Verdict(.oopsed, kind: .nullDereference)), TrialRemains())
      #expect(finding.outcome == .unmet)
    }
  }

  @Test func aKnownDisagreementStaysOneButIsExplained() {
    let expectation = SelftestExpectation(
      mode: mode("expect_success"), known: ["load": "the kernel lacks it"])
    let finding = expectation.weigh(record(refused, reason: "no"), TrialRemains())
    #expect(finding.outcome == .skipped)
    #expect(finding.reason?.contains("the kernel lacks it") == true)
    #expect(finding.checks.map(\.agrees) == [false])
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct InstructionDumpTests {
  @Test func aDumpIsReadAsTheSelftestsWriteTheirOwn() {
    let dump = """
      int one(void * ctx):
      ; asm volatile (
         0: (b7) r1 = 1
             b7 01 00 00 01 00 00 00
         1: (85) call bpf_get_smp_processor_id#8
             85 00 00 00 08 00 00 00
         1: (85) call bpf_get_prandom_u32#73456
             85 00 00 00 f0 1e 01 00
         2: (85) call pc+3#bpf_prog_0123_sub
             85 10 00 00 03 00 00 00
         3: (bf) r0 = r0
             bf 00 ff ff 00 00 00 00
         4: (3c) w2 /= w3
             3c 32 01 00 00 00 00 00
         5: (97) r2 %= -1
             97 02 01 00 ff ff ff ff
         6: (bf) r1 = r2
             bf 21 10 00 00 00 00 00
        12: (18) r1 = map[id:3]
             18 11 00 00 03 00 00 00 00 00 00 00 00 00 00 00
        14: (95) exit
             95 00 00 00 00 00 00 00
      """
    #expect(
      InstructionDump.text(Array(dump.utf8)) == """
        0: r1 = 1
        1: call bpf_get_smp_processor_id
        1: call unknown
        2: call pc+3
        3: r0 = &(void __percpu *)(r0)
        4: w2 s/= w3
        5: r2 s%= -1
        6: r1 = (s16)r2
        12: r1 = map[id:3]
        14: exit

        """)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct SelftestTreeTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "panicroom-tree-\(UUID().uuidString)"
    defer { #expect(throws: Never.self) { try Files.remove(folder) } }
    try Files.makeFolder(folder + "/scripts")
    try Files.makeFolder(folder + "/tools/testing/selftests/bpf/progs")
    try Files.write("", to: folder + "/scripts/bpf_doc.py")
    try Files.write(
      "# SPDX\nVERSION = 6\nPATCHLEVEL = 12\nSUBLEVEL = 117\nEXTRAVERSION =\n",
      to: folder + "/Makefile")
    try body(folder)
  }

  private func message(_ path: String) -> String {
    do {
      _ = try SelftestTree(path)
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test func aFolderThatIsNoKernelsSourceIsRefused() throws {
    #expect(message("/nowhere").contains("there is no such folder"))
    #expect(message("/usr").contains("is no kernel's source"))
  }

  @Test func aSourceWithoutAnnotationsIsTooOld() throws {
    try withFolder { folder in
      #expect(message(folder).contains("Linux 6.12.117, whose self-tests have no annotated"))
      let progs = folder + "/tools/testing/selftests/bpf/progs"
      try Files.write("comment:test_expect_failure", to: progs + "/bpf_misc.h")
      #expect(message(folder).contains("no annotated"))
      try Files.write("", to: progs + "/verifier_and.c")
      let tree = try SelftestTree(folder)
      #expect(tree.series == "6.12")
      #expect(try tree.sources == ["progs/verifier_and.c"])
    }
  }
}

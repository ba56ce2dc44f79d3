// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct SelftestSpecTests {
  private func spec(_ tags: String...) -> SelftestSpec {
    SelftestSpec(tags: tags.map { "comment:test_" + $0 })
  }

  @Test func withoutATagAProgramIsToLoadWithPrivileges() {
    let spec = SelftestSpec(tags: ["arg:ctx"])
    #expect(spec.isPrivileged && !spec.isUnprivileged && !spec.privileged.fails)
    #expect(spec.privileged.returns == nil)
  }

  @Test func messagesKeepTheirOrderAndWhatStandsBehindTheirNumber() {
    let spec = spec("expect_failure", "expect_msg=4=R1 a=b", "expect_msg=5=again")
    #expect(spec.privileged.fails)
    #expect(spec.privileged.messages.map(\.text) == ["R1 a=b", "again"])
    #expect(!spec.isUnprivileged)
  }

  @Test func whatIsNotSaidOfTheUnprivilegedModeIsTakenFromTheOther() {
    let spec = spec("expect_failure", "expect_msg=0=one", "retval=3", "expect_msg_unpriv=1=two")
    #expect(spec.isPrivileged && spec.isUnprivileged)
    #expect(spec.unprivileged.fails)
    #expect(spec.unprivileged.messages.map(\.text) == ["two"])
    #expect(spec.unprivileged.returns == .value(3))
    let other = self.spec("expect_failure", "expect_success_unpriv", "expect_msg=0=one")
    #expect(!other.unprivileged.fails)
    #expect(other.unprivileged.messages.map(\.text) == ["one"])
  }

  @Test(arguments: [
    ("42", SelftestSpec.Returns.value(42)), ("0x1f", .value(31)), ("-1", .value(-1)),
    ("0xffffffff", .value(-1)), ("4294967295", .value(-1)), ("INT_MIN", .value(.min)),
    ("TEST_DATA_LEN", .value(64)), ("POINTER_VALUE", .pointer),
  ])
  func returnValuesAreReadAsTheKernelsOwnLoaderReadsThem(
    text: String, value: SelftestSpec.Returns
  ) {
    let spec = spec("retval=" + text)
    #expect(spec.privileged.returns == value)
    #expect(spec.unknown.isEmpty)
  }

  @Test func flagsAreAddedAndTakenAway() {
    let spec = spec(
      "prog_flags=BPF_F_STRICT_ALIGNMENT", "prog_flags=0x10", "prog_flags=!BPF_F_TEST_RND_HI32")
    #expect(spec.flags == 0x11 && spec.clearedFlags == 4)
  }

  @Test func disassemblyIsToFollowLineByLineUnlessDotsLeaveLinesOut() {
    let spec = spec(
      "expect_xlated=0=0: r1 = 1", "expect_xlated=1=...", "expect_xlated=2=4: exit")
    #expect(spec.privileged.rewritten.map(\.isOnNextLine) == [true, false])
  }

  @Test func machineCodeCountsForTheGuestsMachineOnly() {
    let spec = spec("arch=ARM64", "jited=0=ret", "arch=X86_64", "jited=1=retq")
    #expect(spec.machines == ["ARM64", "X86_64"])
    #expect(spec.privileged.compiled.map(\.text) == ["retq"])
  }

  @Test func aTagThatIsNotUnderstoodIsKept() {
    #expect(spec("load_mode=jited").unknown == ["comment:test_load_mode=jited"])
    #expect(spec("prog_flags=BPF_F_NEW").unknown.count == 1)
    #expect(spec("expect_msg=0={{open").unknown.count == 1)
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct ExpectedMessageTests {
  private func missing(_ messages: [String], _ log: String) -> String? {
    ExpectedMessage.missing(messages.map { ExpectedMessage($0) }, in: Array(log.utf8))
  }

  @Test func messagesAreFoundInTheirOrder() {
    #expect(missing(["one", "two"], "zero one\ntwo\n") == nil)
    #expect(missing(["two", "one"], "zero one\ntwo\n")?.contains("\"one\"") == true)
    // Each match begins behind the one before it.
    #expect(missing(["one", "one"], "one\n") != nil)
    #expect(missing(["one", "one"], "one one\n") == nil)
    #expect(missing([], "") == nil)
    #expect(missing(["x"], "") != nil)
  }

  @Test func expressionsStandBetweenBracesAndTheRestIsLiteral() {
    #expect(missing(["R{{[0-9]+}}=fp(*)"], "R10=fp(*)") == nil)
    #expect(missing(["R{{[0-9]+}}=fp(*)"], "R10=fp((") != nil)
    // A dot does not cross a line (REG_NEWLINE), and an anchor knows one.
    #expect(missing(["a{{.*}}b"], "a\nb") != nil)
    #expect(missing(["{{^}}b{{$}}"], "a\nb\nc") == nil)
  }

  @Test func aLineOfDisassemblyMustFollowTheOneBefore() {
    let messages = [
      ExpectedMessage("0: one", isOnNextLine: true), ExpectedMessage("1: two", isOnNextLine: true),
    ]
    #expect(ExpectedMessage.missing(messages, in: Array("x\n0: one\n1: two\n".utf8)) == nil)
    #expect(ExpectedMessage.missing(messages, in: Array("0: one\nx\n1: two\n".utf8)) != nil)
  }
}

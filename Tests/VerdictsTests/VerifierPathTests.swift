// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Logs of programs of the kernel's own verifier tests (tools/testing/selftests/bpf/progs), loaded
/// in guests with the kernel that the fixture's name tells.
@Suite(.lane, .timeLimit(.minutes(5))) struct VerifierPathTests {
  private func rejection(_ name: String) throws -> Rejection {
    try #require(VerifierLog.rejection(in: try Fixture.bytes("verifier-\(name)")))
  }

  private func steps(_ rejection: Rejection) -> [String] {
    rejection.path.map { "\($0.instruction): \($0.why)" }
  }

  private func state(_ name: String, _ rejection: Rejection) -> String? {
    rejection.registers.first { $0.name == name }?.state
  }

  @Test func theWayOfAPointerAndOfTheNumberAddedToItIsTold() throws {
    let found = try rejection("6.12-mask")
    #expect(found.message == "invalid access to map value, value_size=48 off=1008 size=8")
    #expect(
      steps(found) == [
        "6: returns its result in R0", "7: not taken", "8: sets R1", "9: changes R1",
        "10: changes R1", "11: changes R0",
      ])
    #expect(found.path[0].line == 29)
    #expect(found.path[0].text == "(85) call bpf_map_lookup_elem#1")
    #expect(state("R0", found)?.hasPrefix("map_value(map=map_hash_48b,ks=8,vs=48,smin=") == true)
    #expect(state("R1", found) == "4")
    #expect(found.explanation.contains("Instruction 11 (`r0 += r1`, line 29) changes R0."))
    #expect(
      found.explanation.contains("The branch at 7 (`if r0 == 0x0 goto pc+4`, line 29) was not"))
  }

  /// Behind a jump 6.1 prints where it goes on, or the C line that comes next.
  @Test func aJumpEndsBeforeWhatIsPrintedBehindIt() throws {
    let log = """
      0: R1=ctx(off=0,imm=0) R10=fp0
      0: (85) call bpf_get_prandom_u32#7    ; R0_w=scalar()
      1: (56) if w0 != 0x5 goto pc-2 0: R0=scalar(umin=1) R10=fp0
      0: (85) call bpf_get_prandom_u32#7    ; R0_w=scalar()
      1: (56) if w0 != 0x5 goto pc-2 ; Rolls = throw_dice();
      infinite loop detected at insn 0
      processed 4 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1

      """
    let found = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(found.instruction?.text == "(56) if w0 != 0x5 goto pc-2")
    #expect(found.path.allSatisfy { !$0.text.contains("scalar") && !$0.text.contains("Rolls") })
    #expect(state("R0", found) == "scalar()")
  }

  /// 6.1 prints no source lines' numbers, and backtracking in other words.
  @Test func theSameIsReadFrom61() throws {
    let found = try rejection("6.1-mask")
    #expect(steps(found) == steps(try rejection("6.12-mask")))
    #expect(found.path.allSatisfy { $0.line == nil })
  }

  @Test func aCallThatDestroysARegisterIsNamed() throws {
    let found = try rejection("6.12-destroyed")
    #expect(found.message == "R1 !read_ok")
    #expect(steps(found).first == "6: destroys R1 to R5, as every call does")
    #expect(state("R1", found) == nil)
    #expect(state("R0", found) == "map_value(map=map_hash_48b,ks=8,vs=48)")
  }

  /// The log does not print that a release turns the pointers to the object into numbers.
  @Test func aReleaseThatInvalidatesAPointerIsNamed() throws {
    let found = try rejection("6.12-released")
    #expect(found.message == "R6 invalid mem access 'scalar'")
    #expect(
      steps(found) == [
        "11: returns its result in R0", "12: not taken", "18: copies R0 to R6",
        "19: gives up what R6 pointed to",
      ])
    #expect(state("R6", found) == "scalar()")
    #expect(
      found.explanation.contains(
        "R6 is only a number; the log last showed it as `mem(ref_obj_id=2,sz=32)`"))
  }

  @Test func whatIsLeakedIsFollowedIntoAFunctionOfTheProgram() throws {
    let found = try rejection("6.12-leak-in-callee")
    #expect(found.category == .resourceLifetimeSafety)
    #expect(steps(found) == ["7: acquires the reference"])
    #expect(found.path[0].line == 180)
    #expect(state("R10", found) == "fp0")
    #expect(state("fp-8", found) == nil, "the callee's frame is gone")
  }

  @Test func ofTwoPathsTheRefusedOneIsTold() throws {
    let found = try rejection("6.12-one-branch")
    #expect(found.instruction?.index == 21)
    #expect(
      steps(found) == [
        "19: acquires the reference", "20: the last branch on this path, not taken",
      ])
    #expect(state("R0", found) == "sock_or_null(id=2,ref_obj_id=2)")
  }

  @Test func theStackSlotThatAMessageMeansIsShown() throws {
    let found = try rejection("6.12-stack")
    #expect(found.explanation.contains("The stack slot fp-16 holds `dynptr_ringbuf(id=1,"))
    #expect(state("fp-16", found) == "dynptr_ringbuf(id=1,ref_id=2,dynptr_id=1)")
  }

  /// The other side of the branch overwrote R1; on this path R6 has it.
  @Test func aPathThatWasGivenUpLeavesNothing() throws {
    let log = """
      0: R1=ctx() R10=fp0
      0: (b7) r1 = 0                        ; R1_w=0
      1: (15) if r2 == 0x0 goto pc+2        ; R2=scalar()
      2: (b7) r1 = 7                        ; R1_w=7
      3: (95) exit

      from 1 to 4: R1=0 R2=0 R10=fp0
      4: (79) r0 = *(u64 *)(r1 +0)
      R1 invalid mem access 'scalar'
      processed 5 insns (limit 1000000)
      """
    let found = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(
      steps(found) == ["0: sets R1", "1: the last branch on this path, taken, to 4"])
    #expect(state("R1", found) == "0")
  }

  /// 5.10 shows the state before each instruction, on a line of its own.
  @Test func theStateLinesOf510AreRead() throws {
    let log = """
      func#0 @0
      0: R1=ctx(id=0,off=0,imm=0) R10=fp0
      0: (bf) r6 = r1
      1: R1=ctx(id=0,off=0,imm=0) R6_w=ctx(id=0,off=0,imm=0) R10=fp0
      1: (85) call bpf_get_prandom_u32#7
      2: R0_w=invP(id=0) R6_w=ctx(id=0,off=0,imm=0) R10=fp0
      2: (79) r1 = *(u64 *)(r0 +0)
      R0 invalid mem access 'inv'
      processed 3 insns (limit 1000000)
      """
    let found = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(state("R0", found) == "invP(id=0)")
    #expect(state("R1", found) == nil)
    #expect(steps(found) == ["1: returns its result in R0"])
  }

  @Test func aLongLogKeepsWhatSetARegisterLongAgo() throws {
    var log = "0: R1=ctx() R10=fp0\n0: (b7) r6 = 0 ; R6_w=0\n"
    for number in 0..<20_000 { log += "\(1 + number % 2): (07) r7 += 1\n" }
    log += "3: (79) r0 = *(u64 *)(r6 +0)\nR6 invalid mem access 'scalar'\nprocessed 9 insns\n"
    let found = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(steps(found) == ["0: sets R6"])
    #expect(!found.explanation.contains("No branch"), "not all of the path is known")
  }

  /// Cut anywhere, a log is read without a crash, and names no register that it doesn't show.
  @Test func aCutLogIsRead() throws {
    let bytes = try Fixture.bytes("verifier-6.12-released")
    for cut in stride(from: 0, to: bytes.count, by: 7) {
      _ = VerifierLog.rejection(in: Array(bytes[..<cut]))
      _ = VerifierLog.rejection(in: Array(bytes[cut...]))
      _ = VerifierLog.rejection(in: Array(bytes[cut...]) + [0xff, 0xc3, 0x0a])
    }
    let half = try #require(VerifierLog.rejection(in: Array(bytes.suffix(500))))
    #expect(half.message == "R6 invalid mem access 'scalar'")
  }

  @Test(arguments: [
    ("libbpf: prog 'p': BPF program load failed: Permission denied\n", Gate.verifier),
    ("libbpf: prog 'p': BPF program load failed: Argument list too long\n", .verifier),
    ("libbpf: map 'm': failed to create: Operation not permitted(-1)\n", .policy),
    ("libbpf: map 'm': failed to create: Cannot allocate memory(-12)\n", .libbpf),
  ]) func withoutALogTheErrorNumberIsTold(line: String, gate: Gate) throws {
    let log = line + "libbpf: failed to load object 'p.o'\n"
    let found = try #require(RefusalLog.rejection(in: Array(log.utf8)))
    #expect(found.by == gate)
  }

  /// From libbpf 1.1 in a 6.1 guest.
  @Test(arguments: [
    "libbpf: prog 'p': failed to create kprobe 'no_such_function+0x0' perf event: No such file or directory",
    "libbpf: failed to determine tracepoint 'sched/no_such_event' perf event ID: No such file or directory",
    "libbpf: prog 'p': failed to attach to raw tracepoint 'no_such_event': No such file or directory",
    "libbpf: failed to open /no/such/file: No such file or directory",
  ]) func anAttachTargetThatIsMissingIsTold(line: String) throws {
    let found = try #require(RefusalLog.rejection(in: Array(line.utf8)))
    #expect(found.by == .attach)
    #expect(found.headline == "the place to attach to does not exist")
  }

  @Test func typeInformationThatIsOptionalIsNoRefusal() throws {
    let log = """
      libbpf: Error loading .BTF into kernel: -22. BTF is optional, ignoring.
      libbpf: map 'm': failed to create: Cannot allocate memory(-12)
      libbpf: failed to load object 'm.o'
      """
    let found = try #require(RefusalLog.rejection(in: Array(log.utf8)))
    #expect(found.message == "map 'm': failed to create: Cannot allocate memory(-12)")
  }

  @Test func whereACallsMemoryIsTooSmallTheCallIsAtFault() throws {
    let log = """
      9: (85) call bpf_dynptr_slice#32433
      invalid indirect read from stack R3 off -24+8 size 9
      arg#2 arg#3 memory, len pair leads to invalid memory access
      processed 9 insns (limit 1000000)
      """
    let found = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(found.category == .callTypeSafety)
    #expect(found.message == "invalid indirect read from stack R3 off -24+8 size 9")
  }
}

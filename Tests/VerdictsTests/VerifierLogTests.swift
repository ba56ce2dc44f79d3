// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct VerifierLogTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    var name: String
    var by: Gate
    var category: Category?
    var index: Int?
    var message: String
    var testDescription: String { name }

    init(
      _ name: String, _ category: Category?, _ index: Int?, _ message: String, by: Gate = .verifier
    ) {
      self.name = name
      self.by = by
      self.category = category
      self.index = index
      self.message = message
    }
  }

  static let real: [Expected] = [
    Expected(
      "null-map-value", .registerTypeSafety, 7, "R0 invalid mem access 'map_value_or_null'"),
    Expected(
      "array-bounds", .memorySafety, 14, "invalid access to map value, value_size=32 off=56 size=8"),
    Expected(
      "unbounded", .memorySafety, 15,
      "R6 unbounded memory access, make sure to bounds check any such access"),
    Expected("infinite-loop", .programStructure, 3, "back-edge from insn 3 to 4"),
    Expected(
      "reference-leak", .resourceLifetimeSafety, 9, "Unreleased reference id=2 alloc_insn=4"),
    Expected("missing-unlock", .executionContextSafety, 15, "bpf_spin_unlock is missing"),
    Expected(
      "call-under-lock", .executionContextSafety, 11,
      "function calls are not allowed while holding a lock"),
    Expected(
      "lock-in-kprobe", .policy, nil, "tracing progs cannot use bpf_spin_lock yet"),
    Expected(
      "packet", .memorySafety, 1, "invalid access to packet, off=14 size=1, R1(id=0,off=14,r=0)"),
    Expected(
      "sleep-helper", .executionContextSafety, 4, "helper call might sleep in a non-sleepable prog"),
    Expected("bad-helper", .policy, 0, "unknown func bpf_get_current_pid_tgid#14"),
    Expected(
      "gpl", .policy, 3, "cannot call GPL-restricted function from non-GPL compatible program"),
    Expected("bad-context", .memorySafety, 0, "invalid bpf_context access off=4000 size=4"),
    Expected("scalar-deref", .registerTypeSafety, 1, "R0 invalid mem access 'scalar'"),
    Expected(
      "return-value", .programStructure, 1,
      "At program exit the register R0 has value (0x7; 0x0) should have been in (0x0; 0x3)"),
    Expected(
      "kfunc", .policy, 0, "calling kernel function emergency_restart is not allowed"),
    Expected(
      "ptr-leak", .registerTypeSafety, 8, "R0 pointer arithmetic with >>= operator prohibited"),
    Expected("div0", .programStructure, 1, "div by zero"),
    Expected("uninit", .registerTypeSafety, 0, "R7 !read_ok"),
    Expected("unreleased2", .callTypeSafety, 12, "R1 type=scalar expected=alloc_mem"),
    Expected(
      "kfunc-missing", nil, nil,
      "extern (func ksym) 'no_such_function': not found in kernel or module BTFs", by: .libbpf),
    Expected(
      "attach-missing", nil, nil,
      "prog 'prog': failed to find kernel BTF type ID of 'no_such_function': -3", by: .libbpf),
    Expected(
      "core-missing", nil, 1,
      "failed to resolve CO-RE relocation <byte_off> [34] struct task_struct.no_such_field "
        + "(0:0 @ offset 0)", by: .libbpf),
    Expected(
      "map-huge", nil, nil,
      "Error in bpf_create_map_xattr(zero):Invalid argument(-22). Retrying without BTF.",
      by: .libbpf),
  ]

  @Test(arguments: real) func aRealRejectionIsRead(_ expected: Expected) throws {
    let bytes = try Fixture.bytes("verifier-6.1-\(expected.name)")
    let rejection = try #require(VerifierLog.rejection(in: bytes))
    #expect(rejection.by == expected.by)
    #expect(rejection.category == expected.category)
    #expect(rejection.instruction?.index == expected.index)
    #expect(rejection.message == expected.message)
    let lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
    #expect(String(decoding: lines[rejection.line - 1], as: UTF8.self).contains(expected.message))
    #expect(!rejection.headline.isEmpty && !rejection.explanation.isEmpty)
    #expect(!rejection.suggestion.isEmpty)
  }

  @Test func theSourceLineOfTheRefusedInstructionIsShown() throws {
    let bytes = try Fixture.bytes("verifier-6.1-null-map-value")
    let rejection = try #require(VerifierLog.rejection(in: bytes))
    #expect(rejection.sourceText == "*v += 1;")
    #expect(rejection.instruction?.text == "(79) r1 = *(u64 *)(r0 +0)")
  }

  @Test func anAcceptedProgramsLogHasNoRejection() throws {
    #expect(VerifierLog.rejection(in: try Fixture.bytes("verifier-6.1-fine")) == nil)
    #expect(VerifierLog.rejection(in: []) == nil)
  }

  /// From Linux 6.8 on (kernel/bpf/log.c verbose_linfo).
  @Test func thePlaceBehindASourceLineIsRead() throws {
    let log = """
      0: R1=ctx() R10=fp0
      ; *value += 1; /* armed @ home */ @ null_map_value.bpf.c:31
      7: (79) r1 = *(u64 *)(r0 +0)          ; R0=map_value_or_null(id=1,map=hits,ks=4,vs=8)
      R0 invalid mem access 'map_value_or_null'
      processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0
      """
    let rejection = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(rejection.source == SourcePlace(file: "null_map_value.bpf.c", line: 31))
    #expect(rejection.sourceText == "*value += 1; /* armed @ home */")
    #expect(rejection.instruction?.text == "(79) r1 = *(u64 *)(r0 +0)")
  }

  /// Before 5.18 the registers' state stood on lines of its own (kernel/bpf/verifier.c
  /// print_verifier_state).
  @Test func theOldFormatIsRead() throws {
    let log = """
      Unrecognized arg#0 type PTR
      ; *value += 1;
      7: (79) r1 = *(u64 *)(r0 +0)
       R0=map_value_or_null(id=1,off=0,ks=4,vs=8,imm=0) R10=fp0 fp-8=mmmm????
      R0 invalid mem access 'map_value_or_null'
      processed 8 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0
      """
    let rejection = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(rejection.message == "R0 invalid mem access 'map_value_or_null'")
    #expect(rejection.instruction?.index == 7)
    #expect(rejection.sourceText == "*value += 1;")
    #expect(rejection.source == nil)
  }

  @Test func aNoteOnAnAcceptedArgumentIsNoRejection() {
    let log = """
      0: R1=ctx(off=0,imm=0) R10=fp0
      0: (79) r6 = *(u64 *)(r1 +0)
      func 'bpf_lsm_file_open' arg0 has btf_id 1234 type STRUCT 'file'
      1: safe
      processed 5 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0
      """
    #expect(VerifierLog.rejection(in: Array(log.utf8)) == nil)
  }

  @Test func thePreciserOfTwoMessagesIsTheMessage() throws {
    let log = """
      14: (7b) *(u64 *)(r6 +0) = r1
      invalid access to map value, value_size=32 off=56 size=8
      R6 max value is outside of the allowed memory range
      processed 15 insns (limit 1000000)
      """
    let rejection = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(rejection.message == "invalid access to map value, value_size=32 off=56 size=8")
  }

  /// Linux 7.3 (kernel/bpf/diagnostics.c), the sample of cilium/ebpf's pull request 2111.
  @Test func theRedesignedFormatIsRead() throws {
    let log = """
      0: R1=ctx() R10=fp0
      0: (95) exit
      R0 !read_ok

      Verification failed: Register Type Safety: Unreadable register

      Reason:
        R0 has never been initialized on this path, so the verifier cannot use it as an input.

      At:
        insn 0
              | ^-- error: R0 is not readable
        Instruction context:
        >>> 0 | (95) exit

      Causal path:
        no retained diagnostic events on this path

      Suggestion:
        Initialize R0 on every path before this instruction.

      processed 1 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0
      """
    let rejection = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(rejection.category == .registerTypeSafety)
    #expect(rejection.headline == "Unreadable register")
    #expect(rejection.message == "R0 !read_ok")
    #expect(rejection.line == 3)
    #expect(rejection.instruction == .init(index: 0, text: "(95) exit"))
    #expect(rejection.explanation.hasPrefix("R0 has never been initialized"))
    #expect(rejection.suggestion == "Initialize R0 on every path before this instruction.")
  }

  /// Messages of kernel/bpf/verifier.c that no fixture shows, with their categories.
  @Test(arguments: [
    ("combined stack size of 2 calls is 544. Too large", Category.verifierLimit),
    ("BPF program is too large. Processed 1000001 insn", .verifierLimit),
    ("The sequence of 8193 jumps is too complex.", .verifierLimit),
    ("the call stack of 9 frames is too deep !", .verifierLimit),
    ("infinite loop detected at insn 4", .programStructure),
    ("unreachable insn 5", .programStructure),
    ("invalid read from stack R10 off -8+0 size 8", .memorySafety),
    ("invalid indirect read from stack R2 off -8+0 size 8", .memorySafety),
    ("invalid write to stack R10 off=-520 size=8", .memorySafety),
    ("misaligned stack access off (0x0; 0x0)+0+-3 size 8", .memorySafety),
    ("R1 type=ctx expected=fp", .callTypeSafety),
    ("Possibly NULL pointer passed to trusted arg0", .callTypeSafety),
    (
      "kernel func bpf_iter_num_new is sleepable within rcu_read_lock region",
      .executionContextSafety
    ),
    ("BPF_EXIT instruction in main prog would lead to reference leak", .resourceLifetimeSafety),
    ("BPF_EXIT instruction cannot be used inside bpf_spin_lock-ed region", .executionContextSafety),
    ("R2 leaks addr into map", .registerTypeSafety),
    ("frame pointer is read only", .registerTypeSafety),
    ("verifier bug: REG INVARIANTS VIOLATION (true_reg1)", .verifierInternalError),
    ("attach_btf_id 12 points to disabled hook bpf_lsm_x", .policy),
    ("struct ops programs must have a GPL compatible license", .policy),
    ("func bpf_probe_read#4 requires CAP_PERFMON", .policy),
    ("expected an uninitialized iter_num as arg #0", .resourceLifetimeSafety),
    ("BPF_ATOMIC loads from R2 pkt is not allowed", .registerTypeSafety),
    ("variable ctx access var_off=(0x0; 0xff)", .registerTypeSafety),
    ("jump table for insn 3 points outside of the subprog [0,4]", .programStructure),
    ("Attaching fexit/fmod_ret to __noreturn functions is rejected.", .policy),
    ("stack depth 528 exceeds 512", .verifierLimit),
  ]) func aMessageHasItsCategory(_ message: String, _ category: Category) throws {
    let log = "0: (95) exit\n\(message)\nprocessed 1 insns (limit 1000000)\n"
    let rejection = try #require(VerifierLog.rejection(in: Array(log.utf8)))
    #expect(rejection.category == category)
    #expect(rejection.message == message)
    #expect(rejection.headline != message)
  }

  /// Every format string of 6.1's kernel/bpf/verifier.c, btf.c and bpf_lsm.c that ends a
  /// verification, its conversions filled in.
  @Test func nearlyEveryMessageOf61HasACategoryAndAnExplanationOfItsOwn() throws {
    let messages = try Fixture.lines("verifier-6.1-messages.txt")
    #expect(messages.count > 400)
    let rejections = messages.compactMap {
      VerifierLog.rejection(in: Array("0: (95) exit\n\($0)\nprocessed 1 insns\n".utf8))
    }
    let known = rejections.filter { $0.category != nil && $0.headline != $0.message }
    #expect(known.count * 100 >= messages.count * 99)
  }

  @Test func theLoadersWordsNameTheirReason() {
    func headline(_ gate: Gate, _ errno: Int32, _ message: String, _ log: String = "") -> String {
      LoaderLog.rejection(by: gate, errno: errno, message: message, log: Array(log.utf8)).headline
    }
    #expect(
      headline(.moduleLoader, 2, "", "[    3.1] twin: Unknown symbol emergency_foo (err -2)")
        == "the module needs a symbol that the kernel does not export")
    #expect(
      headline(
        .moduleLoader, 8, "Exec format error",
        "twin: version magic '5.10.0 SMP' should be '6.1.0 SMP'")
        == "the module was built for another kernel")
    #expect(
      headline(.moduleLoader, 129, "") == "the module's signature is missing or not trusted")
    let taken: [(errno: Int32, words: String)] = [
      (17, "load dummy: File exists"), (17, ""), (22, "dummy: module is already loaded"),
    ]
    for (errno, words) in taken {
      let refusal = LoaderLog.rejection(by: .moduleLoader, errno: errno, message: words, log: [])
      #expect(refusal.headline == "a module of this name is there already", "\(words)")
      #expect(refusal.suggestion.contains("rename its source file"))
    }
    #expect(
      headline(.attach, 2, "prog 'p': failed to create kprobe 'x+0x0' perf event: No such file")
        == "the place to attach to does not exist")
    #expect(
      LoaderLog.rejection(
        by: .moduleLoader, errno: 8, message: "",
        log: Array("GPL-incompatible module twin.ko uses GPL-only symbol 'kp'".utf8)
      ).by == .policy)
  }
}

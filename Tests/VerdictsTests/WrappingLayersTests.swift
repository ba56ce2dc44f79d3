// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What passes a log on puts layers around its lines, and layers around those: none of them changes
/// the answer.
@Suite(.lane, .timeLimit(.minutes(1))) struct WrappingLayersTests {
  struct Layer: Sendable, CustomTestStringConvertible {
    var name: String
    var wrap: @Sendable (String) -> String
    var testDescription: String { name }

    /// The same words before every line.
    init(_ prefix: String) {
      name = prefix
      wrap = { prefix + $0 }
    }

    init(_ name: String, _ wrap: @escaping @Sendable (String) -> String) {
      self.name = name
      self.wrap = wrap
    }
  }

  static let lineLayers: [Layer] = [
    Layer("    "), Layer("\t"), Layer("agent-1  | "), Layer("my_agent.service | "),
    Layer("Jan 02 03:04:05 host agent[77]: "), Layer("Jan  2 03:04:05 host kernel: "),
    Layer("2025-01-02T03:04:05.123456789Z "), Layer("2025-01-02 03:04:05,123 ERROR "),
    Layer("2025/01/02 03:04:05 "), Layer("03:04:05.678 "), Layer("libbpf: "),
    Layer("ERRO[0012] "), Layer("ERROR: "), Layer("[error] "), Layer("[DEBUG] "), Layer(": "),
    Layer(">> "), Layer("> "), Layer("- "), Layer("| "), Layer("[  123.456789] "), Layer("<6>"),
    Layer("[2025-01-02T03:04:05Z ERROR agent] "), Layer("[ T123] "),
    Layer("E0102 03:04:05.678901    1234 load.go:45] "),
    Layer("2025-01-02T03:04:05.123Z stderr F "),
    Layer("2025-01-02T03:04:05+00:00 host agent[77]: "),
    Layer("2025-01-02T03:04:05.123Z  WARN agent::load: "), Layer("\u{1b}[31m"),
    Layer("logrus") { "level=warning msg=\"\(escaped($0))\" subsys=loader" },
    Layer("json lines") { "{\"level\":\"warn\",\"msg\":\"\(escaped($0))\",\"n\":1}" },
    Layer("docker json") { "{\"log\":\"\(escaped($0))\\n\",\"stream\":\"stderr\"}" },
  ]

  static let wholeLayers: [Layer] = [
    Layer("json") {
      "{\"level\":\"error\",\"msg\":\"cannot start\",\"err\":\"load failed:\\n\(escaped($0))\"}"
    },
    Layer("logfmt") {
      "time=\"2025-01-02T03:04:05Z\" level=error error=\"load:\\n\(escaped($0))\""
    },
    Layer("Go's %q") { "2025/01/02 03:04:05 cannot load: \"\\n\(escaped($0))\\n\"" },
    Layer("Rust's {:?}") {
      "Error: LoadError { io_error: Os { code: 13 }, verifier_log: \"\\n\(escaped($0))\" }"
    },
  ]

  static func escaped(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
      .replacing("\t", with: "\\t")
  }

  /// Linux 6.8, 5.10, 7.3, and a program that another program's log follows.
  static let logs: [String] = [
    """
    0: R1=ctx() R10=fp0
    ; value = bpf_map_lookup_elem(&hits, &key); @ twin.bpf.c:29
    0: (85) call bpf_map_lookup_elem#1    ; R0_w=map_value_or_null(id=1,map=hits,ks=4,vs=8)
    ; bpf_printk("%d\\n", *value); @ twin.bpf.c:31
    1: (79) r1 = *(u64 *)(r0 +0)
    R0 invalid mem access 'map_value_or_null'
    processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
    """,
    """
    func#0 @0
    0: R1=ctx(id=0,off=0,imm=0) R10=fp0
    ; data = (void *)(long)ctx->data;
    0: (61) r6 = *(u32 *)(r1 +0)
    1: (71) r3 = *(u8 *)(r6 +23)
     R1=ctx(id=0,off=0,imm=0) R6_w=pkt(id=0,off=0,r=15,imm=0) R10=fp0
    invalid access to packet, off=23 size=1, R6(id=0,off=23,r=15)
    R6 offset is outside of the packet
    processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1
    """,
    """
    0: R1=ctx() R10=fp0
    0: (79) r7 = *(u64 *)(r1 +0)          ; R1=ctx() R7=scalar()
    1: (79) r3 = *(u64 *)(r7 +40)
    R7 invalid mem access 'scalar'

    Verification failed: Register Type Safety: Invalid dereference

    Reason:
      R7 is an integer scalar here, not a pointer to memory.

    At:
      on_open @ probe.bpf.c:33:6
      >>>  33 |     n = p->len;                       >>> 1 | (79) r3 = *(u64 *)(r7 +40)
              |     ^-- error: invalid dereference of R7 (scalar)

    Causal path:
      on_open @ probe.bpf.c:32:6
      >>>  32 |     p = (void *)args[0];              >>> 0 | (79) r7 = *(u64 *)(r1 +0)
              |     ^-- update: R7 changed from uninitialized value to integer scalar

    Suggestion:
      Preserve a pointer-valued register where needed.

    processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0
    """,
  ]

  private func rejection(_ log: String) -> Rejection? {
    RefusalLog.rejection(in: Array((log + "\n").utf8))
  }

  private func check(_ found: Rejection?, _ plain: Rejection, _ wrapped: String) throws {
    let found = try #require(found, "\(wrapped)")
    #expect(found.message == plain.message, "\(wrapped)")
    #expect(found.category == plain.category)
    #expect(found.instruction == plain.instruction, "\(wrapped)")
    #expect(found.source == plain.source, "\(wrapped)")
    #expect(found.sourceText == plain.sourceText, "\(wrapped)")
    #expect(found.registers == plain.registers, "\(wrapped)")
    #expect(found.path == plain.path, "\(wrapped)")
    #expect(found.explanation == plain.explanation, "\(wrapped)")
    #expect(found.suggestion == plain.suggestion)
  }

  /// Each layer around each fifth of all layers: which ones changes with the outer one.
  @Test(arguments: lineLayers.indices) func anyTwoLayersOnEachLine(_ place: Int) throws {
    let outer = Self.lineLayers[place]
    let inners = Self.lineLayers.indices.filter { ($0 + place) % 5 == 0 }.map {
      Self.lineLayers[$0]
    }
    for log in Self.logs {
      let plain = try #require(rejection(log))
      for inner in [Layer("")] + inners where outer.name != "libbpf: " || inner.name.isEmpty {
        let wrapped = log.split(separator: "\n", omittingEmptySubsequences: false)
          .map { outer.wrap(inner.wrap(String($0))) }.joined(separator: "\n")
        try check(rejection(wrapped), plain, wrapped)
      }
    }
  }

  @Test(arguments: wholeLayers) func aLogInOneString(_ whole: Layer) throws {
    for log in Self.logs {
      let plain = try #require(rejection(log))
      for layer in Self.lineLayers + [Layer("")] where !layer.name.contains("json") {
        try check(rejection(layer.wrap(whole.wrap(log))), plain, layer.wrap(whole.wrap(log)))
      }
    }
  }

  /// What stands before an instruction stands before the lines behind it, too.
  @Test(arguments: ["#|\t", "bpf-loader>> ", "(load) "]) func wordsThatNoRuleKnows(words: String)
    throws
  {
    for log in Self.logs.prefix(2) {
      let plain = try #require(rejection(log))
      let wrapped = log.split(separator: "\n").map { words + $0 }.joined(separator: "\n")
      let found = try #require(rejection(wrapped))
      #expect(found.message == plain.message)
      #expect(found.instruction == plain.instruction)
      #expect(found.source == plain.source)
    }
  }

  /// Forms and shells that join lines.
  @Test func aLogJoinedIntoOneLine() throws {
    for log in Self.logs.dropLast() {
      let plain = try #require(rejection(log))
      let joined = log.replacing("\n", with: " ")
      let found = try #require(rejection(joined))
      #expect(found.category == plain.category)
      #expect(found.message.hasPrefix(plain.message), "\(found.message)")
      #expect(found.instruction == plain.instruction)
      #expect(found.source == plain.source)
    }
  }
}

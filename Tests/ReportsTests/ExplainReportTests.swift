// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct ExplainReportTests {
  static let refusal = RefusalLog.rejection(
    in: Array(
      """
      0: R1=ctx() R10=fp0
      ; value = bpf_map_lookup_elem(&hits, &key); @ twin.bpf.c:29
      0: (85) call bpf_map_lookup_elem#1    ; R0_w=map_value_or_null(id=1,map=hits,ks=4,vs=8)
      ; *value += 1; @ twin.bpf.c:31
      1: (79) r1 = *(u64 *)(r0 +0)
      R0 invalid mem access 'map_value_or_null'
      processed 8 insns (limit 1000000)
      """.utf8))

  @Test func aRefusalIsToldInPlainWords() {
    let text = ExplainReport.render(Self.refusal, file: "v.log", width: 80)
    #expect(text.hasPrefix("■ rejected by verifier register-type-safety · your source\n"))
    #expect(text.contains("  said    line 6: R0 invalid mem access 'map_value_or_null'\n"))
    #expect(text.contains("  at      1: (79) r1 = *(u64 *)(r0 +0)\n"))
    #expect(text.contains("  source  twin.bpf.c:31\n"))
    #expect(text.contains("  C       *value += 1;\n"))
    #expect(text.contains("  state   R0 = map_value_or_null(id=1,map=hits,ks=4,vs=8)\n"))
    #expect(
      text.contains(
        "  path    0: (85) call bpf_map_lookup_elem#1 – returns its result in R0, line 29\n"))
    #expect(text.contains("No branch on this path tests R0."))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }

  @Test func theJSONHasExactlyItsKeys() throws {
    let keys: Set = [
      "by", "category", "headline", "message", "instruction", "source", "explanation",
      "suggestion", "registers", "path", "id", "class",
    ]
    for rejection in [Self.refusal, nil] {
      let text = try ExplainReport.json(rejection)
      let found = try #require(
        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
      #expect(Set(found.keys) == keys)
      if rejection == nil {
        #expect(found.values.allSatisfy { $0 is NSNull })
        continue
      }
      #expect(found["by"] as? String == "verifier")
      #expect(found["id"] as? String == "verifier.invalid-mem-access-or-null")
      #expect(found["class"] as? String == "source")
      #expect(found["instruction"] as? String == "1: (79) r1 = *(u64 *)(r0 +0)")
      let source = try #require(found["source"] as? [String: Any])
      #expect(source["file"] as? String == "twin.bpf.c")
      #expect(source["line"] as? Int == 31)
      #expect(source["text"] as? String == "*value += 1;")
      let registers = try #require(found["registers"] as? [String: String])
      #expect(registers["R0"] == "map_value_or_null(id=1,map=hits,ks=4,vs=8)")
      let step = try #require((found["path"] as? [[String: Any]])?.first)
      #expect(Set(step.keys) == ["instruction", "line", "text", "why"])
      #expect(step["instruction"] as? Int == 0 && step["line"] as? Int == 29)
    }
  }

  @Test func whereNothingIsRefusedItSaysSo() {
    let text = ExplainReport.render(nil, file: "a\u{1b}[2J", width: 80)
    #expect(text == "a\\x1b[2J: no refusal that is known here\n")
  }
}

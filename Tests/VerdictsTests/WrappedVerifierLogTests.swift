// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// What loaders other than libbpf put around the verifier's words.
@Suite(.lane, .timeLimit(.minutes(5))) struct WrappedVerifierLogTests {
  private func rejection(_ log: String) -> Rejection? {
    RefusalLog.rejection(in: Array(log.utf8))
  }

  @Test func summaryAlone() {
    let found = rejection(
      "field Pump: program pump: load program: permission denied: invalid read from stack off -8+0 size 8 (7 line(s) omitted)"
    )
    #expect(found?.category == .memorySafety)
    #expect(found?.message == "invalid read from stack off -8+0 size 8")
  }

  @Test func summaryBeforeItsLog() {
    let stamp = "2026-02-03T04:05:06.123456789Z "
    let found = rejection(
      """
      \(stamp)program pump: load program: argument list too long: BPF program is too large. Processed 1000001 insn (9 line(s) omitted)
      \(stamp)\t0: (b4) w2 = 0                        ; R2_w=0
      \(stamp)\tprocessed 1000001 insns (limit 1000000) max_states_per_insn 22 total_states 7 peak_states 1 mark_read 4
      """)
    #expect(found?.category == .verifierLimit)
    #expect(found?.message == "BPF program is too large. Processed 1000001 insn")
  }

  @Test func logfmtAndBcc() {
    let found = rejection(
      """
      level=warning msg="7: (61) r1 = *(u32 *)(r0 +0)" subsys=loader
      level=warning msg="R0 invalid mem access 'map_value_or_null'" subsys=loader
      """)
    #expect(found?.message == "R0 invalid mem access 'map_value_or_null'")
    #expect(found?.instruction?.index == 7)
    let tooLarge = rejection(
      "bpf: Argument list too long. Program  too large (7 insns), at most 4096 insns")
    #expect(tooLarge?.category == .verifierLimit)
  }
}

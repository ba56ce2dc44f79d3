// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct MissingFeatureTests {
  private func reason(_ words: String, _ ruling: Ruling = .rejected, spoke: Bool = true) -> String?
  {
    MissingFeature.reason(for: Verdict(ruling, reason: words), verifierSpoke: spoke)
  }

  /// All said by Debian's 5.10.262 of programs that 6.1 accepts.
  @Test(arguments: [
    "invalid func unknown#182", "unknown func bpf_spin_lock#93", "BPF_CALL uses reserved fields",
    "BPF_STX uses reserved fields",
    "number of funcs in func_info doesn't match number of subprogs",
  ])
  func whatAnOldKernelSaysOfWhatItLacksIsKnown(words: String) {
    #expect(reason(words)?.hasSuffix(words) == true)
  }

  @Test(arguments: [
    "R0 invalid mem access 'map_value_or_null'", "back-edge from insn 4 to 2",
    "Unreleased reference id=2 alloc_insn=4", "invalid access to map value, value_size=200",
  ])
  func aMistakeOfTheTwinIsNone(words: String) {
    #expect(reason(words) == nil)
  }

  @Test func anInvalidArgumentCountsOnlyWhereTheVerifierWasNotAsked() {
    let words = "libbpf: prog 'serve': BPF program load failed: Invalid argument"
    #expect(reason(words, spoke: false) != nil)
    #expect(reason(words, spoke: true) == nil)
  }

  @Test func onlyARefusalCanSayIt() {
    #expect(reason("invalid func unknown#182", .survived) == nil)
  }
}

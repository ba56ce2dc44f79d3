// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct EmulatorFaultTests {
  /// Bytes of a guest of 6.12 with two processors, under QEMU 7.2 (shortened).
  private func int3(code: String, frame: String = "__schedule+0x3e9/0x1550") -> String {
    """
    [   12.700000] Oops: int3: 0000 [#1] PREEMPT SMP NOPTI
    [   12.700100] CPU: 1 UID: 0 PID: 77 Comm: worker Tainted: G           O       6.12.57 #1
    [   12.700200] RIP: 0010:\(frame)
    [   12.700300] Code: \(code)
    [   12.700400] RSP: 0018:ffffa8b5c0043e60 EFLAGS: 00000082
    [   12.700500] Call Trace:
    [   12.700600]  <TASK>
    [   12.700700]  \(frame)
    [   12.700800]  schedule+0x27/0xf0
    [   12.700900]  </TASK>
    """
  }

  private func reason(_ log: String) -> String? {
    let bytes = Array(log.utf8)
    return EmulatorFault.reason(for: KernelLog.findings(in: bytes), in: bytes)
  }

  @Test func aBreakpointThatMemoryDoesNotHoldIsQEMUs() throws {
    let found = try #require(reason(int3(code: "e8 12 34 0f 1f 44 00 00 <48> 89 c3")))
    #expect(found.contains("breakpoint"))
  }

  @Test func aBreakpointThatMemoryHoldsIsTheKernels() {
    #expect(reason(int3(code: "e8 12 34 0f 1f 44 00 cc <48> 89 c3")) == nil)
  }

  @Test func withoutTheBytesNothingIsProven() {
    #expect(reason(int3(code: "Unable to access opcode bytes at 0xffffffff81000000.")) == nil)
  }

  @Test(arguments: [
    "count_getpid+0x12/0x40 [null_map_value]", "bpf_prog_0123456789abcdef_count+0x9/0x40",
  ])
  func whatHasAFrameOfATwinIsNeverQEMUs(frame: String) {
    #expect(reason(int3(code: "e8 12 34 0f 1f 44 00 00 <48> 89 c3", frame: frame)) == nil)
  }

  private func doubleFault(flags: String) -> String {
    """
    [    2.700000] PANIC: double fault, error_code: 0x0
    [    2.700100] CPU: 0 UID: 0 PID: 1 Comm: guest-init Not tainted 6.12.57 #1
    [    2.700200] RIP: 0010:__kmalloc_node_noprof+0x11e/0x460
    [    2.700300] RSP: 0018:ffffa8b5c0043e60 EFLAGS: \(flags)
    [    2.700400] Call Trace:
    [    2.700500]  <TASK>
    [    2.700600]  kvmalloc_node_noprof+0x43/0xd0
    [    2.700700]  </TASK>
    """
  }

  @Test func flagsThatNoProcessorCanHaveAreQEMUs() throws {
    let found = try #require(reason(doubleFault(flags: "41cfd242")))
    #expect(found.contains("41cfd242"))
    #expect(reason(doubleFault(flags: "00010282")) == nil)
    // Bit 1 is always set.
    #expect(reason(doubleFault(flags: "00000280")) != nil)
  }

  @Test func aCleanConsoleIsNobodysFault() {
    #expect(reason("[    1.0] all is well\n") == nil)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Whatever the bytes are, both readers answer, and what they cite can't steer a terminal.
@Suite(.lane, .timeLimit(.minutes(5))) struct BadInputTests {
  private func isHarmless(_ text: String?) -> Bool {
    (text ?? "").unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value)
    }
  }

  private func check(_ bytes: [UInt8]) {
    for finding in KernelLog.findings(in: bytes) {
      #expect(
        [finding.title, finding.text, finding.frame, finding.address].allSatisfy(isHarmless))
      #expect(finding.line > 0)
    }
    if let found = RefusalLog.rejection(in: bytes) {
      #expect([found.message, found.headline, found.sourceText].allSatisfy(isHarmless))
      #expect(isHarmless(found.instruction?.text) && isHarmless(found.source?.file))
    }
  }

  @Test func binaryJunkIsAnswered() {
    var dice = Dice(state: 7)
    for size in [0, 1, 2, 4095, 4096, 4097, 200_000] {
      check((0..<size).map { _ in UInt8.random(in: 0...255, using: &dice) })
    }
  }

  @Test(.tags(.slow)) func spoiltLogsAreAnswered() throws {
    var dice = Dice(state: 11)
    for name in try Fixture.names() {
      var bytes = try Fixture.bytes(name)
      guard !bytes.isEmpty else { continue }
      for _ in 0..<max(8, bytes.count / 50) {
        let place = Int.random(in: 0..<bytes.count, using: &dice)
        let spoilt: [UInt8] = [0, 0x0a, 0x0d, 0x1b, 0x5b, 0x80, 0x9b, 0xc2, 0xff, 0x2b]
        bytes[place] = spoilt.randomElement(using: &dice) ?? 0
      }
      check(bytes)
      check(Array(bytes.prefix(bytes.count / 3)))
    }
  }

  @Test(arguments: [
    "BUG: \u{1b}]0;owned\u{7}\u{1b}[2J unable to\u{9b}31m",
    "Kernel panic - not syncing: \u{1b}[31m",
    "0: (95) exit\nR0 \u{1b}[2J!read_ok", "libbpf: failed to relocate \u{1b}c",
    "; \u{1b}[2J @ a\u{1b}b.c:7\n0: (95) exit\u{9b}\nR0 !read_ok",
  ])
  func escapeSequencesAreNotPassedOn(log: String) {
    check(Array(log.utf8))
  }

  @Test func invalidUTF8IsReplaced() throws {
    let log = Array("Kernel panic - not syncing: ".utf8) + [0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]
    let text = try #require(KernelLog.findings(in: log).first?.text)
    #expect(text.hasPrefix("Kernel panic - not syncing: \u{fffd}"))
    check(log)
  }

  @Test(.tags(.slow)) func aVeryLongLineIsReadInBoundedPieces() {
    let piece = [UInt8](repeating: UInt8(ascii: "A"), count: 1 << 20)
    var log = KernelLog()
    var refusal = RefusalLog()
    for _ in 0..<100 { log.feed(piece) }
    for _ in 0..<4 { refusal.feed(piece) }
    log.feed(Array("\nKernel panic - not syncing: at last\n".utf8))
    let found = log.finish()
    #expect(found.map(\.kind) == [.panic])
    #expect(found.first?.line == 2)
    #expect(refusal.finish() == nil)
  }

  @Test(.tags(.slow)) func aFloodKeepsTheFirstCause() {
    var log = KernelLog()
    log.feed(Array("BUG: unable to handle page fault for address: ffff800000000000\n".utf8))
    let flood = Array(
      String(repeating: "WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2\nnoise\n", count: 2000).utf8)
    for _ in 0..<20 { log.feed(flood) }
    log.feed(Array("Kernel panic - not syncing: the end\n".utf8))
    let found = log.finish()
    #expect(found.first?.kind == .pageFault)
    #expect(found.last?.kind == .panic)
    #expect(found.count == 49)
  }
}

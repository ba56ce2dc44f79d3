// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct ClassifyReportTests {
  static let oops = """
    [    5.1] BUG: kernel NULL pointer dereference, address: 0000000000000018
    [    5.2] #PF: supervisor write access in kernel mode
    [    5.3] Oops: 0002 [#1] PREEMPT SMP
    [    5.4] RIP: 0010:twin_write+0x10/0x20 [twin]
    [    5.5] ---[ end trace 0000000000000000 ]---
    [    5.6] Kernel panic - not syncing: Fatal exception in interrupt
    """

  private func log(_ file: String, _ text: String) -> ClassifiedLog {
    ClassifiedLog(file: file, reading: KernelLog.reading(of: Array(text.utf8)))
  }

  @Test func theCauseComesFirstAndTheRestBehindIt() {
    let text = ClassifyReport.render(log("console.log", Self.oops), width: 80)
    #expect(
      text == """
        console.log
          ✖ panicked  null-dereference in twin_write+0x10 [twin]
            line 1: BUG: kernel NULL pointer dereference, address: 0000000000000018
            write at 0000000000000018
            x86-64
            it ended the machine
            next: get the source lines with scripts/decode_stacktrace.sh, report it to
            your distribution, or upstream if the newest kernel does it, too
            line 6: panic

        """)
    let coloured = ClassifyReport.render(log("a", Self.oops), width: 80, colour: true)
    #expect(coloured.contains("\u{1b}[2m    line 6: panic\u{1b}[0m"))
  }

  @Test(arguments: [
    ("0x6b6b6b6b6b6b6b6b", "a use after free"), ("0xdead000000000122", "deleted from a list"),
    ("0xbfff93fcd9822a28", "one flipped bit"), ("0x5a5a5a5a5a5a5a5a", "nobody has written yet"),
  ]) func whatAnAddressLooksLikeIsSaid(_ address: String, _ words: String) {
    let text = ClassifyReport.render(
      log(
        "a", "general protection fault, probably for non-canonical address \(address): 0000 [#1]"),
      width: 200)
    #expect(text.contains("the address: ") && text.contains(words))
  }

  @Test(arguments: ["0xdffffc0000000000", "0xfbd59c0000000020"])
  func mostAddressesLookLikeNothing(_ address: String) {
    let text = ClassifyReport.render(
      log(
        "a", "general protection fault, probably for non-canonical address \(address): 0000 [#1]"),
      width: 200)
    #expect(!text.contains("the address: "))
  }

  @Test func equalReportsAreOneLineAndTheEndIsMarked() {
    let warning = "WARNING: CPU: 0 PID: 7 at a.c:1 f+0x1/0x2\n---[ end trace 0 ]---\n"
    let other = "WARNING: CPU: 0 PID: 7 at a.c:1 g+0x1/0x2\n---[ end trace 0 ]---\n"
    let oops = "BUG: kernel NULL pointer dereference, address: 0\nOops: 0000 [#1] SMP\n"
    let panic = "Kernel panic - not syncing: Fatal exception\n"
    let text = ClassifyReport.render(
      log("a", warning + other + warning + other + oops + panic), width: 100)
    #expect(text.contains("    line 3: warning in g+0x1 (2 times)\n"))
    #expect(text.contains("    line 9: null-dereference (the end)\n"))
    #expect(text.contains("    line 9 ended the machine\n"))
    #expect(text.contains("    reported 2 times\n"))
    #expect(!text.contains("line 7"))
  }

  @Test func aCleanLogSaysSo() {
    #expect(ClassifyReport.render(log("a", "fine\n"), width: 80) == "a\n  nothing found\n")
  }

  @Test func theJSONHasExactlyItsKeys() throws {
    let text = try ClassifyReport.json([log("one", Self.oops), log("-", "")])
    let list = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]])
    #expect(list.count == 2)
    #expect(list.allSatisfy { Set($0.keys) == ["file", "findings", "verdict"] })
    #expect(list[0]["verdict"] as? String == "panicked")
    #expect(list[1]["verdict"] is NSNull)
    #expect((list[1]["findings"] as? [Any])?.isEmpty == true)
    let findings = try #require(list[0]["findings"] as? [[String: Any]])
    let always: Set = ["kind", "title", "line", "text", "primary", "fatal", "count"]
    #expect(
      Set(findings[0].keys)
        == always.union(["frame", "offset", "module", "access", "address", "trace", "machine"]))
    #expect(Set(findings[1].keys) == always)
    #expect(findings[0]["module"] as? String == "twin")
    #expect(findings[0]["offset"] as? String == "0x10")
    #expect(findings.map { $0["fatal"] as? Bool } == [true, false])
    #expect(findings[0]["access"] as? String == "write")
    #expect(findings[1]["primary"] as? Bool == false)
  }

  @Test func noForeignEscapeSequenceReachesTheTerminal() throws {
    let attack = "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}"
    let evil = log(attack, "Kernel panic - not syncing: \(attack)\n")
    for text in [
      ClassifyReport.render(evil, width: 80), try ClassifyReport.json([evil]),
      try ExplainReport.json(
        Rejection(
          by: .libbpf, headline: attack, message: attack, sourceText: attack, explanation: attack,
          suggestion: attack, line: 1)),
    ] {
      let bad = text.unicodeScalars.filter {
        $0.properties.generalCategory == .control && $0 != "\n" || $0 == "\u{202e}"
      }
      #expect(bad.isEmpty, "\(text.debugDescription)")
    }
    // What was escaped in JSON is still the same name.
    let list = try JSONSerialization.jsonObject(
      with: Data(try ClassifyReport.json([evil]).utf8))
    #expect((list as? [[String: Any]])?.first?["file"] as? String == attack)
  }

  @Test(arguments: [
    (["BUG: soft lockup - CPU#0 stuck for 22s! [a:1]"], "hung"),
    (["WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2"], "warned"),
    (["BUG: unable to handle page fault for address: ffff8", "Oops: 0000 [#1]"], "oopsed"),
    (
      [
        "BUG: soft lockup - CPU#0 stuck for 22s! [a:1]",
        "Kernel panic - not syncing: softlockup: hung tasks",
      ], "hung"
    ),
    (["Kernel panic - not syncing: Attempted to kill init!"], "panicked"),
    (["BUG: memory leak", "unreferenced object 0xffff888000000000 (size 8):"], "leaked"),
    (
      ["BUG: KASAN: slab-use-after-free in f+0x1/0x2", "Write of size 8 at addr ffff8880 by"],
      "corrupted"
    ),
    (
      ["BUG: KASAN: slab-use-after-free in f+0x1/0x2", "Read of size 8 at addr ffff8880 by"],
      "warned"
    ),
    (["Linux version 6.1 (a@b)", "Linux version 6.1 (a@b)"], "reset"),
    (["Kernel panic - not syncing: NMI: Not continuing"], "panicked"),
  ])
  func theVerdictIsTheJudges(lines: [String], ruling: String) {
    #expect(log("a", lines.joined(separator: "\n")).reading.ruling?.rawValue == ruling)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct TryReportTests {
  private func trial(
    _ verdict: Verdict, file: String = "my/x.c", kernel: String = "6.1",
    mechanism: Mechanism = .lkm
  ) -> TriedTrial {
    var record = TrialRecord(
      id: TrialID(
        scenario: "x", mechanism: mechanism, armed: false, kernel: kernel, profile: "stock",
        repetition: 1),
      verdict: verdict, expected: .init(verdict: .survived), outcome: .skipped,
      started: .restored, seconds: .init(start: 0.1, trial: 0.25, total: 0.4))
    record.tried = .init(file: file, compiler: "gcc-12 (Debian 12.2.0-14) 12.2.0")
    return TriedTrial(record: record, compileSeconds: 1.5)
  }

  @Test func aCrashIsShownWithItsLineIn80Columns() {
    var tried = trial(
      Verdict(
        .oopsed, kind: .nullDereference, title: "null-dereference in count",
        source: SourcePlace(file: "my/x.c", line: 7),
        evidence: [
          EvidenceLine(
            file: "console.log", line: 3,
            text: "BUG: kernel NULL pointer dereference, "
              + String(repeating: "address ", count: 20))
        ]))
    tried.sourceLine = "\t*value = " + String(repeating: "x", count: 100)
    let text = TryReport.render(tried, width: 80)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
    #expect(text.contains("✖ oopsed"))
    #expect(text.contains("null-dereference in count"))
    #expect(text.contains("my/x.c:7"))
    #expect(text.contains("7 |     *value = xxx"))
    #expect(text.contains("compile 1.5 s (gcc-12") && text.contains("restore 0.10 s"))
  }

  @Test func whatWentWellIsSaidSoAndCountsOnlyWhatTheSourceCounts() {
    var tried = trial(Verdict(.survived, title: nil))
    tried.record.observed = 0
    tried.countsEvents = false
    let text = TryReport.render(tried, width: 80)
    #expect(text.contains("✓ loaded, ran, nothing reported\n"), "\(text)")
    #expect(!text.contains("events") && !text.contains("survived"), "\(text)")
    tried.countsEvents = true
    #expect(TryReport.render(tried, width: 80).contains("events  0"))
  }

  @Test func theLinesOfAMessageStayLines() {
    let text = TryReport.render(
      trial(Verdict(.inconclusive, title: "the guest ended:\nits last words")), width: 80)
    #expect(text.contains("  the guest ended:\n  its last words\n"), "\(text)")
  }

  @Test func theCompilersLinesAreKeptWhole() {
    var tried = trial(Verdict(.rejected, by: "compiler", title: "error"))
    let long = "    3 | " + String(repeating: "y", count: 120)
    tried.compiler = ["my/x.c:3:2: error: no", long, "      | ^~~"]
    let text = TryReport.render(tried, width: 80)
    #expect(text.contains("rejected by compiler"))
    #expect(text.contains("  " + long + "\n"))
    #expect(text.contains("      | ^~~"))
  }

  @Test func nothingInAFileSteersTheTerminal() {
    var tried = trial(Verdict(.rejected, by: "compiler"))
    tried.compiler = ["\u{1b}[2Jgone"]
    #expect(!TryReport.render(tried, width: 80).contains("\u{1b}"))
  }

  @Test func eachProgramIsListedWithWhatItDid() {
    var tried = trial(Verdict(.survived))
    tried.record.programs = [
      ProgramRecord(
        name: "count", section: "tp_btf/sys_enter", type: "tracing", loaded: true,
        attached: "tp_btf/sys_enter", ran: .yes, runs: 153),
      ProgramRecord(
        name: "enter", section: "kprobe", type: "kprobe", loaded: true, ran: .no, runs: 0,
        note: "an application names the function: --attach enter=kprobe:FUNCTION"),
      ProgramRecord(
        name: "next", section: "xdp", type: "xdp", loaded: true, attached: "tail call",
        ran: .unknown, note: "the kernel counts no tail calls"),
      ProgramRecord(
        name: "old", section: "?kprobe/old", loaded: false, leftOut: "by --without", ran: .no),
    ]
    let text = TryReport.render(tried, width: 132)
    #expect(text.contains("✓ 1 of 3 programs ran, nothing reported\n"), "\(text)")
    #expect(text.contains("count (tp_btf/sys_enter): ran 153 times\n"), "\(text)")
    #expect(
      text.contains(
        "enter (kprobe): not attached (an application names the function: "
          + "--attach enter=kprobe:FUNCTION); did not run"), "\(text)")
    #expect(
      text.contains(
        "next (xdp): tail call; whether it ran is unknown: the kernel counts no tail calls"),
      "\(text)")
    #expect(
      text.contains("omitted ") && text.contains("old (?kprobe/old): by --without"), "\(text)")
  }

  @Test func whatNeverRanIsNotSaidToHaveGoneWell() {
    var tried = trial(Verdict(.notRun, reason: "none of its programs ran"))
    tried.record.programs = [
      ProgramRecord(name: "a", section: "kprobe", loaded: true, ran: .no, runs: 0)
    ]
    let text = TryReport.render(tried, width: 80)
    #expect(text.contains("– not run\n"), "\(text)")
    #expect(!text.contains("nothing reported") && !text.contains("✓"), "\(text)")
    tried.record.verdict = Verdict(.survived)
    tried.record.programs[0].ran = .unknown
    #expect(
      TryReport.render(tried, width: 80)
        .contains("✓ loaded, nothing reported; whether it ran is unknown\n"))
  }

  @Test func whatNeverFiredIsNamedAndItsStepMarked() throws {
    var tried = trial(Verdict(.survived), mechanism: .bpf)
    tried.record.programs = ["hit", "idle"].map {
      ProgramRecord(
        name: $0, section: "kprobe/x", loaded: true, attached: "kprobe/x",
        ran: $0 == "hit" ? .yes : .no)
    }
    let text = TryReport.render(tried, width: 80)
    #expect(text.contains("  fires   attached and never fired: idle (kprobe/x)."), "\(text)")
    #expect(
      text.contains(
        "  steps   compiles, opens, relocates, verifies, attaches, ✗ fires, detaches,\n"),
      "\(text)")
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(text)")
    tried.record.programs[1].ran = .unknown
    let unknown = TryReport.render(tried, width: 80)
    #expect(unknown.contains("? fires") && !unknown.contains("never fired"), "\(unknown)")
  }
}

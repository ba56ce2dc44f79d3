// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct HTMLReportTests {
  /// A run directory on the disk with one scenario whose every foreign text is hostile.
  private static func withHostileRun(_ body: (RunRecord, String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "panicroom-html-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let hostile = "</script><img src=x onerror=alert(1)>\"\u{301} onload=x \u{202e}\u{1b}[31m"
    let evidence = "\(folder)/evidence/null-map-value.lkm.armed.debian-6.1.stock.1"
    for path in ["\(folder)/scenarios/bpf", "\(folder)/scenarios/lkm", evidence] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    func write(_ text: String, _ path: String) throws {
      try Data(text.utf8).write(to: URL(filePath: path))
    }
    let yaml = try String(
      contentsOfFile: Checkout.path("scenarios/null-map-value.yaml"), encoding: .utf8)
    var scenario = try ScenarioFile.parse(yaml, file: "scenarios/null-map-value.yaml")
    scenario.lesson = hostile
    scenario.title = hostile
    try write(yaml, "\(folder)/scenarios/null-map-value.yaml")
    try write("/* \(hostile) */\n", "\(folder)/scenarios/bpf/null_map_value.bpf.c")
    try write("int x; // \(hostile)\n", "\(folder)/scenarios/lkm/null_map_value.c")
    try write(
      String(repeating: "\(hostile)\n", count: 100_000), "\(evidence)/console.log")
    try write("7: tracing  name \(hostile)\n", "\(evidence)/bpftool.txt")
    try write("count: 9 bytes\n   0:\tleave \(hostile)\n", "\(evidence)/jited.txt")
    var run = Samples.run
    run.scenarios = [scenario]
    run.trials[1].verdict.title = hostile
    run.trials[1].verdict.evidence = [.init(file: "console.log", line: 1, text: hostile)]
    try body(run, folder)
  }

  @Test func noForeignTextBecomesMarkup() throws {
    try Self.withHostileRun { run, folder in
      let page = try HTMLReport.render(run, evidence: RunEvidence(path: folder))
      #expect(!page.contains("<img"))
      #expect(page.components(separatedBy: "</script>").count == 2)
      #expect(!page.unicodeScalars.contains("\u{202e}"))
      #expect(!page.unicodeScalars.contains("\u{1b}"))
      // The quotation mark, though a combining mark stands behind it.
      #expect(!page.unicodeScalars.split(separator: "\u{301}").contains { $0.last == "\"" })
      #expect(page.contains("&lt;/script&gt;"))
    }
  }

  @Test func thePageOfWhatWasTriedShowsItsVerdictsAndNoTwinOrControlThatIsMissing() throws {
    var run = try SampleRun.read()
    run.trials = run.trials.filter {
      $0.id.scenario == "null-map-value" && $0.id.armed && $0.id.mechanism == .bpf
    }.map {
      var trial = $0
      (trial.id.armed, trial.outcome) = (false, .skipped)
      return trial
    }
    run.header.tried = ["null-map-value"]
    run.header.trials = run.trials.map(\.id)
    let page = try HTMLReport.render(run, evidence: SampleRun.evidence)
    #expect(page.contains("null_map_value.bpf.c"))
    #expect(page.contains("rejected by verifier"))
    #expect(page.contains("the verdict&#39;s place") || page.contains("the verdict's place"))
    for word in ["not run", "Control", "Expected", "kernel module</h4>", "there is no answer"] {
      #expect(!page.contains(word), "\(word)")
    }
  }

  @Test func aLongLogIsCutInItsMiddleAndSaysSo() throws {
    try Self.withHostileRun { run, folder in
      let page = try HTMLReport.render(run, evidence: RunEvidence(path: folder))
      #expect(page.utf8.count < 2_000_000)
      #expect(page.contains("bytes left out"))
    }
  }

  @Test func whatBpftoolSawIsShownWhereItLooked() throws {
    let sentence = "bpftool’s view of it"
    try Self.withHostileRun { run, folder in
      let evidence = RunEvidence(path: folder)
      let page = try HTMLReport.render(run, evidence: evidence)
      #expect(page.contains(sentence))
      #expect(page.contains("7: tracing  name"))
      #expect(page.contains("What the JIT made of it (armed)"))
      let looked = try #require(run.trials[1].evidenceDirectory)
      try FileManager.default.removeItem(atPath: "\(folder)/\(looked)/bpftool.txt")
      #expect(!(try HTMLReport.render(run, evidence: evidence)).contains(sentence))
    }
  }

  @Test func nothingOutsideOfTheRunIsRead() throws {
    try Self.withHostileRun { run, folder in
      var run = run
      run.trials[1].evidenceDirectory = "evidence/../../../etc"
      #expect(throws: RunDirectoryError.self) {
        try HTMLReport.render(run, evidence: RunEvidence(path: folder))
      }
    }
  }

  @Test func itAsksNobodyForAnything() throws {
    try Self.withHostileRun { run, folder in
      let page = try HTMLReport.render(run, evidence: RunEvidence(path: folder))
      for attribute in ["src=\"", "@import", "url("] { #expect(!page.contains(attribute)) }
      #expect(page.contains("default-src 'none'"))
    }
  }

  @Test func theAnswerCountsOnlyFaultsWithTheirControl() throws {
    try Self.withHostileRun { run, folder in
      let page = try HTMLReport.render(run, evidence: RunEvidence(path: folder))
        .replacing(/<[^>]*>/, with: "")
      #expect(
        page.contains(
          "As kernel modules, 1 of 2 faults harmed the kernel (1 crashed it), and 1 went unnoticed; "
            + "as eBPF programs, none did."))
      #expect(
        page.contains("2 faults are left out, because their controls are not met or were skipped."))
    }
  }
}

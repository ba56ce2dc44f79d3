// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct TriedMatrixTests {
  private static let works = Verdict(.survived)
  private static let refused = Verdict(
    .rejected, by: "verifier", category: .memorySafety, title: "invalid access to map value")

  @Test func theOldestKernelComesFirstByItsUpstreamRelease() {
    let run = MatrixRun(
      kernels: [
        .init(name: "7.3", release: "7.3.4+deb13-cloud-amd64", version: "7.3.4-1~bpo13+1"),
        .init(name: "6.1", release: "6.1.0-57-cloud-amd64", version: "6.1.194-1"),
        .init(name: "6.1.170", release: "6.1.0-48-cloud-amd64", version: "6.1.170-3"),
        .init(name: "6.5.3", release: "not available", failure: "its guest did not get ready"),
      ]
    ).record
    #expect(TriedMatrix(run).kernels.map(\.name) == ["6.1.170", "6.1", "6.5.3", "7.3"])
  }

  @Test func aKernelIsCalledByItsReleaseUnlessItsNameSaysMore() {
    var run = MatrixRun(
      kernels: [
        .init(name: "6.1", release: "6.1.0-57-cloud-amd64", version: "6.1.192-3"),
        .init(name: "6.12.57", release: "6.12.57+deb12-cloud-amd64", version: "6.12.57-1~bpo12+1"),
        .init(name: "sid", release: "7.2.13+deb14-cloud-amd64", version: "7.2.13-1"),
        .init(name: "7.3.4", release: "not available", failure: "it does not boot"),
      ])
    run.add("a.bpf.c") { $0 == 1 ? Self.refused : $0 == 2 ? Verdict(.notRun) : Self.works }
    let text = TryTable.render(TriedMatrix(run.record), leftOut: [], width: 80)
    for words in ["  6.1.192 ", "  6.12.57 ", "  sid (7.2.13) ", "  7.3.4 "] {
      #expect(text.contains(words), "\(words): \(text)")
    }
  }

  @Test func neighboursWithOneAnswerAreFoldedAndSinceIsTheFirstThatStaysGood() throws {
    var run = MatrixRun(count: 20)
    run.add("a.bpf.c") { _ in Self.works }
    run.add("b.bpf.c") { $0 < 9 ? Self.refused : Self.works }
    run.add("c.bpf.c") { $0 == 4 || $0 > 17 ? Self.refused : Self.works }
    let rows = TriedMatrix(run.record).rows
    #expect(rows.map { $0.spans.map(\.count) } == [[20], [9, 11], [4, 1, 13, 2]])
    #expect(rows.map { $0.since?.name } == ["6.12.0", "6.12.9", nil])
    #expect(rows.map { $0.lastWithout?.name } == [nil, "6.12.8", nil])
  }

  @Test func twentyKernelsAreReadIn80Columns() {
    var run = MatrixRun(count: 20)
    run.add("build/a-rather-long-folder/with/count.bpf.c") { _ in Self.works }
    run.add("probe.bpf.c") { $0 < 9 ? Self.works : Self.refused }
    run.add("idle.bpf.c", programs: ["hit", "idle"]) { _ in Self.works }
    let text = TryTable.render(TriedMatrix(run.record), leftOut: [], width: 80)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(text)")
    func has(_ words: String...) -> Bool {
      lines.contains { line in words.allSatisfy(line.contains) }
    }
    #expect(has("count.bpf.c", "all 20", "✓ fires"), "\(text)")
    #expect(has("probe.bpf.c", "6.12.0 … 6.12.8", "✓ fires"), "\(text)")
    #expect(has("from 6.12.9 on", "■ rejected: memory-safety"), "\(text)")
    #expect(has("invalid access to map value"), "\(text)")
    #expect(has("idle.bpf.c", "all 20", "– attaches, never fires"), "\(text)")
    #expect(has("never fired: idle"), "\(text)")
  }

  @Test func fewKernelsHaveAColumnEach() throws {
    var run = MatrixRun(count: 2)
    run.add("a.bpf.c") { _ in Self.works }
    run.add("b.bpf.c") { $0 == 0 ? Verdict(.oopsed, kind: .nullDereference) : Self.works }
    run.leaveOut("main.c", "a user-space program", on: nil)
    let text = TryTable.render(
      TriedMatrix(run.record), leftOut: run.header.leftOut ?? [], width: 80)
    let lines = text.split(separator: "\n").map(String.init)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(text)")
    #expect(lines[0].split(separator: " ") == ["file", "6.12.0", "6.12.1"])
    let row = try #require(lines.first { $0.hasPrefix("b.bpf.c") })
    #expect(row.contains("✖ oopsed") && row.contains("✓ fires"), "\(text)")
    #expect(text.contains("left out: main.c: a user-space program"))
    let many = (1...20).map { RunHeader.LeftOut("f\($0).c", "no module") }
    let counted = TryTable.render(TriedMatrix(run.record), leftOut: many, width: 80)
    #expect(counted.contains("left out: 20 files: no module: f1.c, f2.c"), "\(counted)")
    #expect(!counted.contains("f20.c"))
  }

  @Test func aCellThatCannotBeAskedSaysWhyAndFailsNothing() throws {
    var run = MatrixRun(count: 6)
    run.header.kernels[5].missing = "Debian has dropped it"
    run.add("gate.c", .lkm, on: [2, 3, 4]) { _ in Self.works }
    for kernel in [0, 1] {
      run.leaveOut("gate.c", "6.12.\(kernel) has no headers", on: "6.12.\(kernel)")
    }
    for kernel in 0..<6 { run.leaveOut("lost.bpf.o", "it is cut off", on: "6.12.\(kernel)") }
    let matrix = TriedMatrix(run.record)
    #expect(matrix.rows.map(\.name) == ["gate.c", "lost.bpf.o"])
    #expect(matrix.rows[0].spans.map(\.count) == [2, 3, 1])
    #expect(matrix.rows[0].since?.name == "6.12.2" && matrix.rows[0].lastWithout == nil)
    let text = TryTable.render(matrix, leftOut: run.header.leftOut ?? [], width: 80)
    for words in [
      "· not tried", "6.12.0 has no headers", "Debian has dropped it", "it is cut off",
    ] {
      #expect(text.contains(words), "\(words): \(text)")
    }
    #expect(!text.contains("left out"), "\(text)")
    #expect(Summary(run.record).exitStatus == 0)
    run.header.kernels[5].missing = nil
    run.header.kernels[5].failure = "its guest did not get ready"
    #expect(Summary(run.record).exitStatus == 3)
  }

  @Test func aNewestKernelWithoutAnAnswerIsUnknownAndNotARefusal() {
    var run = MatrixRun(count: 3)
    run.add("a.bpf.c") { $0 == 2 ? Verdict(.inconclusive) : Self.works }
    run.add("b.bpf.c") { $0 == 2 ? Verdict(.inconclusive) : $0 == 1 ? Self.works : Self.refused }
    run.add("c.bpf.c") { $0 == 2 ? Verdict(.inconclusive) : Self.refused }
    let rows = TriedMatrix(run.record).rows
    #expect(rows.map { $0.unknownOn?.name } == ["6.12.2", "6.12.2", "6.12.2"])
    #expect(rows.map { $0.since?.name } == ["6.12.0", "6.12.1", nil])
    #expect(rows.allSatisfy { $0.cells[2].works == nil })
    let text = MarkdownReport.render(run.record)
    #expect(text.contains("| a.bpf.c | on all that answered; unknown on 6.12.2 |"), "\(text)")
    #expect(
      text.contains("| b.bpf.c | from 6.12.1 on, not yet on 6.12.0; unknown on 6.12.2 |"), "\(text)"
    )
    #expect(text.contains("| c.bpf.c | unknown on 6.12.2 |"), "\(text)")
  }

  @Test func aRefusedSourceIsRefusedInEachOfItsRows() {
    var run = MatrixRun(count: 2)
    run.add("a.bpf.c", on: [0]) { _ in Self.refused }
    run.add("a.bpf.c", configuration: ["limit=1"], on: [1]) { _ in Self.works }
    run.add("a.bpf.c", configuration: ["limit=2"], on: [1]) { _ in Self.works }
    let rows = TriedMatrix(run.record).rows
    #expect(rows.map(\.name) == ["a.bpf.c, limit=1", "a.bpf.c, limit=2"])
    #expect(rows.allSatisfy { $0.lastWithout?.name == "6.12.0" && $0.since?.name == "6.12.1" })
  }

  @Test func cellsOfOtherPartsSayThatTheyAre() {
    var run = MatrixRun(count: 2)
    run.add("a.bpf.c", on: [0]) { _ in Self.works }
    run.header.shard = RunHeader.Shard(
      index: 1, count: 2, inputs: "0", program: "1", plan: run.header.trials)
    let text = TryTable.render(TriedMatrix(run.record), leftOut: [], width: 80)
    #expect(text.contains("· not tried"), "\(text)")
    #expect(MarkdownReport.render(run.record).contains("it belongs to another part of the run"))
  }

  @Test func aBrokenPromiseIsNamedInEachForm() async throws {
    var run = MatrixRun(count: 3)
    run.add("a.bpf.c") { $0 == 0 ? Self.refused : Self.works }
    run.add("gate.c", .lkm, on: [1, 2]) { _ in Self.works }
    run.header.manifest = "load.yaml"
    run.leaveOut("gate.c", "no headers", on: "6.12.0", promised: "must load")
    for index in run.trials.indices where run.trials[index].id.mechanism == .bpf {
      PromiseRule.weigh(&run.trials[index], [Promise(.fire, since: "6.12")])
    }
    #expect(Summary(run.record).exitStatus == 1)
    let junit = JUnitReport.render(run.record)
    #expect(try await XMLCheck.problems(junit, schema: "junit.xsd") == "")
    #expect(
      junit.contains(
        "message=\"a.bpf.c on Linux 6.12.0: promised: must fire from 6.12 on; came: rejected by "
          + "verifier: invalid access to map value\""), "\(junit)")
    #expect(junit.contains("message=\"promised: must load; came: no headers\""), "\(junit)")
    #expect(junit.contains("failures=\"1\" errors=\"1\""), "\(junit)")
    let words = "must fire from 6.12 on: rejected by verifier"
    let terminal = TriedAnswerReport.render([], of: run.record, width: 120)
    #expect(terminal.contains("✗ load.yaml: promises kept in 2 of 4 cells"), "\(terminal)")
    #expect(terminal.contains("broken: a.bpf.c, 6.12.0: \(words)"), "\(terminal)")
    #expect(
      terminal.contains("not proven: gate.c, 6.12.0: must load: it was not tried: no headers"))
    let markdown = MarkdownReport.render(run.record)
    #expect(markdown.contains("| broken | a.bpf.c, 6.12.0 | must fire from 6.12 on | rejected by"))
    let page = try await Self.page(of: run)
    #expect(page.contains("load.yaml: promises kept in 2 of 4 cells") && page.contains("broken"))
    _ = try Self.reportBySchema(of: run)
  }

  /// `probe.bpf.o` and `probe.bpf.o, small`.
  @Test func whatIsLeftOutUnderOneNameIsNotTriedUnderTheOther() {
    var run = MatrixRun(count: 1)
    run.add("probe.bpf.o") { _ in Self.works }
    run.header.manifest = "load.yaml"
    run.leaveOut("probe.bpf.o", name: "small", "no such map", on: "6.12.0", promised: "must load")
    let matrix = TriedMatrix(run.record)
    #expect(matrix.rows.map(\.name) == ["probe.bpf.o", "probe.bpf.o, small"])
    #expect(matrix.rows.map { $0.cells[0].promise?.promised } == [nil, "must load"])
    #expect(Summary(run.record).exitStatus == 3)
    let terminal = TriedAnswerReport.render([], of: run.record, width: 120)
    #expect(terminal.contains("? load.yaml: promises kept in 0 of 1 cell"), "\(terminal)")
  }

  private static func page(of run: MatrixRun) async throws -> String {
    try await withTemporaryFolder { folder in
      let directory = try RunDirectory.create(
        in: folder, header: run.header,
        scenarios: (run.header.tried ?? []).map {
          ScenarioText(name: $0, yaml: "# none", lkm: nil, bpf: "int x;")
        })
      return try HTMLReport.render(run.record, evidence: RunEvidence(path: directory.path))
    }
  }

  private static func reportBySchema(of run: MatrixRun) throws -> [String: Any] {
    let text = try JSONReport.render(run.record)
    let schema = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: Checkout.root.appending(path: "docs/schema/report-1.json")))
        as? [String: Any])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(SchemaChecker(root: schema).problems(report) == [])
    return report
  }

  @Test func configurationsAreRowsOfTheirOwn() {
    var run = MatrixRun(count: 1)
    run.add("a.bpf.c", configuration: ["limit=1"]) { _ in Self.works }
    run.add("a.bpf.c", configuration: ["limit=2"]) { _ in Self.refused }
    #expect(TriedMatrix(run.record).rows.map(\.name) == ["a.bpf.c, limit=1", "a.bpf.c, limit=2"])
  }

  @Test func markdownFoldsAndHasEveryCell() {
    var run = MatrixRun(count: 20)
    run.add("a|b.bpf.c") { _ in Self.works }
    run.add("probe.bpf.c") { $0 < 9 ? Self.refused : Self.works }
    let text = MarkdownReport.render(run.record)
    #expect(
      text.contains("| a&#124;b.bpf.c | on all that were asked | all 20 | ✓ fires |"), "\(text)")
    #expect(text.contains("| probe.bpf.c | from 6.12.9 on, not yet on 6.12.8 |"), "\(text)")
    #expect(text.contains("<summary>2 × 20</summary>"), "\(text)")
  }

  @Test func junitHasACaseForEachCell() async throws {
    var run = MatrixRun(count: 3)
    run.add("a.bpf.c") { $0 == 0 ? Self.refused : Self.works }
    run.add("gate.c", .lkm, on: [1, 2]) { _ in Self.works }
    run.leaveOut("gate.c", "no <headers>", on: "6.12.0")
    let text = JUnitReport.render(run.record)
    #expect(try await XMLCheck.problems(text, schema: "junit.xsd") == "")
    #expect(text.components(separatedBy: "<testcase ").count == 7)
    #expect(text.contains("message=\"no &lt;headers&gt;\""), "\(text)")
    #expect(
      text.contains("nothing was expected: rejected: memory-safety: invalid access"), "\(text)")
  }

  @Test func jsonHasTheMatrix() throws {
    var run = MatrixRun(count: 3)
    run.add("a.bpf.c", programs: ["idle"]) { $0 == 0 ? Self.refused : Self.works }
    run.leaveOut("gate.c", "no headers", on: "6.12.0")
    let report = try Self.reportBySchema(of: run)
    let matrix = try #require(report["matrix"] as? [String: Any])
    let rows = try #require(matrix["rows"] as? [[String: Any]])
    let cells = try #require(rows[0]["cells"] as? [[String: Any]])
    #expect(cells[0]["failed_step"] as? String == "verifies")
    #expect(cells[1]["fires"] as? String == "no" && cells[1]["works"] as? Bool == false)
    #expect((rows[1]["cells"] as? [[String: Any]])?[0]["reason"] as? String == "no headers")
  }

  @Test func thePageShowsWhereSinceWhenAndWhyNot() async throws {
    var run = MatrixRun(count: 20)
    run.add("<b>.bpf.c") { _ in Self.works }
    run.add("probe.bpf.c") { $0 < 9 ? Self.refused : Self.works }
    let page = try await Self.page(of: run)
    #expect(page.contains("1 of 2 work on all 20 kernels, 1 on some, 0 on none."))
    #expect(page.contains("✓ works from 6.12.9 on, not yet on 6.12.8"))
    #expect(page.contains("flex-grow: 9") && page.contains("flex-grow: 11"))
    #expect(page.contains("href=\"#why-row-2\"") && page.contains("id=\"why-row-2\""))
    #expect(!page.contains("why-row-1") && !page.contains("<b>.bpf.c"))
  }
}

/// A made-up run of `try` on releases 6.12.0, 6.12.1, …
private struct MatrixRun {
  var header: RunHeader
  var trials: [TrialRecord] = []

  init(count: Int) {
    self.init(
      kernels: (0..<count).map {
        .init(name: "6.12.\($0)", release: "6.12.\($0)+deb13-cloud-amd64", version: "6.12.\($0)-1")
      })
  }

  init(kernels: [RunHeader.Kernel]) {
    header = RunHeader(
      id: "20261130T010203Z-0001", began: "2026-11-30T01:02:03Z", command: ["try"],
      host: .init(system: "Debian 12", processor: "a CPU", cores: 2, memoryMiB: 4096),
      accelerator: "tcg", acceleratorReason: "asked for", kernels: kernels, profiles: ["stock"],
      versions: [:], seed: 0, repetitions: 1, cold: false, trials: [])
    header.tried = []
  }

  mutating func add(
    _ file: String, _ mechanism: Mechanism = .bpf, configuration: [String]? = nil,
    programs: [String] = ["hit"], on kernels: [Int]? = nil, _ verdict: (Int) -> Verdict
  ) {
    let name = "row\(trials.count)"
    header.tried?.append(name)
    for (index, kernel) in header.kernels.enumerated() where kernels?.contains(index) ?? true {
      var trial = TrialRecord(
        id: TrialID(
          scenario: name, mechanism: mechanism, armed: false, kernel: kernel.name,
          profile: "stock", repetition: 1),
        verdict: verdict(index), expected: .init(verdict: .survived), outcome: .skipped,
        started: .restored)
      trial.tried = .init(file: file, configuration: configuration)
      if mechanism == .bpf, trial.verdict.ruling == .survived {
        trial.programs = programs.map {
          ProgramRecord(
            name: $0, section: "kprobe/x", loaded: true, attached: "kprobe/x",
            ran: $0 == "idle" ? .no : .yes)
        }
      }
      header.trials.append(trial.id)
      trials.append(trial)
    }
  }

  mutating func leaveOut(
    _ file: String, name: String? = nil, _ reason: String, on kernel: String?,
    promised: String? = nil
  ) {
    var entry = RunHeader.LeftOut(file, reason, on: kernel)
    entry.name = name
    if promised != nil { (entry.outcome, entry.promised) = (.inconclusive, promised) }
    header.leftOut = (header.leftOut ?? []) + [entry]
  }

  var record: RunRecord {
    RunRecord(
      header: header, trials: trials,
      scenarios: (header.tried ?? []).map {
        Scenario.tried(name: $0, attach: [], workload: [])
      })
  }
}

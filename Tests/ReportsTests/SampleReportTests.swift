// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing
import Verdicts

/// The samples in `docs/samples/` are what the reports of the kept run are today.
///
/// `PANICROOM_RECORD=1 ./panicroom test --filter SampleReportTests` writes them again.
@Suite(.lane, .timeLimit(.minutes(5))) struct SampleReportTests {
  static let files: [(ReportFormat, String)] = [
    (.terminal, "report.txt"), (.html, "report.html"), (.markdown, "report.md"),
    (.json, "report.json"), (.junit, "report.xml"), (.ktap, "report.ktap"),
    (.tap, "report.tap"), (.sarif, "report.sarif"), (.codeQuality, "code-quality.json"),
    (.badge, "badge.svg"), (.picture, "picture.svg"),
  ]

  private static let folder = "../../../docs/samples"

  @Test func everyFormatHasASample() {
    #expect(Set(Self.files.map(\.0)) == Set(ReportFormat.allCases))
  }

  @Test(arguments: files) func aSampleIsNotStale(format: ReportFormat, file: String) throws {
    // The folder that the sample names is one of a user's, not of this machine.
    let text = try format.render(
      .init(run: try SampleRun.read(), evidence: SampleRun.evidence, width: 100)
    ).replacing(SampleRun.path, with: "runs/20260101T000000Z-5a3e")
    try expectGolden(text, "\(Self.folder)/\(file)")
  }

  /// The later run of the two misses a scenario, and one verdict is another.
  static func comparison() throws -> Comparison {
    var later = try SampleRun.read()
    later.header.id = "20260102T000000Z-91c4"
    later.trials.removeAll { $0.id.scenario == "divide-by-zero" && !$0.id.armed }
    for index in later.trials.indices
    where later.trials[index].id.scenario == "null-map-value" && later.trials[index].id.armed
      && later.trials[index].id.mechanism == .bpf
    {
      later.trials[index].verdict.ruling = .survived
      later.trials[index].verdict.by = nil
      later.trials[index].verdict.category = nil
      later.trials[index].outcome = .unmet
    }
    return Comparison(try SampleRun.read(), later)
  }

  @Test(arguments: [
    (ComparisonReport.Format.terminal, "comparison.txt"), (.json, "comparison.json"),
    (.markdown, "comparison.md"), (.html, "comparison.html"),
  ]) func aComparisonIsNotStale(format: ComparisonReport.Format, file: String) throws {
    let text = try ComparisonReport.render([try Self.comparison()], as: format, width: 100)
    try expectGolden(text, "\(Self.folder)/\(file)")
  }

  @Test func noSampleHoldsAMachine() throws {
    let folder = Checkout.root.appending(path: "docs/samples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    var size = 0
    for name in names {
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      size += text.utf8.count
      #expect(!text.contains(Checkout.root.path), "\(name)")
      #expect(!text.contains(FileManager.default.homeDirectoryForCurrentUser.path + "/"), "\(name)")
    }
    #expect(size < 700_000)
  }
}

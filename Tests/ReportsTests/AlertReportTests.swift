// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing
import Verdicts

/// What code hosts show at a source's line: only what is not as expected.
@Suite(.lane, .timeLimit(.minutes(5))) struct AlertReportTests {
  private struct Log: Decodable {
    var version: String
    var runs: [Run]

    struct Run: Decodable {
      var tool: Tool
      var results: [Result]
    }
    struct Tool: Decodable { var driver: Driver }
    struct Driver: Decodable { var rules: [Rule] }
    struct Rule: Decodable { var id: String }
    struct Result: Decodable {
      var ruleId: String
      var ruleIndex: Int
      var message: Message
      var locations: [Location]
      var partialFingerprints: [String: String]
    }
    struct Message: Decodable { var text: String }
    struct Location: Decodable { var physicalLocation: Place }
    struct Place: Decodable {
      var artifactLocation: Artifact
      var region: Region
    }
    struct Artifact: Decodable { var uri: String }
    struct Region: Decodable { var startLine: Int }
  }

  private static func results(_ run: RunRecord) throws -> [Log.Result] {
    let log = try JSONDecoder().decode(Log.self, from: Data(try SARIFReport.render(run).utf8))
    #expect(log.version == "2.1.0" && log.runs.count == 1)
    let rules = log.runs[0].tool.driver.rules.map(\.id)
    for result in log.runs[0].results { #expect(rules[result.ruleIndex] == result.ruleId) }
    return log.runs[0].results
  }

  @Test func anExpectedCrashIsNoAlert() throws {
    let unmet = Samples.run.currentTrials.filter { $0.outcome == .unmet }
    let results = try Self.results(Samples.run)
    #expect(results.count == unmet.count && !results.isEmpty)
    #expect(results.allSatisfy { $0.ruleId == "unmet" })
    #expect(try Self.results(try SampleRun.read()).isEmpty)
  }

  @Test func pathsAreOfTheRepositoryAndLinesAreOfThePath() throws {
    var run = Samples.run
    // The module of reference-leak, as if the kernel had blamed a header.
    run.trials[9].verdict.source = Samples.place("/usr/src/linux/include/linux/list.h", 61)
    let uris = try Self.results(run).map(\.locations[0].physicalLocation)
    #expect(uris.allSatisfy { $0.artifactLocation.uri.hasPrefix("lkm/") })
    #expect(uris.contains { $0.artifactLocation.uri == "lkm/reference_leak.c" })
    #expect(uris.allSatisfy { $0.region.startLine == 1 })
    run.trials[9].verdict.source = Samples.place("lkm/reference_leak.c", 33)
    #expect(
      try Self.results(run).contains { $0.locations[0].physicalLocation.region.startLine == 33 })
  }

  @Test func aFingerprintIsTheTwinsAndItsVerdicts() throws {
    func prints(_ run: RunRecord) throws -> [String?] {
      try Self.results(run).map { $0.partialFingerprints["primaryLocationLineHash"] }
    }
    var later = Samples.run
    later.header.id = "20270101T000000Z-ffff"
    later.trials[9].reason = "in other words"
    #expect(try prints(later) == prints(Samples.run))
    let all = try prints(later)
    #expect(Set(all).count == 2)
    later.trials[9].verdict.ruling = .panicked
    #expect(try prints(later) != prints(Samples.run))
  }

  @Test func whatWasTriedIsAnAlertWhateverWasExpected() throws {
    var run = try SampleRun.read()
    run.trials = run.trials.filter { $0.id.scenario == "null-map-value" && $0.id.armed }
    run.header.tried = ["null-map-value"]
    run.header.trials = run.trials.map(\.id)
    let results = try Self.results(run)
    #expect(results.map(\.ruleId).sorted() == ["null-dereference", "register-type-safety"])
    #expect(
      Set(results.map(\.locations[0].physicalLocation.artifactLocation.uri))
        == ["null_map_value.bpf.c", "null_map_value.c"])
    #expect(results.allSatisfy { $0.locations[0].physicalLocation.region.startLine > 30 })
    let annotations = AnnotationReport.render(run).split(separator: "\n")
    #expect(annotations.count == 2)
    #expect(
      annotations.contains {
        $0.contains(/^::warning file=null_map_value\.c,line=\d+,title=null-dereference::/)
      })
    let markdown = MarkdownReport.render(run)
    #expect(markdown.contains("null-dereference") && !markdown.contains("there is no answer"))
  }

  @Test func gitLabGetsTheSame() throws {
    struct Finding: Decodable {
      var fingerprint: String
      var location: Location
      struct Location: Decodable { var path: String }
    }
    let text = try CodeQualityReport.render(Samples.run)
    let findings = try JSONDecoder().decode([Finding].self, from: Data(text.utf8))
    let results = try Self.results(Samples.run)
    #expect(
      findings.map(\.fingerprint)
        == results.compactMap { $0.partialFingerprints["primaryLocationLineHash"] })
    #expect(
      findings.map(\.location.path)
        == results.map(\.locations[0].physicalLocation.artifactLocation.uri))
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct TAPReportTests {
  @Test func eachTrialIsAPointAndFailuresSayWhy() throws {
    var run = Samples.run
    run.trials[9].reason = "a # \"quoted\" \u{1b} reason"
    let lines = try TAPReport.render(run).split(separator: "\n").map(String.init)
    #expect(lines[0] == "TAP version 14")
    #expect(lines[1] == "1..\(run.currentTrials.count)")
    let points = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
    #expect(points.count == run.currentTrials.count)
    let failed = run.currentTrials.count { [.unmet, .inconclusive].contains($0.outcome) }
    #expect(points.count { $0.hasPrefix("not ok ") } == failed)
    #expect(lines.count { $0 == "  ---" } == failed && lines.count { $0 == "  ..." } == failed)
    #expect(lines.contains { $0.hasSuffix("# SKIP no such hook here") })
    #expect(lines.contains(#"  reason: "a # \"quoted\" \u001b reason""#))
  }

  @Test(arguments: [ReportFormat.junit, .ktap, .tap, .markdown, .sarif, .codeQuality])
  func theOrderInWhichTrialsEndedChangesNothing(format: ReportFormat) throws {
    var run = try SampleRun.read()
    for index in run.trials.indices.prefix(3) {
      run.trials[index].outcome = .unmet
      run.trials[index].reason = "expected something else"
    }
    let input = ReportFormat.Input(run: run, evidence: SampleRun.evidence)
    var other = input
    other.run.trials.reverse()
    #expect(try format.render(input) == format.render(other))
  }
}

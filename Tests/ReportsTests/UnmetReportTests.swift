// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Verdicts

/// What reports say of trials that are unmet, and don't fail the run.
@Suite(.lane, .timeLimit(.minutes(5))) struct UnmetReportTests {
  /// A trial that is met at its third attempt, one that isn't met at any, and a known issue.
  private static var run: RunRecord {
    var run = Samples.run
    let (first, second) = (
      Samples.id("flaky-fault", .lkm), Samples.id("steady-fault", .lkm)
    )
    let known = Samples.id("known-fault", .lkm)
    run.header.trials = [first, second, known]
    run.header.retryUnmet = 2
    run.header.known = [
      .init(scenario: "known-*", reason: "it's <the> compiler", until: "2027-01-01"),
      .init(scenario: "gone", link: "https://example.org", until: "2027-01-01"),
    ]
    run.trials = [
      record(first, .unmet), record(first, .unmet, repetition: 2),
      record(first, .met, repetition: 3),
      record(second, .unmet), record(second, .inconclusive, repetition: 2),
      record(second, .unmet, repetition: 3),
      record(known, .unmet),
    ]
    return run
  }

  private static func record(
    _ id: TrialID, _ outcome: Outcome, repetition: Int = 1
  ) -> TrialRecord {
    var id = id
    id.repetition = repetition
    let isMet = outcome == .met
    return TrialRecord(
      id: id, verdict: Verdict(isMet ? .oopsed : .survived), expected: .init(verdict: .oopsed),
      outcome: outcome, reason: isMet ? nil : "expected oopsed, got survived",
      evidenceDirectory: "evidence/\(id.folderName)")
  }

  @Test(.tags(.tool)) func junitHasWhatSurefireWrites() async throws {
    let text = JUnitReport.render(Self.run)
    #expect(try await XMLCheck.problems(text, schema: "junit.xsd") == "")
    #expect(text.matches(of: /<testcase\b/).count == 3)
    #expect(text.contains("tests=\"3\" failures=\"1\" errors=\"0\" skipped=\"1\""))
    let cases = text.split(separator: "<testcase ").dropFirst()
    func elements(_ name: String) -> [String] {
      cases.first { $0.contains(name) }?.matches(of: /<(\w+) type=/).map { String($0.1) } ?? []
    }
    #expect(elements("flaky-fault") == ["flakyFailure", "flakyFailure"])
    #expect(elements("steady-fault") == ["failure", "rerunError", "rerunFailure"])
    #expect(
      text.contains("<skipped message=\"expected oopsed, got survived; known until 2027-01-01"))
  }

  @Test(
    .tags(.tool),
    arguments: [
      ("<flakyFailure ", "<flakyTrouble "), ("<stackTrace>", "<trace>"),
    ])
  func theSchemaRefusesOtherElements(right: String, wrong: String) async throws {
    let text = JUnitReport.render(Self.run)
    let spoilt = text.replacing(right, with: wrong)
      .replacing(
        right.replacing("<", with: "</").replacing(" ", with: ">"),
        with: wrong.replacing("<", with: "</").replacing(" ", with: ">"))
    #expect(spoilt != text)
    #expect(try await XMLCheck.problems(spoilt, schema: "junit.xsd") != "")
  }

  @Test func peopleSeeThemApart() {
    let text = TerminalReport.render(Self.run, width: 100, colour: false)
    for words in [
      "3 trials: 1 unmet, 1 flaky, 1 known", "4 further repetitions of what was unmet",
      "~ flaky [", "· known [", "✗ unmet [", "flaky-fault, kernel module, armed: flaky",
      "1 of 3 repetitions is met", "warning: the known issue gone matches no trial of this run",
    ] { #expect(text.contains(words), "\(words)\n\(text)") }
    let markdown = MarkdownReport.render(Self.run)
    #expect(markdown.contains("❌ 3 trials: 1 unmet, 1 flaky, 1 known"))
    #expect(markdown.contains("⚠️ the known issue gone matches no trial of this run"))
    #expect(markdown.contains("armed, debian-6.1, stock (flaky) |"))
  }

  @Test func thePageFiltersThem() throws {
    let page = try HTMLReport.render(
      Self.run, evidence: RunEvidence(path: NSTemporaryDirectory()))
    for words in [
      "1 flaky</a>", "1 known</a>", "<option>flaky</option>", "<option>known</option>",
      "data-outcomes=\"flaky met\"", "data-outcomes=\"known\"", "<strong>flaky</strong>",
      "the known issue gone matches no trial of this run",
    ] { #expect(page.contains(words), "\(words)") }
    // A retry is no problem of its own.
    #expect(page.matches(of: /<li class="(flaky|known|unmet|inconclusive)">/).count == 3)
  }

  @Test func otherFormatsCountEachTrialOnce() throws {
    let tap = try TAPReport.render(Self.run)
    #expect(tap.contains("1..3\n"))
    #expect(tap.contains("\nok 1 - flaky-fault"))
    #expect(tap.contains(/not ok 2 - known-fault.* # TODO expected oopsed/))
    let ktap = KTAPReport.render(Self.run)
    #expect(ktap.contains(/\n  ok 2 known-fault\S* # XFAIL/))
    #expect(ktap.contains("  # flaky: expected oopsed, got survived"))
    #expect(ktap.contains("not ok 1 debian-6.1.stock"))
    let annotations = AnnotationReport.render(Self.run).split(separator: "\n")
    #expect(annotations.map { $0.prefix(4) } == ["::wa", "::no", "::er"])
    let findings = try JSONSerialization.jsonObject(
      with: Data(CodeQualityReport.render(Self.run).utf8))
    #expect((findings as? [Any])?.count == 1)
  }

  @Test func whatIsOnlyFlakyIsNoChangeForTheWorse() {
    var before = Self.run
    before.header.trials = [before.header.trials[0]]
    before.trials = [Self.record(before.header.trials[0], .met)]
    var after = Self.run
    after.header.trials = before.header.trials
    after.trials = Array(after.trials.prefix(3))
    #expect(Comparison(before, after).changes == [])
    after.header.retryUnmet = nil
    after.trials = [after.trials[0]]
    #expect(Comparison(before, after).isWorse)
  }
}

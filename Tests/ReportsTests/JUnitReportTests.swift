// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct JUnitReportTests {
  @Test func aRunIsAsRecorded() throws {
    try expectGolden(JUnitReport.render(Samples.run), "run.xml")
  }

  @Test func whatXMLForbidsIsMadeVisible() {
    var run = Samples.run
    run.trials[9].reason = "a\u{0}\u{8}\u{1b}\u{fffe}\"<&>'\n\tb"
    let text = JUnitReport.render(run)
    #expect(
      text.contains(
        "message=\"a\\x00\\x08\\x1b\\u{fffe}&quot;&lt;&amp;&gt;&apos;\\n\\tb\""))
    let forbidden = text.unicodeScalars.filter { scalar in
      (scalar.value < 0x20 && scalar != "\n") || (0xfffe...0xffff).contains(scalar.value)
    }
    #expect(forbidden.isEmpty)
  }

  @Test(.tags(.tool)) func itIsAsTheSchemaSays() async throws {
    for run in [Samples.run, try SampleRun.read()] {
      #expect(try await XMLCheck.problems(JUnitReport.render(run), schema: "junit.xsd") == "")
    }
  }

  @Test(
    .tags(.tool),
    arguments: [
      (" errors=", " mistakes="), ("<failure ", "<failing "), (" time=\"0.080\"", " time=\"soon\""),
    ]) func theSchemaRefusesWhatIsWrong(right: String, wrong: String) async throws
  {
    let text = JUnitReport.render(Samples.run)
    #expect(text.contains(right))
    let spoilt = text.replacing(right, with: wrong)
      .replacing("</failure>", with: wrong == "<failing " ? "</failing>" : "</failure>")
    #expect(try await XMLCheck.problems(spoilt, schema: "junit.xsd") != "")
  }

  @Test(.tags(.tool)) func aKernelThatFailedBeforeItHadTrialsIsACase() async throws {
    var run = Samples.run
    run.header.kernels.append(
      .init(name: "other", release: "not available", failure: "it does not \"boot\""))
    let text = JUnitReport.render(run)
    #expect(try await XMLCheck.problems(text, schema: "junit.xsd") == "")
    #expect(
      text.contains("<error type=\"inconclusive\" message=\"it does not &quot;boot&quot;\"/>"))
    let counts = /tests="(\d+)" failures="\d+" errors="(\d+)"/
    let before = try #require(JUnitReport.render(Samples.run).firstMatch(of: counts))
    let after = try #require(text.firstMatch(of: counts))
    #expect(Int(after.1) == Int(before.1).map { $0 + 1 })
    #expect(Int(after.2) == Int(before.2).map { $0 + 1 })
  }

  @Test(.tags(.tool)) func theMachineTheSourceAndTheEvidenceAreNamed() async throws {
    var run = Samples.run
    run.header.host.name = "builder-<7>"
    // As it is read back from a run directory.
    run.header = try JSONDecoder().decode(
      RunHeader.self, from: try JSONEncoder().encode(run.header))
    let text = JUnitReport.render(run, directory: "runs/latest")
    #expect(text.contains(" hostname=\"builder-&lt;7&gt;\""))
    #expect(text.contains(" file=\"lkm/reference_leak.c\""))
    let folder = "evidence/reference-leak.lkm.armed.debian-6.1.stock.1"
    #expect(text.contains("[[ATTACHMENT|runs/latest/\(folder)/agent.jsonl]]"))
    #expect(try await XMLCheck.problems(text, schema: "junit.xsd") == "")
  }

  @Test func aTrialThatWasTriedAgainIsOneCase() {
    let cases = JUnitReport.render(Samples.run).matches(of: /<testcase\b/).count
    #expect(cases == Samples.run.currentTrials.count)
    #expect(cases == Samples.run.trials.count - 1)
  }
}

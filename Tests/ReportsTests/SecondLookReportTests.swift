// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing
import Verdicts

/// The report of a fault that went unnoticed says what both kernels noticed.
@Suite(.lane, .timeLimit(.minutes(5))) struct SecondLookReportTests {
  private func run(outcome: Outcome = .met) -> RunRecord {
    var run = Samples.run
    run.header.secondLooks = ["stock": "sensitive"]
    var id = Samples.id("reference-leak", .lkm)
    id.profile = "sensitive"
    run.trials.append(
      TrialRecord(
        id: id,
        verdict: Verdict(
          .corrupted, kind: .slabCorruption, title: "slab-corruption in find_client",
          evidence: [
            .init(
              file: "console.log", line: 3,
              text: "BUG TCP (Tainted: G           OE     ): Right Redzone overwritten")
          ]), expected: .init(verdict: .corrupted), outcome: outcome,
        reason: outcome == .met ? nil : "the reason of the second look",
        evidenceDirectory: "evidence/\(id.folderName)"))
    return run
  }

  private let sentence =
    "survived: unnoticed on stock; seen by slub_debug: Right Redzone overwritten"

  @Test(arguments: [60, 80, 132]) func theTableSaysBoth(width: Int) {
    let text = TerminalReport.render(run(), width: width, colour: false)
    let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for part in [
      "unnoticed on", "slub_debug", "Redzone", "1 unnoticed fault looked at again: 1 seen",
    ] {
      #expect(words.contains(part), "\(text)")
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    // The profile of second looks has no table of its own.
    #expect(!text.contains(", sensitive, tcg"))
  }

  @Test func aSecondLookThatIsNotAsExpectedIsTold() {
    let text = TerminalReport.render(run(outcome: .unmet), width: 80, colour: false)
    #expect(text.contains("reference-leak, kernel module, armed, on sensitive: unmet"))
    #expect(text.contains("the reason of the second look"))
    #expect(Summary(run(outcome: .unmet)).unmet == Summary(run()).unmet + 1)
  }

  @Test func theJUnitCaseSaysBothAndTheSecondLookIsACaseOfItsOwn() {
    let text = JUnitReport.render(run())
    #expect(text.contains("<system-out>\(sentence)"))
    #expect(text.contains("<testsuite name=\"debian-6.1.sensitive\" tests=\"1\""))
    #expect(text.matches(of: /<testcase\b/).count == run().currentTrials.count)
  }

  @Test func theJSONReportSaysBoth() throws {
    let report =
      try JSONSerialization.jsonObject(
        with: Data(try JSONReport.render(run()).utf8)) as? [String: Any]
    let looks = try #require(report?["second_looks"] as? [[String: Any]])
    #expect(looks.count == 1)
    #expect(looks.first?["says"] as? String == sentence)
    #expect(looks.first?["second_profile"] as? String == "sensitive")
    #expect(looks.first?["seen"] as? Bool == true)
    let file = Checkout.root.appending(path: "docs/schema/report-1.json")
    let schema = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    #expect(SchemaChecker(root: try #require(schema)).problems(report as Any) == [])
  }
}

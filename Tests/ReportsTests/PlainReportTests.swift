// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct KTAPReportTests {
  private let lines = KTAPReport.render(Samples.run).split(separator: "\n").map(String.init)

  @Test func planAndResultsAgree() {
    #expect(lines[0] == "KTAP version 1")
    #expect(lines[1] == "1..1")
    let results = lines.filter { $0.hasPrefix("  ok ") || $0.hasPrefix("  not ok ") }
    #expect(lines.contains("  1..\(results.count)"))
    #expect(results.count == Samples.run.currentTrials.count)
  }

  @Test func whatIsNotMetFailsItsGroup() {
    #expect(lines.last?.hasPrefix("not ok 1 ") == true)
    let failed = lines.count { $0.hasPrefix("  not ok ") }
    let unmet = Samples.run.currentTrials.count { [.unmet, .inconclusive].contains($0.outcome) }
    #expect(failed == unmet)
  }

  @Test func aSkippedTrialSaysWhy() {
    #expect(lines.contains { $0.hasSuffix("lkm.armed.1 # SKIP no such hook here") })
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct MarkdownReportTests {
  @Test func whatIsNotMetComesFirstAndForeignTextIsNoMarkup() {
    var run = Samples.run
    run.trials[9].reason = "a|b <script> `x` @user\nline"
    let text = MarkdownReport.render(run)
    #expect(text.hasPrefix("## Panic Room: ❌ "))
    // The line feed is made visible as `\n`, whose backslash would escape what follows it.
    #expect(text.contains("a&#124;b &lt;script&gt; &#96;x&#96; &#64;user&#92;nline"))
    #expect(!text.contains("<script>"))
  }

  @Test func itStaysBelowAMebibyteWhateverTheRun() {
    var run = Samples.run
    let many = (1...20_000).map { repetition in
      var trial = run.trials[0]
      trial.id.repetition = repetition
      return trial
    }
    run.trials += many
    let text = MarkdownReport.render(run)
    #expect(text.utf8.count < 1 << 20)
    #expect(text.contains("more are in the run's report"))
    #expect(text.hasSuffix("</details>\n"))
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct AnnotationReportTests {
  @Test func whatIsNotMetPointsIntoTheScenariosFiles() {
    let lines = AnnotationReport.render(Samples.run).split(separator: "\n")
    #expect(
      lines.count
        == Samples.run.currentTrials.count { $0.outcome != .met && $0.outcome != .skipped })
    #expect(lines.contains { $0.hasPrefix("::error file=scenarios/reference-leak.yaml,line=1,") })
    #expect(
      lines.contains { $0.hasPrefix("::warning file=scenarios/callback-outlives-unload.yaml") })
  }

  @Test func foreignTextEndsNoCommand() {
    var run = Samples.run
    run.trials[9].reason = "50%\n::error::forged"
    let lines = AnnotationReport.render(run).split(separator: "\n")
    #expect(!lines.contains { $0.hasPrefix("::error::") })
    #expect(lines.contains { $0.contains("50%25\\n::error::forged") })
  }
}

@Suite(.lane, .timeLimit(.minutes(5))) struct BadgeReportTests {
  @Test(.tags(.tool)) func anUnmetRunSaysSo() async throws {
    let text = try BadgeReport.render(Samples.run)
    #expect(text.contains("2 not as expected"))
    #expect(try await XMLCheck.problems(text) == "")
  }
}

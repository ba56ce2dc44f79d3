// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct SuiteReportTests {
  private func item(
    _ name: String, _ outcome: Outcome, _ checks: [TrialRecord.Check], reason: String? = nil
  ) -> TrialRecord {
    var record = TrialRecord(
      id: TrialID(
        scenario: name, mechanism: .bpf, armed: true, kernel: "debian-6.1", profile: "stock",
        repetition: 1),
      verdict: Verdict(outcome == .skipped && checks.isEmpty ? .inconclusive : .survived),
      expected: .init(verdict: .survived), outcome: outcome, reason: reason)
    record.checks = checks
    return record
  }

  private var run: RunRecord {
    let trials = [
      item("verifier_a.one", .met, [.init("load", difference: nil)]),
      item(
        "verifier_a.two", .unmet,
        [.init("load", difference: nil), .init("messages", difference: "the log lacks it")],
        reason: "messages: the log lacks it"),
      item(
        "verifier_a.three", .skipped, [.init("load", difference: "it is refused")],
        reason: "disagrees (it is refused), as explained: no such thing"),
      item("verifier_b.four", .skipped, [], reason: "it is for ARM64 only"),
    ]
    var header = Samples.header(trials: trials.map(\.id))
    header.suite = .init(
      name: "verifier-selftests", source: "/src", about: ["95 of 95 files compile"])
    return RunRecord(header: header, trials: trials, scenarios: [])
  }

  @Test func agreementIsCountedCheckByCheck() {
    let agreement = SuiteAgreement(run)
    #expect(agreement.shares.map(\.check) == ["load", "messages"])
    #expect(agreement.shares.map(\.held) == [3, 1])
    #expect(agreement.shares.map(\.agree) == [2, 0])
    #expect(agreement.shares.map(\.explained) == [1, 0])
    #expect(agreement.leftOut.map(\.reason) == ["it is for ARM64 only"])
    #expect(agreement.leftOut.map(\.items) == [1])
  }

  @Test func theTerminalShowsAgreementThenDisagreements() throws {
    let text = TerminalReport.render(run, width: 80, colour: false)
    for words in [
      "Suite verifier-selftests", "95 of 95 files compile", "66.7 %", "verifier_a.two: unmet",
      "verifier_a.three: explained", "1: it is for ARM64 only",
      "4 trials: 1 met, 1 unmet, 2 skipped",
    ] {
      #expect(text.contains(words), "\(text)")
    }
    #expect(!text.contains("paired"))
    #expect(Summary(run).faultsWithoutControl == 0)
    #expect(Summary(run).exitStatus == 1)
  }

  @Test func otherFormatsKnowASuiteToo() throws {
    #expect(try JSONReport.render(run).contains("\"agreement\""))
    #expect(MarkdownReport.render(run).contains("66.7 % agree on load"))
    #expect(JUnitReport.render(run).contains("verifier_a.two"))
    #expect(try JSONReport.render(Samples.run).contains("\"agreement\"") == false)
  }
}

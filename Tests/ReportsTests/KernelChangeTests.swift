// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Verdicts

/// What a report says of a program that one kernel refuses by another rule than the next.
@Suite(.lane, .timeLimit(.minutes(5))) struct KernelChangeTests {
  /// The newest kernel stands first, as in a matrix file that has its default one first.
  private static let kernels = ["new": "7.2.13", "middle": "6.12.117+deb13", "old": "5.10.0-46"]

  private func run(_ categories: [String: Verdicts.Category?]) throws -> RunRecord {
    let scenario = try ScenarioFile.read(
      Checkout.root.appending(path: "scenarios/recursion.yaml").path)
    let ids = Self.kernels.keys.sorted().map {
      TrialID(
        scenario: "recursion", mechanism: .bpf, armed: true, kernel: $0, profile: "stock",
        repetition: 1)
    }
    let trials = ids.compactMap { id in
      categories[id.kernel].map { category in
        TrialRecord(
          id: id, verdict: Verdict(.rejected, by: "verifier", category: category),
          expected: .init(verdict: .rejected), outcome: category == nil ? .skipped : .met)
      }
    }
    let header = Samples.header(
      kernels: Self.kernels.map { .init(name: $0.key, release: $0.value) }, trials: ids)
    return RunRecord(header: header, trials: trials, scenarios: [scenario])
  }

  private func changes(_ run: RunRecord) throws -> [[String: Any]] {
    let json = try JSONSerialization.jsonObject(with: Data(try JSONReport.render(run).utf8))
    let all = (json as? [String: Any])?["kernel_changes"]
    return try #require(all as? [[String: Any]])
  }

  @Test func theFirstKernelThatDiffersIsNamedAndWhy() throws {
    let run = try run([
      "old": .programStructure, "middle": .verifierLimit, "new": .verifierLimit,
    ])
    let change = try #require(try changes(run).first)
    #expect(change["changes_on"] as? String == "middle")
    let steps = try #require(change["steps"] as? [[String: Any]])
    #expect(steps.map { $0["kernels"] as? [String] } == [["old"], ["middle", "new"]])
    let reasons = try #require(change["reasons"] as? [[String: Any]])
    #expect(reasons.first?["commit"] as? String == "10e14e9652bf")
    let text = TerminalReport.render(run, width: 80, colour: false)
    #expect(text.contains("Verdicts that change with the kernel"))
    #expect(text.contains("middle, new  ■ rejected by verifier: verifier-limit"))
    #expect(MarkdownReport.render(run).contains("1 verdict changes with the kernel"))
  }

  /// One that goes there and back changes twice.
  @Test func kernelsAreGroupedOnlyWhereTheyFollowEachOther() throws {
    let run = try run([
      "old": .programStructure, "middle": .verifierLimit, "new": .programStructure,
    ])
    #expect((try changes(run).first?["steps"] as? [Any])?.count == 3)
  }

  @Test(
    arguments: [
      ["old": Verdicts.Category.programStructure, "new": .programStructure],
      ["old": .programStructure, "middle": nil, "new": .programStructure],
      ["old": .programStructure],
    ] as [[String: Verdicts.Category?]])
  func whatIsAlikeOrSkippedIsNoChange(_ categories: [String: Verdicts.Category?]) throws {
    let run = try run(categories)
    #expect(try changes(run).isEmpty)
    #expect(!TerminalReport.render(run, width: 80, colour: false).contains("that change"))
  }

  /// `legal-deadlock` says something of kernels with lockdep, too, of which there is none here.
  @Test func whatIsDeclaredForOtherKernelsIsNoReason() throws {
    let scenario = try ScenarioFile.read(Checkout.path("scenarios/legal-deadlock.yaml"))
    let trials = [("old", Ruling.hung), ("new", .survived)].map { kernel, ruling in
      TrialRecord(
        id: TrialID(
          scenario: scenario.name, mechanism: .bpf, armed: true, kernel: kernel, profile: "stock",
          repetition: 1),
        verdict: Verdict(ruling),
        expected: .init(verdict: ruling, kinds: ruling == .hung ? [.hardLockup] : []),
        outcome: .met)
    }
    let header = Samples.header(
      kernels: Self.kernels.map { .init(name: $0.key, release: $0.value) },
      trials: trials.map(\.id))
    let run = RunRecord(header: header, trials: trials, scenarios: [scenario])
    let change = try #require(try changes(run).first)
    let reasons = try #require(change["reasons"] as? [[String: Any]])
    #expect(reasons.compactMap { $0["range"] as? String } == ["from 6.13"])
  }
}

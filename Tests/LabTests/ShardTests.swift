// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Lab
import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct ShardTests {
  private func plan(_ scenarios: [String]) -> [TrialID] {
    scenarios.flatMap { scenario in
      Mechanism.allCases.flatMap { mechanism in
        [false, true].map {
          TrialID(
            scenario: scenario, mechanism: mechanism, armed: $0, kernel: "6.1", profile: "stock",
            repetition: 1)
        }
      }
    }
  }

  private let names = (1...100).map { "scenario-\($0)" }

  private func part(
    _ index: Int, of count: Int, _ plan: [TrialID], balance: String? = nil
  ) throws -> [TrialID] {
    var choice = try ShardChoice("\(index)/\(count)")
    choice.balance = balance
    return try ShardCut(choice).part(of: plan)
  }

  @Test func everyTrialIsInExactlyOnePartInThePlansOrder() throws {
    let plan = plan(names)
    for count in [1, 2, 3, 16, 1000] {
      let parts = try (1...count).map { try part($0, of: count, plan) }
      #expect(parts.map(\.count).reduce(0, +) == plan.count)
      #expect(Set(parts.joined()) == Set(plan))
      for part in parts { #expect(part == plan.filter(Set(part).contains)) }
    }
    #expect(try part(1, of: 1, plan) == plan)
  }

  @Test func whatTakesLongComesFirstWhereThatIsAsked() {
    let lengths = [1, 9, 2, 8, 3]
    #expect(TrialOrder.of(lengths, seed: 0) { $0 > 5 } == [9, 8, 1, 2, 3])
    #expect(TrialOrder.of(lengths, seed: 0) == lengths)
    #expect(TrialOrder.of(lengths, seed: 7) { $0 > 5 } == TrialOrder.of(lengths, seed: 7))
  }

  @Test func partsAreAboutEquallyLarge() throws {
    let plan = plan(names)
    for index in 1...4 {
      #expect((70...130).contains(try part(index, of: 4, plan).count))
    }
  }

  @Test func anotherScenarioMovesNoTrial() throws {
    let before = plan(names)
    let after = plan(["another-one"] + names)
    for index in 1...8 {
      let old = try part(index, of: 8, before)
      let new = try part(index, of: 8, after)
      #expect(new.filter { $0.scenario != "another-one" } == old)
    }
  }

  /// `printf %s null-map-value.lkm.armed.6.1.stock.1 | sha256sum` begins with e4ec8fbcf9c2ce8a.
  @Test func thePartIsDecidedAsDocumented() throws {
    let id = TrialID(
      scenario: "null-map-value", mechanism: .lkm, armed: true, kernel: "6.1", profile: "stock",
      repetition: 1)
    let number = 0xe4ec_8fbc_f9c2_ce8a as UInt64
    #expect(try part(Int(number % 8) + 1, of: 8, [id]) == [id])
  }

  @Test func anEarlierRunsTimesBalanceTheParts() async throws {
    try await withTemporaryFolder { folder in
      let plan = plan(Array(names.prefix(10)))
      let directory = try RunDirectory.create(
        in: folder, header: header(plan), scenarios: [])
      // One trial takes as long as all of the others.
      for (index, id) in plan.enumerated() {
        let seconds = index == 7 ? 39.0 : 1.0
        try directory.append(
          TrialRecord(
            id: id, verdict: Verdict(.survived), expected: .init(verdict: .survived), outcome: .met,
            seconds: .init(start: 0, trial: seconds, total: seconds)))
      }
      let first = try part(1, of: 2, plan, balance: directory.path)
      let second = try part(2, of: 2, plan, balance: directory.path)
      #expect(first == [plan[7]])
      #expect(second == plan.filter { $0 != plan[7] })
    }
  }

  private func header(_ plan: [TrialID]) -> RunHeader {
    var header = RunHeader(
      id: "20261129T010203Z-0001", began: "2026-11-29T01:02:03Z", command: [],
      host: .init(system: "", processor: "", cores: 1, memoryMiB: 1), accelerator: "tcg",
      acceleratorReason: "", kernels: [.init(name: "6.1", release: "6.1")], profiles: ["stock"],
      versions: [:], seed: 0, repetitions: 1, cold: false, trials: plan)
    // Its trials are of no scenario that the directory would have to hold.
    header.suite = .init(name: "lkdtm")
    return header
  }

  @Test(arguments: [
    ("9/8", "numbered from 1 to the number of parts, 8"), ("0/8", "numbered from 1"),
    ("1/0", "cut into 1 to 10000 parts"), ("1/10001", "cut into 1 to 10000 parts"),
    ("3", "such as 3/8"), ("/", "such as 3/8"), ("1/2/3", "such as 3/8"), ("-1/8", "such as 3/8"),
    ("a/b", "such as 3/8"), ("", "such as 3/8"), ("1/99999999999999999999", "such as 3/8"),
  ])
  func aPartThatCannotBeIsRefused(text: String, words: String) {
    let error = #expect(throws: LabError.self) { try ShardChoice(text) }
    #expect(error?.message.contains(words) == true)
  }
}

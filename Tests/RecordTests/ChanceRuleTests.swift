// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct ChanceRuleTests {
  /// A scenario of which four out of five trials must agree.
  private static let scenario: Scenario? = {
    let yaml = Samples.yaml("race").replacing(
      "lesson:", with: "repeat: {times: 5, agree: 0.8, because: luck}, lesson:")
    do { return try ScenarioFile.parse(yaml, file: "race.yaml") } catch { return nil }
  }()

  private func run(_ outcomes: [Outcome], of scenario: Scenario, planned: Int = 5) -> RunRecord {
    let ids = (1...planned).map { repetition in
      var id = Samples.id("race", .lkm)
      id.repetition = repetition
      return id
    }
    let trials = zip(ids, outcomes).map { id, outcome in
      var record = Samples.record(id, outcome == .met ? .hung : .survived, outcome)
      record.reason = outcome == .met ? nil : "expected hung, got survived"
      return record
    }
    return RunRecord(header: Samples.header(ids), trials: trials, scenarios: [scenario])
  }

  @Test func oneOfFiveMayDiffer() throws {
    let scenario = try #require(Self.scenario)
    let run = run([.met, .met, .unmet, .met, .met], of: scenario)
    let trials = run.currentTrials
    #expect(trials.allSatisfy { $0.outcome == .met })
    #expect(trials[2].verdict.ruling == .survived)
    #expect(
      trials[2].reason
        == "4 of 5 trials agree, and a share of 0.8 is enough; "
        + "this one: expected hung, got survived")
    #expect(Summary(run).exitStatus == 0)
    // The journal has what happened.
    #expect(run.trials[2].outcome == .unmet)
  }

  @Test func twoOfFiveAreTooMany() throws {
    let scenario = try #require(Self.scenario)
    let run = run([.met, .unmet, .unmet, .met, .met], of: scenario)
    #expect(run.currentTrials.map(\.outcome) == [.met, .unmet, .unmet, .met, .met])
    #expect(Summary(run).exitStatus == 1)
  }

  @Test func anInconclusiveTrialStaysSoAndDoesNotAgree() throws {
    let scenario = try #require(Self.scenario)
    #expect(
      run([.met, .inconclusive, .unmet, .met, .met], of: scenario).currentTrials.map(\.outcome)
        == [.met, .inconclusive, .unmet, .met, .met])
    let alone = run([.met, .inconclusive, .met, .met, .met], of: scenario)
    #expect(Summary(alone).exitStatus == 3)
  }

  @Test func aGroupThatIsNotWholeIsLeftAsItIs() throws {
    let scenario = try #require(Self.scenario)
    let run = run([.met, .met, .met, .unmet], of: scenario)
    #expect(run.currentTrials.map(\.outcome) == [.met, .met, .met, .unmet])
  }

  /// Repetitions that all went unnoticed, and as many second looks, one of them a miss.
  @Test(arguments: [(firstLooks: 5, outcome: Outcome.met), (firstLooks: 4, outcome: .unmet)])
  func secondLooksAreAGroupOfTheirOwn(firstLooks: Int, outcome: Outcome) throws {
    let scenario = try #require(Self.scenario)
    var run = run([Outcome](repeating: .met, count: firstLooks), of: scenario)
    for index in run.trials.indices { run.trials[index].verdict = Verdict(.survived) }
    run.header.secondLooks = ["stock": "sensitive"]
    for (index, first) in run.trials.enumerated() {
      var id = first.id
      id.profile = "sensitive"
      run.trials.append(Samples.record(id, .survived, index == 1 ? .unmet : .met))
    }
    #expect(run.currentTrials[firstLooks + 1].outcome == outcome)
  }

  @Test func whatDoesNotDependOnChanceMustAgreeEachTime() throws {
    var scenario = try #require(Self.scenario)
    scenario.repeat = nil
    let run = run([.met, .met, .unmet, .met, .met], of: scenario)
    #expect(Summary(run).exitStatus == 1)
  }
}

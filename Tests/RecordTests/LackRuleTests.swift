// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct LackRuleTests {
  private func run(control: Outcome, armed: Outcome) -> RunRecord {
    var disarmedID = Samples.id("race", .bpf)
    disarmedID.armed = false
    var armedID = disarmedID
    armedID.armed = true
    var first = Samples.record(disarmedID, .rejected, control)
    first.reason = "this kernel lacks it"
    let second = Samples.record(armedID, .rejected, armed)
    return RunRecord(
      header: Samples.header([disarmedID, armedID]), trials: [first, second], scenarios: [])
  }

  @Test(arguments: [Outcome.met, .unmet, .inconclusive])
  func anArmedTwinWhoseControlWasSkippedIsSkipped(armed: Outcome) {
    let trials = run(control: .skipped, armed: armed).currentTrials
    #expect(trials.map(\.outcome) == [.skipped, .skipped])
    #expect(trials[1].reason == "this kernel lacks it")
  }

  @Test func aControlThatFailedSkipsNothing() {
    let run = run(control: .unmet, armed: .unmet)
    #expect(run.currentTrials.map(\.outcome) == [.unmet, .unmet])
    #expect(Summary(run).exitStatus == 1)
  }
}

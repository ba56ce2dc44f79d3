// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Verdicts

/// Nothing is said of a program that never ran.
@Suite(.lane, .timeLimit(.minutes(1))) struct NotRunTests {
  private func facts(_ more: [AgentFact], undeclared: Bool = true) -> TrialFacts {
    let agent: [AgentFact] =
      [.step("load"), .loaded] + more + [
        .workerEnded(exitStatus: 0, signal: nil), .healthy, .finished,
      ]
    return TrialFacts(
      mechanism: .bpf, armed: false, agent: agent, ending: .answered, isUndeclared: undeclared)
  }

  @Test func whatNeverRanDidNotSurvive() {
    let verdict = Judge.verdict(of: facts([.nothingRan("enter did not run"), .unloaded]))
    #expect(verdict.ruling == .notRun)
    #expect(verdict.ruling.rulingClass == .none)
    #expect(verdict.reason?.contains("enter did not run") == true)
    #expect(verdict.evidence.map(\.text) == ["nothing ran: enter did not run"])
  }

  @Test func aLeakIsOneThoughNothingRan() {
    let leak = AgentFact.leftBehind(what: "eBPF maps", before: 0, after: 1)
    let verdict = Judge.verdict(of: facts([.nothingRan("enter did not run"), .unloaded, leak]))
    #expect(verdict.ruling == .leaked)
  }

  @Test func aModuleThatStaysByDesignLeaksNothing() {
    let stays = AgentFact.unloadFailed(
      errno: 16, message: "by design: the module has no exit function: Device or resource busy")
    let verdict = Judge.verdict(of: facts([stays]))
    #expect(verdict.ruling == .survived)
    #expect(verdict.reason == "it can't be unloaded: the module has no exit function")
    // A scenario's twin is to be unloaded whatever it says.
    let declared = facts([.observed(1, faults: nil), stays], undeclared: false)
    #expect(Judge.verdict(of: declared).ruling == .leaked)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import GuestKernel
import TestSupport
import Testing
import Wire

/// What the kernel's count of runs says, and what it can't.
@Suite(.lane, .timeLimit(.minutes(1))) struct ProgramRunsTests {
  private func figures(
    _ name: String, runs: UInt64? = 0, _ change: (inout ProgramFigures) -> Void = { _ in }
  ) -> ProgramFigures {
    var figures = ProgramFigures(name: name, section: "xdp", type: "xdp")
    figures.isLoaded = true
    figures.runs = runs
    change(&figures)
    return figures
  }

  private func ran(_ figures: [ProgramFigures], release: String = "6.1.0-57") -> [ProgramState.Ran]
  {
    ProgramRuns.states(of: figures, release: release).map(\.ran)
  }

  @Test func aCountIsAnAnswer() {
    let states = ProgramRuns.states(of: [figures("a", runs: 7), figures("b")], release: "6.1")
    #expect(states.map(\.ran) == [.yes, .no])
    #expect(states.map(\.runs) == [7, 0])
  }

  @Test func whatIsNotLoadedDidNotRun() {
    let state = ProgramRuns.states(
      of: [figures("a", runs: nil) { $0.isLoaded = false }], release: "6.1")
    #expect(state[0].ran == .no)
    #expect(!state[0].isLoaded)
  }

  @Test func aKernelThatWasNotAskedToCountSaysNothing() {
    #expect(ran([figures("a", runs: nil)]) == [.unknown])
  }

  @Test func aTailCallIsNotCountedIfAnythingCanHaveMadeIt() {
    let target = figures("target") { $0.isTailCalled = true }
    #expect(ran([figures("caller", runs: 3), target]) == [.yes, .unknown])
    #expect(ran([figures("caller"), target]) == [.no, .no])
    let both = ProgramRuns.states(of: [figures("caller", runs: 3), target], release: "6.1")
    #expect(both[1].attached == "tail call")
    #expect(both[1].note == "the kernel counts no tail calls")
  }

  @Test func aProgramThatReplacesAnotherIsNotCounted() {
    let replacement = figures("a") {
      $0.isReplacement = true
      $0.attached = "freplace/b"
    }
    #expect(ran([replacement]) == [.unknown])
  }

  @Test(arguments: [
    ("5.10.0-35-cloud-amd64", ProgramState.Ran.unknown), ("5.12.0", .no), ("6.1.0", .no),
    ("7.2.13", .no),
  ])
  func aSleepableProgramIsCountedFrom5Point12On(release: String, answer: ProgramState.Ran) {
    #expect(ran([figures("a") { $0.isSleepable = true }], release: release) == [answer])
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Machine
import TestSupport
import Testing
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct ShellWatchTests {
  private let heartbeat = GuestEvent.message(
    .heartbeat(uptimeMilliseconds: 1, step: "shell", processState: "S"))

  /// A guest that speaks once, then uses its processor in silence until it is called hung.
  private func hanging() -> (watch: ShellWatch, now: Double) {
    var watch = ShellWatch(cpus: 1, kernel: nil)
    #expect(watch.handle(heartbeat, now: 0.1, processor: 0.1, console: 0) == .none)
    var now = 0.1
    while now < 10 {
      now += 0.1
      if watch.handle(.tick, now: now, processor: now, console: 0) == .hangs { break }
    }
    #expect((4...4.5).contains(now))
    return (watch, now)
  }

  private func tick(_ watch: inout ShellWatch, from start: Double, to end: Double)
    -> [ShellWatch.Action]
  {
    stride(from: start + 0.1, through: end, by: 0.1).map {
      watch.handle(.tick, now: $0, processor: $0, console: 0)
    }.filter { if case .sample = $0 { false } else { $0 != .none } }
  }

  @Test func anIdleShellIsNeverOver() {
    var watch = ShellWatch(cpus: 1, kernel: nil)
    for beat in 0..<18000 {
      let action = watch.handle(heartbeat, now: Double(beat) / 5, processor: 0.1, console: 0)
      #expect(action == .none)
    }
  }

  @Test func aHangIsToldOnceAndWaitsForAnAnswer() {
    let (hung, now) = hanging()
    var watch = hung
    #expect(tick(&watch, from: now, to: now + 30).isEmpty)
  }

  @Test func aGuestThatSpeaksAgainIsNotHung() {
    let (hung, now) = hanging()
    var watch = hung
    #expect(watch.handle(heartbeat, now: now + 1, processor: now + 1, console: 0) == .speaksAgain)
    #expect(watch.handle(heartbeat, now: now + 2, processor: now + 1, console: 0) == .none)
  }

  @Test func oneThatWantsToWaitIsAskedAgainLater() {
    let (hung, now) = hanging()
    var watch = hung
    watch.wait(now: now)
    #expect(tick(&watch, from: now, to: now + ShellWatch.patience - 0.2).isEmpty)
    let later = tick(
      &watch, from: now + ShellWatch.patience, to: now + ShellWatch.patience + 6)
    #expect(later == [.hangs])
  }

  @Test func aQuestionedGuestIsOverWhenItHasHadItsTime() {
    let (hung, now) = hanging()
    var watch = hung
    watch.question(now: now + 20)
    let actions = tick(&watch, from: now + 20, to: now + 26)
    guard case .over(.silent)? = actions.first else {
      Issue.record("\(actions)")
      return
    }
  }

  @Test func aPanicEndsIt() {
    var watch = ShellWatch(cpus: 1, kernel: nil)
    let panic = GuestEvent.qmp(QMPEvent(name: "GUEST_PANICKED", data: nil))
    #expect(watch.handle(panic, now: 1, processor: 1, console: 0) == .none)
    #expect(
      watch.handle(.exited("status(0)"), now: 1.1, processor: 1, console: 9) == .over(.panicked))
  }
}

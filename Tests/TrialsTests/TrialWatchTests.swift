// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import Scenarios
import TestSupport
import Testing
import Trials
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct TrialWatchTests {
  private typealias Moment = (event: GuestEvent, now: Double, processor: Double)

  /// Feed events at (seconds, processor seconds), with the clock's ticks between them.
  ///
  /// - Returns: the actions that are not `wait`, nor one of the looks at the registers, which get no
  ///   answer here; none is taken behind one that ends the trial.
  private func act(_ moments: [Moment], limits: TrialWatch.Limits = .init())
    -> [TrialWatch.Action]
  {
    var watch = TrialWatch(limits: limits)
    var actions: [TrialWatch.Action] = []
    var last = (now: 0.0, processor: 0.0)
    for moment in moments {
      let pace = (moment.processor - last.processor) / max(moment.now - last.now, 0.001)
      for now in stride(from: last.now + 0.1, to: moment.now, by: 0.1) {
        let processor = last.processor + (now - last.now) * pace
        actions.append(watch.handle(.tick, now: now, processor: processor))
      }
      actions.append(
        watch.handle(moment.event, now: moment.now, processor: moment.processor))
      last = (moment.now, moment.processor)
    }
    let said = actions.filter {
      if case .sample = $0 { return false }
      return $0 != .wait
    }
    let end = said.firstIndex { if case .end = $0 { true } else { false } }
    return Array(said[..<(end.map { $0 + 1 } ?? said.count)])
  }

  private func qmp(_ name: String, reason: String? = nil) -> GuestEvent {
    .qmp(QMPEvent(name: name, data: reason.map { .object(["reason": .string($0)]) }))
  }

  private let heartbeat = GuestEvent.message(
    .heartbeat(uptimeMilliseconds: 1, step: "workload", processState: "R"))

  @Test func theAgentsLastWordEndsTheTrial() {
    #expect(act([(.message(.finished), 1, 1)]) == [.end(.answered)])
  }

  /// QEMU's clock of the processor runs since the guest's boot, which may have taken long.
  @Test func whatAGuestUsedToBootIsNoSilence() {
    var watch = TrialWatch()
    #expect(watch.handle(.tick, now: 0.1, processor: 12.6) == .wait)
    #expect(watch.handle(.tick, now: 1.6, processor: 14.6) == .wait)
    #expect(watch.handle(.tick, now: 3, processor: 16.4) == .sample(.silence))
    #expect(watch.handle(.tick, now: 3.2, processor: 16.7) == .injectNMI)
  }

  @Test func aBusySilenceIsQuestionedAndThenCalledSilent() {
    let actions = act([
      (heartbeat, 1, 1), (.tick, 4.9, 4.9), (.tick, 5.2, 5.2), (.tick, 10.3, 10.3),
    ])
    #expect(actions.first == .injectNMI)
    guard case .end(.silent(let seconds, _, _)) = actions.last else {
      Issue.record("ended with \(actions)")
      return
    }
    #expect((4...4.2).contains(seconds))
  }

  @Test func aGuestThatGetsNoProcessorIsNotHung() {
    #expect(act([(heartbeat, 1, 1), (.tick, 15, 1.5), (heartbeat, 16, 1.6)]) == [])
  }

  @Test func aGuestThatSleepsForGoodIsQuestionedInTheEnd() {
    #expect(act([(heartbeat, 1, 1), (.tick, 21.5, 1.1)]) == [.injectNMI])
  }

  @Test func thePanicThatTheQuestionCausesDoesNotHideTheSilence() {
    let actions = act([
      (heartbeat, 1, 1), (.tick, 6, 6), (qmp("GUEST_PANICKED"), 6.1, 6.1),
      (qmp("SHUTDOWN", reason: "guest-reset"), 6.2, 6.2), (.exited("status(0)"), 6.3, 6.3),
    ])
    #expect(actions.first == .injectNMI)
    guard case .end(.silent(let seconds, _, _)) = actions.last else {
      Issue.record("ended with \(actions)")
      return
    }
    #expect((4...4.2).contains(seconds))
  }

  @Test func aPanicIsToldFromAReset() {
    let shutdown = qmp("SHUTDOWN", reason: "guest-reset")
    #expect(
      act([(qmp("GUEST_PANICKED"), 1, 1), (shutdown, 1, 1), (.exited("status(0)"), 1, 1)])
        == [.end(.panicked)])
    #expect(act([(shutdown, 1, 1), (.exited("status(0)"), 1, 1)]) == [.end(.reset)])
  }

  @Test func noWordOfTheAgentsTakesAPanicOrAResetBack() {
    let finished = (GuestEvent.message(.finished), 2.0, 2.0)
    let exited = (GuestEvent.exited("signal(9)"), 3.0, 3.0)
    #expect(act([(qmp("GUEST_PANICKED"), 1, 1), finished, exited]) == [.end(.panicked)])
    let shutdown = qmp("SHUTDOWN", reason: "guest-reset")
    #expect(act([(shutdown, 1, 1), finished, exited]) == [.end(.reset)])
  }

  @Test func aPanickedGuestThatStaysIsNotAwaitedForGood() {
    #expect(act([(qmp("GUEST_PANICKED"), 1, 1), (.tick, 6.5, 6.5)]) == [.end(.panicked)])
  }

  @Test func qemusOwnEndIsTheLaboratorysFailure() {
    #expect(
      act([(.exited("signal(9)"), 1, 1)])
        == [.end(.laboratoryFailed("QEMU ended by itself (signal(9))"))])
  }

  @Test func rubbishFromTheAgentIsTheLaboratorysFailure() {
    let actions = act([(.malformed(.unknownFrameType(7)), 1, 1)])
    guard case .end(.laboratoryFailed) = actions.first else {
      Issue.record("ended with \(actions)")
      return
    }
  }

  private func beat(_ watch: inout TrialWatch, ticks: [UInt64], now: Double) -> TrialWatch.Action {
    let heartbeat = AgentMessage.heartbeat(
      uptimeMilliseconds: 1, step: "workload", processState: "R", ticks: ticks)
    _ = watch.handle(.message(heartbeat), now: now, processor: now)
    return watch.handle(.tick, now: now + 0.01, processor: now)
  }

  private func sample(_ now: Double, flags: UInt64, processor: Int = 0) -> ProcessorSample {
    ProcessorSample(
      now: now,
      registers: (0...processor).map { number in
        ProcessorRegisters(
          processor: number, instruction: 1, flags: number == processor ? flags : 0x246, level: 0,
          halted: false, line: 1, text: "")
      },
      threads: Dictionary(
        uniqueKeysWithValues: (0...processor).map { ($0, .init(seconds: now, sleeps: false)) }))
  }

  @Test func aSilentGuestIsLookedAtBeforeItIsQuestioned() {
    var watch = TrialWatch()
    #expect(watch.handle(heartbeat, now: 0.1, processor: 0.1) == .wait)
    #expect(watch.handle(.tick, now: 1.5, processor: 1.5) == .wait)
    #expect(watch.handle(.tick, now: 2.5, processor: 2.5) == .sample(.silence))
  }

  @Test func aLockupEndsTheTrialBehindItsBackTrace() {
    var watch = TrialWatch()
    _ = watch.handle(heartbeat, now: 0.1, processor: 0.1)
    _ = watch.handle(.tick, now: 1.5, processor: 1.5)
    var last = TrialWatch.Action.wait
    for now in stride(from: 2.5, to: 4, by: 0.1) where last == .wait {
      #expect(watch.handle(.tick, now: now, processor: now) == .sample(.silence))
      last = watch.note(sample(now, flags: 2), on: .silence)
    }
    #expect(last == .injectNMI)
    // The back trace comes, and then nothing more.
    #expect(watch.handle(.tick, now: 3.5, processor: 3.5, console: 500) == .wait)
    #expect(watch.handle(.tick, now: 3.7, processor: 3.7, console: 900) == .wait)
    let end = watch.handle(.tick, now: 4.4, processor: 4.4, console: 900)
    guard case .end(.lockedUp(let lockup)) = end else {
      Issue.record("ended with \(end)")
      return
    }
    #expect(lockup.processor == 0 && !lockup.halted)
  }

  @Test func aSilentProcessorThatCountsTimeSaysSo() {
    var watch = TrialWatch()
    for step in 0...41 {
      let now = Double(step) / 10
      guard case .sample(let suspicion) = watch.handle(.tick, now: now, processor: now) else {
        continue
      }
      let registers = ProcessorRegisters(
        processor: 0, instruction: 0x1000, flags: 2, level: 0, halted: false, line: 1, text: "")
      let sample = ProcessorSample(
        now: now, registers: [registers], threads: [0: .init(seconds: now, sleeps: false)],
        ticks: [0: .init(value: UInt64(step), period: 0.01)])
      #expect(watch.note(sample, on: suspicion) == .wait)
    }
    guard
      case .end(.silent(_, _, let countsTicks)) = watch.handle(
        .exited("0"), now: 4.2, processor: 4.2)
    else {
      Issue.record("not called silent")
      return
    }
    #expect(countsTicks == true)
  }

  @Test func aGuestThatTakesInterruptsIsLeftToItsOwnDetectors() {
    var watch = TrialWatch()
    _ = watch.handle(heartbeat, now: 0.1, processor: 0.1)
    _ = watch.handle(.tick, now: 1.5, processor: 1.5)
    for now in stride(from: 2.5, to: 3.9, by: 0.1) {
      #expect(watch.handle(.tick, now: now, processor: now) == .sample(.silence))
      #expect(watch.note(sample(now, flags: 0x202), on: .silence) == .wait)
    }
  }

  @Test func aProcessorWithoutTicksIsSuspectThoughTheAgentSpeaks() {
    var watch = TrialWatch()
    for step in 0..<11 {
      let now = Double(step) * 0.2
      #expect(beat(&watch, ticks: [UInt64(step), 7], now: now) == .wait)
    }
    let suspicion = LockupWatch.Suspicion.noTicks(processor: 1)
    #expect(beat(&watch, ticks: [50, 7], now: 2.4) == .sample(suspicion))
    var last = TrialWatch.Action.wait
    for now in stride(from: 2.5, to: 4, by: 0.1) where last == .wait {
      last = watch.note(sample(now, flags: 2, processor: 1), on: suspicion)
    }
    #expect(last == .injectNMI)
  }

  @Test func aSingleTickClearsAProcessor() {
    var watch = TrialWatch()
    for step in 0..<40 {
      let now = Double(step) * 0.2
      // Interrupts are on for a moment every second.
      #expect(beat(&watch, ticks: [UInt64(step), UInt64(now)], now: now) == .wait)
    }
  }

  private func sleeping(
    from first: Double, to last: Double, every seconds: Double, in step: String = "workload"
  ) -> [Moment] {
    stride(from: first, through: last, by: seconds).map { now in
      let state = AgentMessage.heartbeat(uptimeMilliseconds: 1, step: step, processState: "D")
      return (.message(state), now, 0.1)
    }
  }

  @Test func aWorkerInUninterruptibleSleepIsGivenFourSeconds() {
    #expect(act(sleeping(from: 1, to: 4.75, every: 0.25)) == [])
    let actions = act(sleeping(from: 1, to: 6, every: 0.25))
    guard case .end(.deadline(let seconds, "workload", "D")) = actions.first else {
      Issue.record("ended with \(actions)")
      return
    }
    #expect((5...5.3).contains(seconds))
  }

  @Test func aFewHeartbeatsOfAStarvedGuestAreNoLongSleep() {
    #expect(act(sleeping(from: 1, to: 11, every: 2)) == [])
  }

  @Test func anotherStepIsAnotherSleep() {
    let moments =
      sleeping(from: 1, to: 4, every: 0.25) + [(.message(.step("unload")), 4.1, 0.1)]
      + sleeping(from: 4.2, to: 8, every: 0.25)
    #expect(act(moments) == [])
  }

  @Test func theExaminersSleepIsNotCountedWithTheWorkers() {
    let worker = sleeping(from: 1, to: 4, every: 0.25)
    #expect(act(worker + sleeping(from: 4.2, to: 8, every: 0.25, in: "health")) == [])
    let actions = act(worker + sleeping(from: 4.2, to: 9, every: 0.25, in: "health"))
    guard case .end(.deadline(let seconds, "health", "D")) = actions.first else {
      Issue.record("ended with \(actions)")
      return
    }
    #expect((8.2...8.5).contains(seconds))
  }

  @Test func aCheckThatPassedEndsASleep() {
    let passed = GuestEvent.message(.health(check: "mount", detail: nil))
    let moments =
      sleeping(from: 1, to: 4, every: 0.25, in: "health") + [(passed, 4.1, 0.1)]
      + sleeping(from: 4.2, to: 8, every: 0.25, in: "health")
    #expect(act(moments) == [])
  }

  @Test func aTrialThatTheHarnessWasAwayFromIsNotJudged() {
    // Whatever it is that is heard first.
    for event in [GuestEvent.tick, .message(.finished), .exited("signal(9)")] {
      var watch = TrialWatch()
      #expect(watch.handle(heartbeat, now: 1, processor: 1, absence: 1.9) == .wait)
      guard
        case .end(.laboratoryFailed(let why)) = watch.handle(
          event, now: 51, processor: 51, absence: 50)
      else {
        Issue.record("\(event) was believed")
        continue
      }
      #expect(why == "the harness was away for 50.0 s")
    }
  }

  @Test func whoWasLateForAllEventsBlamesNobody() {
    var watch = TrialWatch()
    #expect(watch.handle(heartbeat, now: 1, processor: 1) == .wait)
    #expect(watch.handle(.tick, now: 1.1, processor: 1.1) == .wait)
    // Stopped for a minute while the guest ran on; its messages wait behind this tick.
    #expect(watch.handle(.tick, now: 51, processor: 51) == .wait)
    #expect(watch.handle(heartbeat, now: 51, processor: 51) == .wait)
  }

  @Test func aLivelyTrialWithoutAnEndMeetsItsDeadline() {
    var limits = TrialWatch.Limits()
    limits.trial = 10
    #expect(
      act([(heartbeat, 9.9, 3), (.tick, 10.05, 3)], limits: limits)
        == [.end(.deadline(seconds: 10.05, step: "workload", processState: nil))])
  }

  @Test func whatTheHostKeptFromALivelyGuestDelaysItsDeadline() {
    var limits = TrialWatch.Limits()
    limits.trial = 10
    limits.starved = 20
    func look(at now: Double, waited: Double) -> TrialWatch.Action {
      var watch = TrialWatch(limits: limits)
      _ = watch.handle(heartbeat, now: now - 0.2, processor: 1)
      _ = watch.handle(.tick, now: now - 0.1, processor: 1)
      return watch.handle(.tick, now: now, processor: 1, waited: waited)
    }
    #expect(look(at: 15, waited: 6) == .wait)
    let end = TrialWatch.Action.end(.deadline(seconds: 16.1, step: "workload", processState: nil))
    #expect(look(at: 16.1, waited: 6) == end)
    guard case .end = look(at: 30.1, waited: 30) else {
      Issue.record("the host's waits delay it without end")
      return
    }
  }

  @Test func aSleepSeenByChanceAtTheDeadlineIsNoHang() {
    var limits = TrialWatch.Limits()
    limits.trial = 10
    let sleep = sleeping(from: 9.9, to: 9.9, every: 1)
    #expect(
      act([(heartbeat, 9.8, 3)] + sleep + [(.tick, 10.05, 3)], limits: limits)
        == [.end(.deadline(seconds: 10.05, step: "workload", processState: nil))])
  }

  @Test func aSleepIsNotCountedThroughATimeInWhichTheHarnessWasAway() {
    var watch = TrialWatch()
    func sleep(at now: Double) -> TrialWatch.Action {
      let state = AgentMessage.heartbeat(uptimeMilliseconds: 1, step: "load", processState: "D")
      _ = watch.handle(.message(state), now: now, processor: 0.1)
      return watch.handle(.tick, now: now + 0.05, processor: 0.1)
    }
    for step in 0..<7 { #expect(sleep(at: 1 + Double(step) * 0.25) == .wait) }
    // Stopped for a while; a heartbeat that lay waiting is all that was seen of it.
    #expect(sleep(at: 12) == .wait)
    #expect(sleep(at: 12.2) == .wait)
  }

  @Test func aKernelThatChecksEachAccessOrLockGetsMoreTime() {
    func seconds(_ options: Set<String>?) -> Double {
      var limits = TrialWatch.Limits()
      limits.fit(cpus: 1, kernel: options.map { KernelTraits(release: "6.1", options: $0) })
      return limits.trial
    }
    #expect(seconds(nil) == 60)
    #expect(seconds(["KFENCE"]) == 60)
    #expect(seconds(["KASAN"]) == 240)
    #expect(seconds(["PROVE_LOCKING", "KASAN"]) == 240)
  }

  @Test func twoProcessorsGetTwiceTheProcessorTime() {
    var limits = TrialWatch.Limits()
    let one = limits.silentProcessor
    limits.fit(cpus: 2, kernel: nil)
    #expect(limits.silentProcessor == 2 * one)
  }
}

import Lab
import Machine
import Testing
import Verdicts
import Wire

@Suite struct TrialWatchTests {
  private typealias Moment = (event: GuestEvent, now: Double, processor: Double)

  /// Feed events at (seconds, processor seconds), with the clock's ticks between them.
  ///
  /// - Returns: the actions that are not `wait`; none is taken behind one that ends the trial.
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
    let said = actions.filter { $0 != .wait }
    let end = said.firstIndex { if case .end = $0 { true } else { false } }
    return Array(said[..<(end.map { $0 + 1 } ?? said.count)])
  }

  private func qmp(_ name: String, reason: String? = nil) -> GuestEvent {
    .qmp(QMPEvent(name: name, data: reason.map { .object(["reason": .string($0)]) }))
  }

  private let heartbeat = GuestEvent.message(
    .heartbeat(uptimeMilliseconds: 1, step: "workload", workerState: "R"))

  @Test func theAgentsLastWordEndsTheTrial() {
    #expect(act([(.message(.finished), 1, 1)]) == [.end(.answered)])
  }

  @Test func aBusySilenceIsQuestionedAndThenCalledSilent() {
    let actions = act([
      (heartbeat, 1, 1), (.tick, 4.9, 4.9), (.tick, 5.2, 5.2), (.tick, 10.3, 10.3),
    ])
    #expect(actions.first == .injectNMI)
    guard case .end(.silent(let seconds)) = actions.last else {
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
    guard case .end(.silent(let seconds)) = actions.last else {
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

  private func sleeping(from first: Double, to last: Double, every seconds: Double) -> [Moment] {
    stride(from: first, through: last, by: seconds).map { now in
      let state = AgentMessage.heartbeat(
        uptimeMilliseconds: 1, step: "workload", workerState: "D")
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

  @Test func aHarnessThatWasAwayBlamesNobody() {
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
        == [.end(.deadline(seconds: 10.05, step: "workload", workerState: "R"))])
  }
}

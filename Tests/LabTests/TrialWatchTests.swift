import Lab
import Machine
import Testing
import Verdicts
import Wire

@Suite struct TrialWatchTests {
  /// Feed events at (seconds, processor seconds); the first action that is not `wait` ends it.
  private func act(
    _ events: [(GuestEvent, now: Double, processor: Double)], limits: TrialWatch.Limits = .init()
  ) -> [TrialWatch.Action] {
    var watch = TrialWatch(limits: limits)
    return events.map { watch.handle($0.0, now: $0.now, processor: $0.processor) }
      .filter { $0 != .wait }
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
    #expect(abs(seconds - 4.2) < 0.001)
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
    #expect(actions == [.injectNMI, .end(.silent(seconds: 5))])
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

  @Test func aWorkerInUninterruptibleSleepIsGivenFourSeconds() {
    func sleeping(_ now: Double) -> (GuestEvent, now: Double, processor: Double) {
      (
        .message(.heartbeat(uptimeMilliseconds: 1, step: "workload", workerState: "D")), now, 0.1
      )
    }
    let early = [sleeping(1), (GuestEvent.tick, 4.9, 0.1)]
    #expect(act(early) == [])
    #expect(
      act(early + [sleeping(5), (.tick, 5.2, 0.1)])
        == [.end(.deadline(seconds: 5.2, step: "workload", workerState: "D"))])
  }

  @Test func anotherStepIsAnotherSleep() {
    let sleep = GuestEvent.message(
      .heartbeat(uptimeMilliseconds: 1, step: nil, workerState: "D"))
    #expect(
      act([(sleep, 1, 0), (.message(.step("unload")), 3, 0), (sleep, 3.1, 0), (.tick, 6, 0)]) == [])
  }

  @Test func aLivelyTrialWithoutAnEndMeetsItsDeadline() {
    var limits = TrialWatch.Limits()
    limits.trial = 10
    #expect(
      act([(heartbeat, 9.9, 3), (.tick, 10.1, 3)], limits: limits)
        == [.end(.deadline(seconds: 10.1, step: "workload", workerState: "R"))])
  }
}

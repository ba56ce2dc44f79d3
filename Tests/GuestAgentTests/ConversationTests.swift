// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct ConversationTests {
  private let plan = TrialPlan(
    scenario: "null-map-value", mechanism: .bpf, armed: true, objectName: "null_map_value",
    objectSize: 4, modules: ["sch_ingress"], workload: [.files(count: 1)],
    observation: .variable("events"), watchedCaches: ["task_struct"])
  private let hello = AgentMessage.hello(version: wireVersion, kernelRelease: "6.1.0-test")
  private let state = AgentMessage.state(
    moment: "before",
    KernelState(
      taint: 0, modules: [], programs: 0, maps: 0, links: 0, slabObjects: [:],
      memoryAvailableKiB: 1))

  private func host(_ message: HostMessage) throws -> Conversation.Event {
    .host(message.frame)
  }

  private func tellsHost(_ message: AgentMessage) throws -> Conversation.Action {
    .tellHost(message.frame)
  }

  private func worker(_ message: AgentMessage) throws -> Conversation.Event {
    .worker(message.frame)
  }

  private func greeted() throws -> Conversation {
    var conversation = Conversation(kernelRelease: "6.1.0-test")
    #expect(conversation.handle(.ready) == [try tellsHost(hello)])
    #expect(try conversation.handle(host(.hello(version: wireVersion))) == [tellsHost(hello)])
    return conversation
  }

  private func working() throws -> Conversation {
    var conversation = try greeted()
    _ = try conversation.handle(host(.trial(plan)))
    _ = conversation.handle(.examiner(state.frame))
    _ = conversation.handle(.examiner(WorkerSignals.finished))
    let actions = conversation.handle(.host(.blob([1, 2, 3, 4])))
    #expect(
      actions == [
        .tellWorker(HostMessage.trial(plan).frame), .tellWorker(.blob([1, 2, 3, 4])),
      ])
    return conversation
  }

  /// The guest's host decides whether it does.
  @Test func anotherTrialMayFollowOneThatFinished() throws {
    var conversation = try working()
    _ = conversation.handle(.worker(WorkerSignals.finished))
    let ended = conversation.handle(.examiner(WorkerSignals.finished))
    #expect(ended == [.tellHost(WorkerSignals.finished)])
    var next = plan
    (next.armed, next.isShared) = (false, true)
    let begun = conversation.handle(try host(.trial(next)))
    #expect(
      begun == [.tellExaminer(ExaminerRequest.note(plan: HostMessage.trial(next).frame).frame)])
    _ = conversation.handle(.examiner(WorkerSignals.finished))
    _ = conversation.handle(.host(.blob([1, 2, 3, 4])))
    // What is freed late is waited for, though nothing was unloaded.
    let examined = conversation.handle(.worker(WorkerSignals.finished))
    #expect(
      examined == [.tellExaminer(ExaminerRequest.examine(brief: true, settle: true).frame)])
  }

  @Test func noTrialFollowsALostWorker() throws {
    var conversation = try working()
    _ = conversation.handle(.workerEnded(exitStatus: nil, signal: 9))
    _ = conversation.handle(.examiner(WorkerSignals.finished))
    #expect(
      try failures(conversation.handle(host(.trial(plan)))) == ["the worker ended before the trial"]
    )
  }

  private func failures(_ actions: [Conversation.Action]) throws -> [String] {
    try actions.compactMap { action in
      guard case .tellHost(let frame) = action,
        case .failed(let reason) = try AgentMessage(frame)
      else { return nil }
      return reason
    }
  }

  @Test func aGuestThatLostAChildWhileItWarmedUpIsNeverReady() throws {
    var conversation = Conversation(kernelRelease: "6.1.0-test")
    _ = conversation.handle(.examinerEnded("it exited with 1"))
    #expect(
      try failures(conversation.handle(.ready)) == ["the examiner is gone: it exited with 1"])
    var other = Conversation(kernelRelease: "6.1.0-test")
    _ = other.handle(.workerEnded(exitStatus: 1, signal: nil))
    #expect(try failures(other.handle(.ready)) == ["the worker is gone"])
    let answer = try other.handle(host(.hello(version: wireVersion)))
    #expect(try failures(answer) == ["the worker is gone"])
  }

  @Test func aRehearsalEndsWhenBothAreWarmAndATrialFollows() throws {
    var conversation = try greeted()
    #expect(
      try conversation.handle(host(.rehearse)) == [
        .tellWorker(HostMessage.rehearse.frame), .tellExaminer(ExaminerRequest.rehearse.frame),
        .rehearse,
      ])
    #expect(try ExaminerRequest(ExaminerRequest.rehearse.frame) == .rehearse)
    #expect(!conversation.underWay, "nothing is to be watched")
    #expect(conversation.handle(.examiner(WorkerSignals.finished)).isEmpty)
    #expect(try !failures(conversation.handle(host(.trial(plan)))).isEmpty, "not in the middle")
    #expect(
      conversation.handle(.worker(WorkerSignals.finished)) == [.tellHost(WorkerSignals.finished)])
    #expect(try failures(conversation.handle(host(.trial(plan)))).isEmpty)
    #expect(try !failures(conversation.handle(host(.rehearse))).isEmpty, "not behind a trial")
  }

  @Test func aProcessThatEndsInARehearsalIsTold() throws {
    for event: Conversation.Event in [
      .workerEnded(exitStatus: nil, signal: 9), .examinerEnded("killed"),
    ] {
      var conversation = try greeted()
      _ = try conversation.handle(host(.rehearse))
      #expect(try !failures(conversation.handle(event)).isEmpty)
    }
  }

  @Test func theSignalsAreWhatTheCoderMakesOfThem() throws {
    #expect(WorkerSignals.finished == AgentMessage.finished.frame)
    #expect(WorkerSignals.unloaded == AgentMessage.unloaded.frame)
    #expect(WorkerSignals.loaded == AgentMessage.loaded.frame)
    #expect(WorkerSignals.step(in: AgentMessage.step("load").frame) == "load")
    #expect(WorkerSignals.step(in: AgentMessage.loaded.frame) == nil)
    #expect(WorkerSignals.isFailure(AgentMessage.failed("x").frame))
    #expect(!WorkerSignals.isFailure(AgentMessage.step("failed").frame))
  }

  @Test func theWorkerStartsOnlyWhenTheStateIsNotedAndTheObjectIsWhole() throws {
    var conversation = try greeted()
    #expect(
      try conversation.handle(host(.trial(plan))) == [
        .tellExaminer(HostMessage.trial(plan).frame)
      ])
    #expect(conversation.handle(.host(.blob([1, 2]))).isEmpty)
    #expect(try conversation.handle(.examiner(state.frame)) == [tellsHost(state)])
    #expect(conversation.handle(.examiner(WorkerSignals.finished)).isEmpty)
    #expect(
      conversation.handle(.host(.blob([3, 4]))) == [
        .tellWorker(HostMessage.trial(plan).frame), .tellWorker(.blob([1, 2])),
        .tellWorker(.blob([3, 4])),
      ])
  }

  @Test func theWorkersWordsGoToTheHostAndItsEndToTheExaminer() throws {
    var conversation = try working()
    #expect(try conversation.handle(worker(.step("load"))) == [tellsHost(.step("load"))])
    #expect(try conversation.handle(worker(.loaded)) == [tellsHost(.loaded)])
    #expect(conversation.handle(.worker(.blob([9]))) == [.tellHost(.blob([9]))])
    #expect(try conversation.handle(worker(.unloaded)) == [tellsHost(.unloaded)])
    #expect(
      try conversation.handle(worker(.finished)) == [
        .tellExaminer(ExaminerRequest.examine(brief: false, settle: true).frame)
      ])
    let health = AgentMessage.health(check: "tmpfs", detail: nil)
    #expect(try conversation.handle(.examiner(health.frame)) == [tellsHost(health)])
    #expect(
      conversation.handle(.examiner(WorkerSignals.finished)) == [.tellHost(WorkerSignals.finished)])
    #expect(!conversation.underWay)
  }

  @Test func whereNothingOfTheTwinRanAFewChecksDo() throws {
    var conversation = try working()
    _ = try conversation.handle(worker(.step("load")))
    _ = try conversation.handle(
      worker(.refused(Refusal(gate: .verifier, errno: 13, message: "no"))))
    #expect(
      try conversation.handle(worker(.finished)) == [
        .tellExaminer(ExaminerRequest.examine(brief: true, settle: false).frame)
      ])
  }

  @Test func aDisarmedTwinIsExaminedBrieflyUnlessTheWorkerDied() throws {
    var disarmed = plan
    disarmed.armed = false
    for (event, brief) in [
      (Conversation.Event.worker(WorkerSignals.finished), true),
      (.workerEnded(exitStatus: nil, signal: 9), false),
    ] {
      var conversation = try greeted()
      _ = try conversation.handle(host(.trial(disarmed)))
      _ = conversation.handle(.examiner(WorkerSignals.finished))
      _ = conversation.handle(.host(.blob([1, 2, 3, 4])))
      #expect(
        conversation.handle(event).last
          == .tellExaminer(ExaminerRequest.examine(brief: brief, settle: false).frame))
    }
  }

  @Test func requestsSurviveTheJourney() throws {
    let request = ExaminerRequest.examine(brief: true, settle: false)
    #expect(try ExaminerRequest(request.frame) == request)
    #expect(throws: WireError.self) { try ExaminerRequest(.blob([1])) }
  }

  @Test func heartbeatsCarryTheWorkersStepWhileATrialIsUnderWay() throws {
    var idle = try greeted()
    #expect(idle.handle(.heartbeatDue(uptimeMilliseconds: 5, processState: "S")).isEmpty)
    var conversation = try working()
    _ = try conversation.handle(worker(.step("workload")))
    #expect(
      try conversation.handle(.heartbeatDue(uptimeMilliseconds: 5, processState: "D")) == [
        tellsHost(.heartbeat(uptimeMilliseconds: 5, step: "workload", processState: "D"))
      ])
  }

  @Test func aKilledWorkerIsToldAndTheKernelStillExamined() throws {
    var conversation = try working()
    #expect(!conversation.examinerIsAtWork)
    #expect(
      try conversation.handle(.workerEnded(exitStatus: nil, signal: 9)) == [
        tellsHost(.workerEnded(exitStatus: nil, signal: 9)),
        .tellExaminer(ExaminerRequest.examine(brief: false, settle: false).frame),
      ])
    #expect(conversation.examinerIsAtWork)
    #expect(
      conversation.handle(.examiner(WorkerSignals.finished)) == [.tellHost(WorkerSignals.finished)])
  }

  @Test func anExaminerThatDiesIsAFailedCheck() throws {
    var conversation = try working()
    _ = try conversation.handle(worker(.finished))
    #expect(
      try conversation.handle(.examinerEnded("killed by signal 9")) == [
        tellsHost(.health(check: "examiner", detail: "killed by signal 9")), tellsHost(.finished),
      ])
  }

  @Test func anExaminerThatDiesEarlyIsToldWhenTheWorkerHasEnded() throws {
    var conversation = try working()
    #expect(conversation.handle(.examinerEnded("killed by signal 11")).isEmpty)
    #expect(
      try conversation.handle(worker(.finished)) == [
        tellsHost(.health(check: "examiner", detail: "killed by signal 11")), tellsHost(.finished),
      ])
  }

  @Test func modulesThatCannotBeLoadedEndTheTrial() throws {
    var conversation = try greeted()
    _ = try conversation.handle(host(.trial(plan)))
    let failed = AgentMessage.failed("no module")
    #expect(try conversation.handle(.examiner(failed.frame)) == [tellsHost(failed)])
    #expect(!conversation.underWay)
    #expect(conversation.handle(.examiner(WorkerSignals.finished)).isEmpty)
  }

  @Test func afterAVersionMismatchOnlyHelloIsHeard() throws {
    var conversation = Conversation(kernelRelease: "6.1.0-test")
    #expect(try conversation.handle(host(.hello(version: wireVersion + 1))) == [tellsHost(hello)])
    #expect(try failures(conversation.handle(host(.trial(plan)))).count == 1)
    #expect(!conversation.underWay)
    #expect(try conversation.handle(host(.hello(version: wireVersion))) == [tellsHost(hello)])
    #expect(try failures(conversation.handle(host(.trial(plan)))).isEmpty)
    #expect(conversation.underWay)
  }

  @Test(arguments: [
    WireFrame.message([]), .message(Array("{".utf8)), .message(Array(#"{"trial":{}}"#.utf8)),
    .message(Array(#"{"reboot":{}}"#.utf8)), .blob([1]),
  ])
  func rubbishIsAnsweredWithAFailure(frame: WireFrame) throws {
    var conversation = try greeted()
    #expect(try failures(conversation.handle(.host(frame))).count == 1)
  }

  @Test func brokenFramingIsAnsweredWithAFailure() throws {
    var conversation = try greeted()
    #expect(
      try failures(conversation.handle(.hostMalformed(.unknownFrameType(7)))).first?
        .contains("unknownFrameType") == true)
  }

  @Test func anObjectLargerThanAnnouncedFails() throws {
    var conversation = try greeted()
    _ = try conversation.handle(host(.trial(plan)))
    #expect(try failures(conversation.handle(.host(.blob([1, 2, 3, 4, 5])))).count == 1)
    #expect(!conversation.underWay)
  }

  @Test func anEmptyObjectAndASecondTrialFail() throws {
    var empty = plan
    empty.objectSize = 0
    var conversation = try greeted()
    #expect(try failures(conversation.handle(host(.trial(empty)))).count == 1)
    var busy = try working()
    #expect(try failures(busy.handle(host(.trial(plan)))).count == 1)
    #expect(busy.underWay)
  }

  @Test func noTrialStartsWithoutAWorker() throws {
    var conversation = try greeted()
    #expect(conversation.handle(.workerEnded(exitStatus: 1, signal: nil)).isEmpty)
    #expect(try failures(conversation.handle(host(.trial(plan)))).count == 1)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import GuestKernel
internal import Wire

/// Does once, before the guest is frozen, what every trial would otherwise pay for.
enum WarmUp {
  static func worker() throws {
    captureLibbpfMessages()
    // A kernel without BTF still loads modules, and programs that need none.
    do { try parseKernelTypes() } catch { GuestSetup.say("\(error)") }
    do { try rehearseLoading() } catch { GuestSetup.say("the rehearsal failed: \(error)") }
    _ = try HostMessage(HostMessage.trial(plan).frame)
    _ = AgentMessage.refused(Refusal(gate: .verifier, errno: 13, message: "warm-up")).frame
    _ = AgentMessage.observed(value: 64, faults: 1).frame
    for step: WorkStep in [
      .systemCall(name: "getpid", times: 1, callers: 1), .files(count: 1), .packets(count: 1),
      .connections(count: 1), .processes(count: 1),
    ] { try Workload.perform(step) }
  }

  static func examiner(_ slabs: borrowing SlabCaches) throws {
    captureLibbpfMessages()
    _ = try HostMessage(HostMessage.trial(plan).frame)
    _ = try ExaminerRequest(ExaminerRequest.examine(brief: true, settle: true).frame)
    let state = try KernelState.now(caches: ["task_struct"], slabs: slabs)
    _ = AgentMessage.state(moment: "warm-up", state).frame
    _ = AgentMessage.health(check: "warm-up", detail: nil).frame
  }

  /// A whole conversation with no listener.
  static func supervisor() throws {
    var conversation = Conversation(kernelRelease: GuestSetup.kernelRelease)
    let object = WireFrame.blob([UInt8](repeating: 0, count: plan.objectSize))
    let events: [Conversation.Event] = [
      .ready, .host(HostMessage.hello(version: wireVersion).frame),
      .host(HostMessage.trial(plan).frame), .host(object),
      .examiner(WorkerSignals.finished), .worker(AgentMessage.step("warm-up").frame),
      .heartbeatDue(
        uptimeMilliseconds: 1, processState: ProcessState.letter(of: 1),
        ticks: ProcessorTicks.now()),
      .worker(WorkerSignals.loaded), .worker(WorkerSignals.unloaded),
      .worker(WorkerSignals.finished), .examiner(WorkerSignals.finished),
    ]
    var decoder = FrameDecoder()
    for event in events {
      for case .tellHost(let frame) in conversation.handle(event) {
        decoder.append(frame.encoded())
        _ = try decoder.next()
      }
    }
  }

  private static let plan = TrialPlan(
    scenario: "warm-up", mechanism: .bpf, armed: true, objectName: "warm_up", objectSize: 5000,
    modules: ["warm_up"], attachments: [Attachment(program: "warm_up", to: .testRun)],
    workload: [.systemCall(name: "getpid", times: 1, callers: 1), .files(count: 1), .unload],
    observation: .variable("events"), watchedCaches: ["warm_up"])
}

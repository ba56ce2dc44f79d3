internal import GuestKernel
internal import Wire

/// Does once, before the guest is frozen, what every trial would otherwise pay for.
enum WarmUp {
  static func worker() throws {
    captureLibbpfMessages()
    // A kernel without BTF still loads modules, and programs that need none.
    do { try parseKernelTypes() } catch { GuestSetup.say("\(error)") }
    let plan = TrialPlan(
      scenario: "warm-up", mechanism: .bpf, armed: true, objectName: "warm_up", objectSize: 1,
      modules: ["warm_up"],
      attachments: [.testRun(program: "warm_up")],
      workload: [.systemCall(name: "getpid", times: 1), .files(count: 1), .unload],
      observation: .variable("events"), watchedCaches: ["warm_up"])
    _ = try HostMessage(compact: try Frame.encode(HostMessage.trial(plan)))
    _ = AgentMessage.refused(Refusal(gate: .verifier, errno: 13, message: "warm-up")).compact
    for step: WorkStep in [
      .systemCall(name: "getpid", times: 1), .files(count: 1), .packets(count: 1),
      .connections(count: 1), .processes(count: 1),
    ] { try Workload.perform(step) }
  }
}

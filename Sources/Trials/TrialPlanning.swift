package import Scenarios
package import Verdicts
package import Wire

extension Scenario {
  /// What the agent is asked to do for one trial of this scenario.
  package func plan(
    _ mechanism: Mechanism, armed: Bool, objectSize: Int, inspected: Bool = false,
    overrides: PlanOverrides? = nil, test: ProgramTest? = nil
  ) -> TrialPlan {
    TrialPlan(
      scenario: name, mechanism: mechanism == .lkm ? .lkm : .bpf,
      // LKDTM knows no arms.
      armed: armed && overrides?.crashPoint == nil,
      unprivileged: armed && armedPrivileges == .nothing,
      // Who gave up root can't look at what it loaded.
      inspected: inspected && mechanism == .bpf && !(armed && armedPrivileges == .nothing),
      objectName: overrides?.objectName ?? objectName,
      objectSize: objectSize, modules: modules,
      attachments: mechanism == .bpf ? attach.compactMap(Attachment.init) : [],
      workload: overrides?.crashPoint.map { [.crashPoint(name: $0.name, times: $0.times)] }
        ?? workload.map(WorkStep.init),
      observation: ObservationSource(observation),
      watchedCaches: watch, isTried: overrides != nil,
      arguments: overrides?.arguments ?? [],
      onlyProgram: overrides?.onlyProgram, test: test)
  }
}

extension Attachment {
  /// Nil for what libbpf attaches by its section's name.
  fileprivate init?(_ attach: Scenario.Attach) {
    if attach.to == .iterator, attach.map == nil { return nil }
    let device = attach.device ?? "lo"
    self =
      switch attach.to {
      case .tcIngress:
        .trafficControl(program: attach.program, device: device, ingress: true)
      case .tcEgress:
        .trafficControl(program: attach.program, device: device, ingress: false)
      case .xdp: .xdp(program: attach.program, device: device)
      case .cgroup: .cgroup(program: attach.program)
      case .socketFilter: .socketFilter(program: attach.program)
      case .perfEvent: .perfEvent(program: attach.program)
      case .iterator: .mapIterator(program: attach.program, map: attach.map ?? "")
      case .networkNamespace: .networkNamespace(program: attach.program)
      case .testRun: .testRun(program: attach.program)
      }
  }
}

extension WorkStep {
  fileprivate init(_ step: Scenario.Step) {
    self =
      switch step {
      case .systemCall(let name, let times, let callers):
        .systemCall(name: name, times: times, callers: callers)
      case .files(let count): .files(count: count)
      case .packets(let count): .packets(count: count)
      case .connections(let count): .connections(count: count)
      case .held(let count): .held(count: count)
      case .release: .release
      case .processes(let count): .processes(count: count)
      case .sleep(let milliseconds): .sleep(milliseconds: milliseconds)
      case .signals(let count): .signals(count: count)
      case .bystander(let writes): .bystander(writes: writes)
      case .iterate(let times): .iterate(times: times)
      case .trigger(let times): .trigger(times: times)
      case .unload: .unload
      }
  }
}

extension ObservationSource {
  fileprivate init(_ observation: Scenario.Observation) {
    self = observation.map.map { .map($0) } ?? .variable(observation.variable ?? "events")
  }
}

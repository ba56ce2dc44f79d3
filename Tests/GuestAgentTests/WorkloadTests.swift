import GuestAgent
import GuestKernel
import Testing
import Wire

@Suite struct WorkloadTests {
  @Test(arguments: [
    WorkStep.systemCall(name: "getpgid", times: 64), .systemCall(name: "sched_yield", times: 1),
    .files(count: 2), .packets(count: 8), .connections(count: 2), .processes(count: 2),
    .sleep(milliseconds: 1),
  ])
  func harmlessStepsRunAnywhere(step: WorkStep) throws {
    try Workload.perform(step)
  }

  @Test func anUnknownSystemCallIsNamed() {
    #expect {
      try Workload.perform(.systemCall(name: "reboot", times: 1))
    } throws: { error in
      (error as? SystemError)?.operation.contains("reboot") == true
    }
  }

  @Test func stepsThatNeedATwinAreNotTheWorkloads() {
    #expect(throws: SystemError.self) { try Workload.perform(.trigger(times: 1)) }
    #expect(throws: SystemError.self) { try Workload.perform(.unload) }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import GuestAgent
import GuestKernel
import Scenarios
import TestSupport
import Testing
import Wire

/// One after the other: a step has a file of the process for itself.
@Suite(.lane, .serialized, .timeLimit(.minutes(5))) struct WorkloadTests {
  @Test(arguments: [
    WorkStep.systemCall(name: "getpgid", times: 64, callers: 1),
    .systemCall(name: "sched_yield", times: 1, callers: 1),
    .systemCall(name: "getppid", times: 64, callers: 2), .files(count: 2), .packets(count: 8),
    .connections(count: 2), .processes(count: 2),
    .signals(count: 8), .bystander(writes: 8), .sleep(milliseconds: 1),
  ])
  func harmlessStepsRunAnywhere(step: WorkStep) throws {
    try Workload.perform(step)
  }

  @Test func scenariosMayNameTheCallsThatTheAgentMakes() {
    #expect(Scenario.knownSystemCalls == HarmlessCalls.names)
  }

  @Test(arguments: HarmlessCalls.names) func aSystemCallSucceedsEachTime(name: String) throws {
    try Workload.perform(.systemCall(name: name, times: 3, callers: 1))
  }

  @Test func anUnknownSystemCallIsNamed() {
    #expect {
      try Workload.perform(.systemCall(name: "reboot", times: 1, callers: 1))
    } throws: { error in
      (error as? SystemError)?.operation.contains("reboot") == true
    }
  }

  @Test func stepsThatNeedATwinAreNotTheWorkloads() {
    #expect(throws: SystemError.self) { try Workload.perform(.trigger(times: 1)) }
    #expect(throws: SystemError.self) { try Workload.perform(.unload) }
    #expect(throws: SystemError.self) { try Workload.perform(.iterate(times: 1)) }
  }
}

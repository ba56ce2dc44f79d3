// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Trials
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct AgentFactsTests {
  private func state(
    taint: UInt64 = 0, modules: [String] = [], programs: Int = 0, slab: [String: Int64] = [:]
  ) -> KernelState {
    KernelState(
      taint: taint, modules: modules, programs: programs, maps: 0, links: 0, slabObjects: slab,
      memoryAvailableKiB: 0)
  }

  private func facts(_ messages: [AgentMessage]) -> [AgentFact] {
    var report = AgentFacts(objectName: "twin")
    for (index, message) in messages.enumerated() { report.add(message, line: index + 1) }
    return report.facts
  }

  @Test func whatIsStillLoadedAfterAnUnloadWasLeftBehind() {
    let after = state(modules: ["twin", "virtio"], programs: 2)
    let messages: [AgentMessage] = [
      .state(moment: "before", state()), .unloaded, .state(moment: "after", after),
    ]
    #expect(
      facts(messages) == [
        .unloaded, .leftBehind(what: "modules named twin", before: 0, after: 1),
        .leftBehind(what: "eBPF programs", before: 0, after: 2),
      ])
    let neverTakenOut = messages.filter { $0 != .unloaded }
    #expect(facts(neverTakenOut) == [])
  }

  @Test func otherModulesThatTheTrialAskedForAreNotLeftBehind() {
    #expect(
      facts([
        .state(moment: "before", state()), .unloaded,
        .state(moment: "after", state(modules: ["sch_ingress"])),
      ]) == [.unloaded])
  }

  @Test func aFewObjectsMoreAreNoLeak() {
    func after(_ count: Int64) -> [AgentFact] {
      facts([
        .state(moment: "before", state(slab: ["TCP": 4])),
        .state(moment: "after", state(slab: ["TCP": 4 + count])),
      ])
    }
    #expect(after(3) == [])
    #expect(after(4) == [.leftBehind(what: "TCP objects", before: 4, after: 8)])
  }

  @Test func aFailedCheckKeepsTheGuestFromBeingHealthy() {
    #expect(
      facts([.health(check: "files", detail: "read back 0 bytes"), .finished])
        == [.unhealthy(check: "files", detail: "read back 0 bytes"), .finished])
    let states: [AgentMessage] = [
      .state(moment: "before", state()), .state(moment: "after", state()),
    ]
    #expect(
      facts(states + [.health(check: "files", detail: nil), .finished]) == [.healthy, .finished])
  }

  @Test func aGuestWhoseStateNobodyLookedAtIsNotCalledHealthy() {
    #expect(
      facts([.state(moment: "before", state()), .health(check: "files", detail: nil), .finished])
        == [.finished])
  }

  @Test func whatGrewIsLeftBehindOnceTheTwinIsOut() {
    var after = state()
    after.figures["TCP sockets"] = 11
    var before = state()
    before.figures["TCP sockets"] = 3
    let messages: [AgentMessage] = [
      .state(moment: "before", before), .unloaded, .state(moment: "after", after),
    ]
    #expect(
      facts(messages) == [
        .unloaded, .leftBehind(what: "TCP sockets", before: 3, after: 11),
      ])
    // A twin that is still loaded may need them.
    #expect(facts(messages.filter { $0 != .unloaded }) == [])
  }

  @Test func whatWasNotCountedAfterTheWorkloadIsUnknown() {
    func state(_ runs: UInt64) -> ProgramState {
      ProgramState(
        name: "p", section: "xdp", type: "xdp", isLoaded: true, attached: "xdp on lo",
        ran: runs > 0 ? .yes : .no, runs: runs)
    }
    var report = AgentFacts(objectName: "twin")
    report.add(.programs([state(0)]), line: 1)
    #expect(report.programs.map(\.ran) == [.unknown])
    #expect(report.programs.first?.runs == nil && report.programs.first?.note != nil)
    report.add(.programs([state(3)]), line: 2)
    #expect(report.programs == [state(3)])
  }

  @Test func aModuleWhoseOtherFunctionsNothingCalledDidNotRun() {
    func facts(_ calls: [(String, UInt64)], areAll: Bool = true) -> [AgentFact] {
      var report = AgentFacts(objectName: "twin", entryPoints: ["start", "stop"])
      report.add(
        .functions(calls.map { FunctionCalls(name: $0, calls: $1) }, areAll: areAll), line: 1)
      return report.facts
    }
    #expect(facts([("start", 1), ("stop", 0), ("open", 0)]) == [.nothingRan("open")])
    #expect(facts([("start", 1), ("open", 1)]) == [])
    #expect(facts([("start", 1), ("stop", 0)]) == [])
    #expect(facts([("start", 1), ("open", 0)], areAll: false) == [])
  }

  @Test func aChangedCanaryIsToldApart() {
    #expect(
      facts([.health(check: "memory-canary", detail: "byte 5 is 0x41")])
        == [.canaryChanged("byte 5 is 0x41")])
  }

  @Test func aVerifierLogThatIsNotWholeIsNoEvidence() {
    func facts(_ bytes: Int) -> [AgentFact] {
      var report = AgentFacts(objectName: "twin")
      report.add(.verifierLog(size: 3), line: 1)
      report.add(blob: [UInt8](repeating: 65, count: bytes))
      report.add(.finished, line: 2)
      return report.facts
    }
    #expect(facts(3) == [.finished])
    for bytes in [0, 2, 4] {
      guard case .laboratoryFailed? = facts(bytes).first else {
        Issue.record("\(bytes) bytes of 3 pass")
        continue
      }
    }
  }

  @Test func eachFactKnowsItsLine() {
    var report = AgentFacts(objectName: "twin")
    report.add(.hello(version: 1, kernelRelease: "6.1"), line: 1)
    report.add(.loaded, line: 2)
    report.add(.tick, line: 3)
    report.add(.state(moment: "before", state()), line: 4)
    report.add(.state(moment: "after", state()), line: 5)
    report.add(.finished, line: 6)
    #expect(report.facts == [.loaded, .healthy, .finished])
    #expect(report.lines == [2, 6, 6])
  }
}

extension AgentMessage {
  fileprivate static let tick = AgentMessage.heartbeat(
    uptimeMilliseconds: 1, step: nil, processState: nil)
}

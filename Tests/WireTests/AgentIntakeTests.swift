// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Wire

/// The rules that depend on what the host has asked, without a guest. `HostileAgentTests` breaks those
/// of a trial.
@Suite(.lane, .timeLimit(.minutes(5))) struct AgentIntakeTests {
  private func plan(
    inspected: Bool = false, choices: LoadChoices? = nil, test: ProgramTest? = nil
  ) -> TrialPlan {
    TrialPlan(
      scenario: "s", mechanism: .bpf, armed: false, inspected: inspected, objectName: "s",
      objectSize: 1, workload: [], observation: .variable("events"),
      choices: choices, test: test)
  }

  private func intake(_ message: HostMessage) -> AgentIntake {
    var intake = AgentIntake()
    intake.said(message, now: 0)
    return intake
  }

  private let shell = HostMessage.shell(ShellPlan(terminal: "dumb", size: nil))

  /// What broke, if anything did.
  private func take(
    _ frames: [WireFrame], _ intake: inout AgentIntake, now: Double = 0
  ) -> WireError? {
    intake.take(frames.flatMap { $0.encoded() }, now: now).broken
  }

  private func output(_ name: String, _ size: Int = 0) -> WireFrame {
    AgentMessage.toolOutput(name: name, status: 0, size: size).frame
  }

  @Test func framesArriveWholeHoweverTheyAreCut() {
    var intake = intake(.trial(plan()))
    let bytes = [AgentMessage.loaded, .verifierLog(size: 2)].flatMap { $0.frame.encoded() }
    var items: [AgentIntake.Item] = []
    for byte in bytes + WireFrame.blob([1, 2]).encoded() {
      items += intake.take([byte], now: 0).items.map { $0.0 }
    }
    #expect(items == [.message(.loaded), .message(.verifierLog(size: 2)), .blob([1, 2])])
  }

  @Test func nothingIsSaidOfATrialThatNobodyAskedFor() {
    var intake = AgentIntake()
    #expect(take([AgentMessage.hello(version: 7, kernelRelease: "6").frame], &intake) == nil)
    #expect(take([AgentMessage.loaded.frame], &intake) != nil)
  }

  @Test func programsAreListedTwiceAtMostAndOnlyIfTheyAreTried() {
    let list = AgentMessage.programs([]).frame
    var tried = intake(.trial(plan(choices: LoadChoices())))
    #expect(take([list, list], &tried) == nil)
    #expect(take([list], &tried) != nil)
    var other = intake(.trial(plan()))
    #expect(take([list], &other) != nil)
  }

  @Test func functionsAreListedOnceOfATriedModuleAndNotWithoutEnd() {
    func list(_ count: Int) -> WireFrame {
      AgentMessage.functions(
        (0..<count).map { FunctionCalls(name: "f\($0)", calls: 0) }, areAll: true
      ).frame
    }
    var module = plan()
    (module.mechanism, module.isUndeclared) = (.lkm, true)
    var tried = intake(.trial(module))
    #expect(take([list(FunctionCalls.most)], &tried) == nil)
    #expect(take([list(1)], &tried) != nil)
    var long = intake(.trial(module))
    #expect(take([list(FunctionCalls.most + 1)], &long) != nil)
    module.isUndeclared = false
    var declared = intake(.trial(module))
    #expect(take([list(1)], &declared) != nil)
  }

  @Test func aLogOfAFullFrameEndsWithAnEmptyOne() {
    var intake = intake(.trial(plan()))
    let size = WireFrame.largestPayload
    let whole = WireFrame.blob([UInt8](repeating: 0, count: size))
    #expect(
      take([AgentMessage.verifierLog(size: size).frame, whole, .blob([])], &intake) == nil)
    #expect(take([.blob([1])], &intake) != nil)
  }

  @Test func allLogsTogetherHaveABound() {
    var intake = intake(.trial(plan()))
    let piece = WireFrame.blob([UInt8](repeating: 0, count: WireFrame.largestPayload))
    let log = AgentMessage.verifierLog(size: 64 << 20).frame
    let whole = [log] + Array(repeating: piece, count: 64)
    #expect(take(whole + whole, &intake) == nil)
    #expect(take([AgentMessage.verifierLog(size: 1).frame], &intake) != nil)
  }

  @Test(arguments: [
    "bpftool.txt", "bpftool.json", "jited-count.bin", "jited-count.isra.0.bin", "jited-f-2.bin",
  ])
  func aLookAtTheProgramHasOutputsOfKnownNames(name: String) {
    var asked = intake(.trial(plan(inspected: true)))
    #expect(take([output(name)], &asked) == nil)
    #expect(take([output(name)], &asked) != nil)
    var other = intake(.trial(plan()))
    #expect(take([output(name)], &other) != nil)
  }

  @Test(arguments: [
    "console.log", "agent.jsonl", "verifier.log", "jited.txt", "jited-.bin", "jited-..bin",
    "jited-../x.bin", "jited-a/b.bin", "jited-f-1.bin", "jited-f-x.bin", "jited-f-2-3.bin",
    "xlated.txt", "bpftool", "", "BPFTOOL.TXT", "jited-f\u{0}.bin",
  ])
  func noOtherNameIsOne(name: String) {
    var intake = intake(.trial(plan(inspected: true)))
    #expect(take([output(name)], &intake) != nil)
  }

  @Test func whatATestAndAToolPrintHaveTheirNames() {
    var test = intake(.trial(plan(test: ProgramTest(program: "p", showsRewritten: true))))
    #expect(take([output("xlated.txt")], &test) == nil)
    var tool = intake(.tool(arguments: ["version"]))
    #expect(take([output("bpftool", 1), .blob([1])], &tool) == nil)
    #expect(take([output("bpftool.txt")], &tool) != nil)
  }

  @Test func messagesAreCountedByTheTime() {
    let beat = AgentMessage.heartbeat(uptimeMilliseconds: 1, step: nil, processState: nil).frame
    var quick = intake(.trial(plan()))
    #expect(take(Array(repeating: beat, count: 4097), &quick) != nil)
    // A trial of an hour may say more.
    var slow = intake(.trial(plan()))
    for second in 0..<3600 {
      #expect(take(Array(repeating: beat, count: 5), &slow, now: Double(second)) == nil)
    }
  }

  @Test func aShellIsNoFurtherAheadThanItsWindow() {
    var intake = intake(shell)
    let piece = WireFrame.blob([UInt8](repeating: 0, count: ShellPlan.window / 2))
    #expect(take([piece, piece], &intake) == nil)
    intake.said(.shellTaken(bytes: ShellPlan.window / 2), now: 0)
    #expect(take([piece], &intake) == nil)
    #expect(take([.blob([0])], &intake) != nil)
  }

  @Test func aShellTakesNoMoreInputThanThereWas() {
    var intake = intake(shell)
    intake.sent(blob: 3)
    #expect(take([AgentMessage.shellTaken(bytes: 2).frame], &intake) == nil)
    #expect(take([AgentMessage.shellTaken(bytes: 2).frame], &intake) != nil)
  }

  @Test func aShellMayLiveForEver() {
    var intake = intake(shell)
    let beat = AgentMessage.heartbeat(uptimeMilliseconds: 1, step: "shell", processState: "S")
    for _ in 0..<20_000 {
      #expect(take([beat.frame, .blob([0])], &intake) == nil)
      intake.said(.shellTaken(bytes: 1), now: 0)
    }
  }

  @Test func theNextTrialBeginsAtNothing() {
    var intake = intake(.trial(plan()))
    #expect(take([AgentMessage.loaded.frame], &intake) == nil)
    intake.said(.trial(plan()), now: 9)
    #expect(take([AgentMessage.loaded.frame], &intake, now: 9) == nil)
  }
}

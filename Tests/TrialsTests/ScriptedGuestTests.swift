// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Machine
import Record
import TestSupport
import Testing
import Trials
import Verdicts
import Wire

/// Trials against a scripted QEMU and agent: what the harness makes of a far end that is honest,
/// rude, silent or gone.
@Suite(.lane, .timeLimit(.minutes(5))) struct ScriptedGuestTests {
  private static let hello = ScriptedTrial.hello
  private static let greeting = ScriptedTrial.greeting
  private static let hearTrial = ScriptedTrial.hearTrial
  private static let honestTrial = ScriptedTrial.honest

  private func run(
    _ script: [String], of scenario: String = "null-map-value", armed: Bool = false,
    limits: TrialWatch.Limits = .init()
  ) async throws -> (result: TrialRunner.Result, evidence: String) {
    try await withTemporaryFolder { folder in
      let scripted = try ScriptedTrial(script, in: folder, of: scenario, armed: armed)
      try Files.makeFolder(folder + "/evidence")
      let result = try await TrialRunner(logger: ScriptedTrial.logger, limits: limits).run(
        scripted.trial, in: scripted.guests,
        evidence: Evidence(folder: folder + "/evidence", name: "evidence"))
      return (result, try Files.text(folder + "/evidence/agent.jsonl"))
    }
  }

  @Test func anHonestAgentIsBelieved() async throws {
    let (result, evidence) = try await run(Self.greeting + Self.hearTrial + Self.honestTrial)
    #expect(result.record.verdict.ruling == .survived)
    #expect(result.record.observed == 64)
    #expect(result.record.outcome == .met)
    #expect(!result.laboratoryFailed)
    #expect(evidence.split(separator: "\n").count == Self.honestTrial.count)
  }

  /// Whether two processors meet is the host's doing, and may be another time; what one does is not.
  @Test(arguments: [("lost-updates", true), ("null-map-value", false)])
  func aRaceThatDidNotHappenIsTriedAgain(scenario: String, again: Bool) async throws {
    let script = Self.greeting + Self.hearTrial + Self.honestTrial
    let (result, _) = try await run(script, of: scenario, armed: true)
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.doubt == (again ? .raceDidNotHappen : nil))
  }

  @Test func aMalformedFrameIsInconclusiveWhateverCameBefore() async throws {
    let script = Self.greeting + Self.hearTrial + Self.honestTrial.dropLast() + ["raw 0000000009"]
    let (result, _) = try await run(script)
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.laboratoryFailed)
  }

  @Test func rubbishInsteadOfAMessageIsInconclusive() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial + [#"say {"gossip":{}}"#] + Self.honestTrial)
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.laboratoryFailed)
  }

  @Test func anAgentOfAnotherVersionGetsNoTrial() async throws {
    let (result, evidence) = try await run([ScriptedTrial.hello(version: wireVersion + 1)])
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.record.verdict.reason?.contains("version \(wireVersion + 1)") == true)
    #expect(evidence.isEmpty)
  }

  @Test func aQEMUThatDiesIsTheLaboratorysFailure() async throws {
    let (result, _) = try await run(Self.greeting + Self.hearTrial + ["exit 1"])
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.laboratoryFailed)
  }

  @Test func aPanicIsReadOffTheConsole() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#,
          "console [    3.1] Kernel panic - not syncing: scripted end",
          #"event {"event": "GUEST_PANICKED", "data": {"action": "run"}}"#,
          #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
          "exit 0",
        ])
    #expect(result.record.verdict.ruling == .panicked)
    #expect(result.record.verdict.kind == .panic)
    #expect(result.record.verdict.evidence.first?.file == "console.log")
    #expect(!result.laboratoryFailed)
  }

  @Test(.tags(.slow)) func aGigabyteOfConsoleKeepsItsFirstCause() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#,
          "console [    3.1] Kernel panic - not syncing: scripted end", "flood 1024",
          #"event {"event": "GUEST_PANICKED", "data": {"action": "run"}}"#,
          #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
          "exit 0",
        ])
    #expect(result.record.verdict.ruling == .panicked)
    #expect(result.record.verdict.evidence.first?.line == 1)
    #expect(!result.laboratoryFailed)
  }

  @Test func aResetWithoutAWordIsAReset() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#,
          #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
          "exit 0",
        ])
    #expect(result.record.verdict.ruling == .reset)
  }

  /// Half a second of wall-clock time has to be enough for what takes 0.4 s of CPU time.
  @Test(.tags(.guest, .alone))
  func aGuestThatIsBusyInSilenceIsQuestionedAndCalledHung() async throws {
    var limits = TrialWatch.Limits()
    limits.silentProcessor = 1.1
    limits.lastWords = 0.5
    // The processors' threads, their registers, then the NMI.
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [
          #"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#, "spin 1.5", "answer", "answer",
          "answer",
        ],
      limits: limits)
    #expect(result.record.verdict.ruling == .hung)
    #expect(!result.laboratoryFailed)
  }

  @Test func aGuestThatIsIdleInSilenceIsNotCalledHung() async throws {
    var limits = TrialWatch.Limits()
    limits.silentWall = 0.5
    limits.lastWords = 0.5
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial
        + [#"say {"step":{"_0":"load"}}"#, #"say {"loaded":{}}"#, "answer", "answer", "answer"],
      limits: limits)
    #expect(result.record.verdict.ruling == .inconclusive)
  }

  @Test func anAgentThatFailsIsTheLaboratorysFailure() async throws {
    let (result, _) = try await run(
      Self.greeting + Self.hearTrial + [#"say {"failed":{"_0":"no tmpfs"}}"#])
    #expect(result.record.verdict.ruling == .inconclusive)
    #expect(result.record.verdict.reason?.contains("no tmpfs") == true)
  }

  /// Each cell of a matrix would wait for it otherwise.
  @Test func aKernelThatNeverBootsIsStartedTwiceOnly() async throws {
    try await withTemporaryFolder { folder in
      try Files.write("say {\"failed\":{\"_0\":\"no console\"}}", to: folder + "/script")
      let machine = try ScriptedTrial.machine(playing: folder + "/script")
      var started: [Bool] = []
      for number in 1...3 {
        let files = Guest.LogFiles(
          console: "\(folder)/console.\(number)", qemuLog: "\(folder)/qemu.\(number)")
        await #expect(throws: MachineError.self) {
          _ = try await machine.start(
            files, bootSeconds: 10, for: "a test", logger: ScriptedTrial.logger)
        }
        started.append(Files.exists(files.console))
      }
      #expect(started == [true, true, false])
    }
  }
}

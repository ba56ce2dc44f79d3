// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// Where `PANICROOM_SELFTESTS` names a kernel's source whose series a kernel of `vm/kernels.yaml` has.
private let source = ProcessInfo.processInfo.environment["PANICROOM_SELFTESTS"]

@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct SuiteTests {
  @Test(arguments: [
    (["--suite", "verifier-selftests"], "--source"),
    (["--suite", "verifier-selftests", "--source", "/nowhere"], "there is no such folder"),
    (["--suite", "verifier-selftests", "--source", "/usr"], "is no kernel's source"),
    (["--suite", "no-such-suite"], "no-such-suite"),
    (["--source", "/usr"], "--suite"),
  ])
  func aSuiteThatCannotBeMadeIsRefusedBeforeAnythingRuns(
    arguments: [String], words: String
  ) async throws {
    try await Harness.use { harness in
      let output = try await harness.run(["run", "--runs", harness.runs] + arguments)
      #expect(output.status == 2)
      #expect(output.errorText.contains(words), "\(output.errorText)")
      #expect(!FileManager.default.fileExists(atPath: harness.runs))
    }
  }

  @Test(.tags(.long), .enabled(if: source != nil, "PANICROOM_SELFTESTS names no kernel's source"))
  func theKernelsOwnVerifierProgramsComeToWhatTheySay() async throws {
    try await Harness.use { harness in
      let (output, record) = try await harness.runTrials([
        "--suite", "verifier-selftests", "--source", try #require(source), "verifier_and",
        "verifier_div0", "verifier_unpriv",
      ])
      #expect(output.status == 0, "\(output.errorText)")
      let agreement = SuiteAgreement(record)
      let load = try #require(agreement.shares.first { $0.check == "load" })
      #expect(load.held > 50 && load.percent >= 98)
      #expect(record.currentTrials.contains { $0.verdict.ruling == .rejected })
      #expect(record.currentTrials.contains { $0.id.scenario.hasSuffix(".unpriv") })
      #expect(record.currentTrials.allSatisfy { $0.outcome != .inconclusive })
      // What was written can be read and reported.
      let report = try await harness.run(["report", harness.runs + "/latest"])
      #expect(report.text.contains("Suite verifier-selftests"))
    }
  }

  @Test(.tags(.long), .enabled(if: source != nil, "PANICROOM_SELFTESTS names no kernel's source"))
  func anInterruptedSuiteGoesOnWhereItWasLeft() async throws {
    try await Harness.use { harness in
      let running = try RunningHarness(
        harness,
        [
          "--suite", "verifier-selftests", "--source", try #require(source), "verifier_and",
          "verifier_div0",
        ])
      _ = try await running.waitForTrials(3, in: harness)
      kill(running.pid, SIGINT)
      #expect(try await running.wait() == 130)
      let before = try RunDirectory.read(harness.runs + "/latest")
      #expect(!before.trials.isEmpty)
      let output = try await harness.run(["run", "--resume", harness.runs + "/latest"])
      #expect(output.status == 0, "\(output.errorText)")
      let after = try RunDirectory.read(harness.runs + "/latest")
      #expect(after.remainingTrials.isEmpty)
      #expect(after.trials.prefix(before.trials.count).map(\.id) == before.trials.map(\.id))
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Record
import Reports
import TestSupport
import Testing
import Verdicts

/// Runs of thousands of trials. Sizes and ratios only: times are the machine's.
@Suite(.lane, .tags(.slow), .timeLimit(.minutes(5))) struct LargeRunTests {
  /// The kept run, so many times, on five kernels.
  private static func run(_ times: Int) throws -> RunRecord {
    var run = try SampleRun.read()
    let kernels = ["5.10", "6.1", "6.12", "6.18", "7.2"]
    let trials = run.trials
    let plan = run.header.trials
    run.header.kernels = kernels.map { .init(name: $0, release: "\($0).0-1-cloud-amd64") }
    run.header.repetitions = times
    run.trials = []
    run.header.trials = []
    for kernel in kernels {
      for repetition in 1...times {
        run.header.trials += plan.map { moved($0, kernel, repetition) }
        run.trials += trials.map {
          var trial = $0
          trial.id = moved($0.id, kernel, repetition)
          return trial
        }
      }
    }
    return run
  }

  private static func moved(_ id: TrialID, _ kernel: String, _ repetition: Int) -> TrialID {
    var id = id
    id.kernel = kernel
    id.repetition = repetition
    return id
  }

  /// Processor time of this thread, in seconds.
  private static func processorTime(_ body: () throws -> Void) rethrows -> Double {
    func now() -> Double {
      var time = timespec()
      clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
    let start = now()
    try body()
    return now() - start
  }

  @Test func thePageOfTenThousandTrialsIsSmall() throws {
    let run = try Self.run(120)
    #expect(run.trials.count > 10_000)
    let page = try HTMLReport.render(run, evidence: SampleRun.evidence)
    #expect(page.utf8.count < 20 << 20)
    #expect(page.contains("more are in the run's trials.jsonl"))
  }

  /// What takes time with the square of the trials takes 64 times as long for 8 times as many.
  @Test(arguments: ReportFormat.allCases) func timeGrowsWithTheTrials(_ format: ReportFormat) throws
  {
    let small = try Self.run(15)
    let large = try Self.run(120)
    func time(_ run: RunRecord) throws -> Double {
      try Self.processorTime {
        _ = try format.render(.init(run: run, evidence: SampleRun.evidence))
      }
    }
    let times = (try time(small), try time(large))
    #expect(times.1 < 24 * times.0 + 0.05, "\(times)")
  }

  @Test func aLineThatRepeatsIsFolded() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "panicroom-fold-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.copyItem(atPath: SampleRun.path, toPath: folder)
    let run = try SampleRun.read()
    // No line of its console is cited; a cited one stands for itself.
    let trial = try #require(run.trials.first { $0.id.armed && $0.verdict.ruling == .survived })
    let lines = (1...900).map { "[    \($0).000000] the same words again" }
    try Data(lines.joined(separator: "\n").utf8).write(
      to: URL(filePath: "\(folder)/\(trial.evidenceDirectory ?? "")/console.log"))
    let page = try HTMLReport.render(run, evidence: RunEvidence(path: folder))
    #expect(page.contains("and 899 times more"))
    #expect(page.components(separatedBy: "the same words again").count - 1 <= 2)
  }
}

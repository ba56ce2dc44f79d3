// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

extension EndToEndTests {
  private static let sample = ["null-map-value", "reference-leak", "divide-by-zero"]

  /// What reports say, without times and names.
  private func facts(_ path: String) throws -> RunRecord {
    var record = try RunDirectory.read(path)
    record.trials = record.trials.map { trial in
      var trial = trial
      trial.seconds = .init(start: 0, trial: 0, total: 0)
      // Times and addresses stand in the lines that a verdict cites; in which line a CPU is when a
      // lockup is noticed is chance.
      (trial.verdict.evidence, trial.verdict.source) = ([], nil)
      return trial
    }.sorted { $0.id.folderName < $1.id.folderName }
    (record.header.id, record.header.began, record.header.command) = ("", "", [])
    (record.header.seconds, record.header.merged) = (nil, nil)
    return record
  }

  @Test func mergedPartsAreTheWholeRun() async throws {
    try await Harness.use { harness in
      let whole = try await harness.run(["run", "--runs", harness.runs] + Self.sample)
      #expect(whole.status == 0, "\(whole.errorText)")
      var parts: [String] = []
      for index in 1...3 {
        let folder = "\(harness.folder)/\(index)"
        let output = try await harness.run(
          ["run", "--shard", "\(index)/3", "--runs", folder] + Self.sample)
        #expect(output.status == 0, "\(output.errorText)")
        #expect(output.errorText.contains("part \(index) of 3"), "\(output.errorText)")
        parts.append(folder + "/latest")
      }
      let merged = harness.folder + "/merged"
      let some = try await harness.run(["merge", "-o", merged, parts[0], parts[2]])
      #expect(some.status == 3, "\(some.errorText)")
      #expect(some.errorText.contains("--shard 2/3"), "\(some.errorText)")
      // Continued here, or merged again with what was missing: both are the whole run.
      let resumed = try await harness.run(["run", "--resume", merged])
      #expect(resumed.status == 0, "\(resumed.errorText)")
      let all = try await harness.run(["merge", "-o", merged + "-again"] + parts)
      #expect(all.status == 0, "\(all.errorText)")
      let expected = try facts(harness.runs + "/latest")
      #expect(try facts(merged) == expected)
      #expect(try facts(merged + "-again") == expected)
      for format in ["ktap", "tap", "badge", "code-quality"] {
        var reports: Set<String> = []
        for run in [harness.runs + "/latest", merged, merged + "-again"] {
          reports.insert(try await harness.run(["report", run, "--format", format]).text)
        }
        #expect(reports.count == 1, "\(format)")
      }
      let compared = try await harness.run(["compare", harness.runs + "/latest", merged])
      #expect(compared.status == 0, "\(compared.text)")
    }
  }

  /// Runs items of a suite whole and in two parts.
  private func expectTheSameInParts(_ suite: [String], _ harness: Harness) async throws {
    let whole = try await harness.run(["run", "--runs", harness.runs] + suite)
    var parts: [String] = []
    for index in 1...2 {
      let folder = "\(harness.folder)/suite-\(index)"
      let output = try await harness.run(
        ["run", "--shard", "\(index)/2", "--runs", folder] + suite)
      #expect(output.status == 0, "\(output.errorText)")
      parts.append(folder + "/latest")
    }
    let counts = try parts.map { try RunDirectory.read($0).header.trials.count }
    #expect(counts.allSatisfy { $0 > 0 }, "\(counts)")
    let merged = harness.folder + "/suite"
    let output = try await harness.run(["merge", "-o", merged] + parts)
    #expect(output.status == whole.status, "\(output.errorText)")
    let expected = try facts(harness.runs + "/latest")
    #expect(expected.header.suite?.name == "lkdtm")
    #expect(try facts(merged) == expected)
    for format in ["ktap", "tap", "badge"] {
      let report = try await harness.run(["report", merged, "--format", format])
      let expected = try await harness.run(
        ["report", harness.runs + "/latest", "--format", format])
      #expect(report.text == expected.text, "\(format)")
    }
  }

  /// The kernel has no crash points: each is skipped, with the reason.
  @Test func mergedPartsOfASuiteAreTheWholeSuite() async throws {
    try await Harness.use { harness in
      try await expectTheSameInParts(["--suite", "lkdtm", "PANIC", "EXEC_*"], harness)
    }
  }

  /// Builds the kernel if it isn't built: a quarter of an hour, and 3 GiB.
  @Test(.tags(.long), .timeLimit(.minutes(90)))
  func mergedPartsOfASuiteInGuestsAreTheWholeSuite() async throws {
    try await Harness.use { harness in
      let built = try await harness.run(["kernel", "build", "debug"])
      #expect(built.status == 0, "\(built.errorText)")
      try await expectTheSameInParts(
        ["--suite", "lkdtm", "--kernel", "debug", "PANIC", "EXEC_*", "*_AFTER_FREE"], harness)
    }
  }

  @Test func aSharedCacheServesAMachineThatHasNothing() async throws {
    try await Harness.use { harness in
      let warm = try await harness.run(["run", "--runs", harness.runs] + Self.sample)
      try #require(warm.status == 0, "\(warm.errorText)")
      let own = harness.folder + "/own"
      let environment = ["XDG_CACHE_HOME": own, "PANICROOM_SHARED_CACHE": harness.cache.root]
      let output = try await harness.run(
        ["run", "--runs", harness.runs, "--shard", "1/1"] + Self.sample, environment: environment)
      #expect(output.status == 0, "\(output.errorText)")
      // Locks, and nothing else.
      let made = try await Tool("find").checked([own, "-type", "f", "!", "-name", ".lock-*"])
      #expect(made.text.isEmpty, "\(made.text)")
    }
  }

  @Test func aPartThatTheDeadlineEndedIsResumed() async throws {
    try await Harness.use { harness in
      let runs = harness.runs
      let started = try await harness.run(
        ["run", "--shard", "1/2", "--runs", runs, "--deadline", "1s", "-j", "1"] + Self.sample)
      #expect(started.status == 3, "\(started.errorText)")
      #expect(started.errorText.contains("trials are missing; next: ./panicroom run --resume"))
      let resumed = try await harness.run(["run", "--resume", runs + "/latest"])
      #expect(resumed.status == 0, "\(resumed.errorText)")
    }
  }
}

extension EndToEndTests {
  @Test func aMachineThatWorksPassesItsSelfCheck() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let output = try await copy.run(["doctor", "--self-check"])
      #expect(output.text.contains(" ended as they must"), "\(output.text)")
    }
  }
}

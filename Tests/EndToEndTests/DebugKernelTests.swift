// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// The kernel that is built here, and the kernel's own module of faults.
@Suite(.lane, .tags(.guest), .timeLimit(.minutes(10))) struct DebugKernelTests {
  @Test(arguments: [
    (
      ["kernel", "build", "debugg"],
      "vm/builds.yaml has no kernel \"debugg\"; did you mean \"debug\"? There are: debug."
    ),
    (
      ["kernel", "build", "debug", "--series", "2.6"],
      "debug has no series \"2.6\"; did you mean \"6.1\"? There are: 6.1, 6.12."
    ),
  ])
  func aBuildThatNobodyKnowsIsABadRequest(_ arguments: [String], _ words: String) async throws {
    let output = try await Harness.use { try await $0.run(arguments) }
    #expect(output.status == 2)
    #expect(output.errorText.contains(words), "\(output.errorText)")
  }

  /// A build for which nothing has to be fetched: it ends at the first step that needs the network.
  @Test func withoutANetworkABuildSaysSoAndLeavesNothingHalfFetched() async throws {
    try await Harness.use { harness in
      let cache = harness.folder + "/cache"
      let output = try await harness.run(
        ["kernel", "build", "debug"],
        environment: [
          "XDG_CACHE_HOME": cache, "PANICROOM_DEBIAN_MIRROR": "file:/nonexistent/debian",
        ])
      #expect(output.status == 2)
      #expect(
        output.errorText.contains("PANICROOM_DEBIAN_MIRROR")
          || output.errorText.contains("can't be built without"), "\(output.errorText)")
      #expect(!Files.exists(cache + "/panicroom/builds/debug/work/source"))
      #expect(!Files.exists(cache + "/panicroom/builds/debug/kept"))
    }
  }

  @Test func anUnfinishedBuildIsListedAndCanBeRemoved() async throws {
    try await Harness.use { harness in
      let builds = harness.folder + "/cache/panicroom/builds"
      let environment: [String: String?] = ["XDG_CACHE_HOME": harness.folder + "/cache"]
      let unknown = try await harness.run(
        ["run", "--kernel", "debug-6.12"], environment: environment)
      #expect(unknown.status == 2)
      #expect(
        unknown.errorText.contains("panicroom kernel build debug --series 6.12"),
        "\(unknown.errorText)")

      try Files.makeFolder(builds + "/debug-6.12/work")
      let list = try await harness.run(["kernel", "list"], environment: environment)
      #expect(list.text.contains("its build is unfinished"), "\(list.text)")
      let remove = try await harness.run(
        ["kernel", "remove", "debug-6.12"], environment: environment)
      #expect(remove.status == 0, "\(remove.errorText)")
      #expect(!Files.exists(builds + "/debug-6.12"))
      let again = try await harness.run(
        ["kernel", "remove", "debug-6.12"], environment: environment)
      #expect(again.status == 2)
    }
  }

  @Test func onAKernelWithoutTheModuleEveryCrashPointIsSkippedWithTheReason() async throws {
    try await Harness.use { harness in
      let (output, record) = try await harness.runTrials(["--suite", "lkdtm", "PANIC", "EXEC_*"])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(record.trials.count == 8)
      for trial in record.trials {
        #expect(trial.outcome == .skipped)
        #expect(trial.reason?.contains("CONFIG_LKDTM") == true)
      }
    }
  }

  /// Builds the kernel where it isn't built: a quarter of an hour, and 3 GiB.
  @Test(.tags(.long), .timeLimit(.minutes(90)))
  func theDebugKernelNamesWhatStockKernelsLetPass() async throws {
    try await Harness.use { harness in
      let built = try await harness.run(["kernel", "build", "debug"])
      #expect(built.status == 0, "\(built.errorText)")
      let (output, record) = try await harness.runTrials([
        "--suite", "lkdtm", "--kernel", "debug", "WRITE_AFTER_FREE", "SLAB_LINEAR_OVERFLOW",
        "HUNG_TASK", "PANIC",
      ])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(
        record.trials.sorted { $0.id.scenario < $1.id.scenario }.map(\.verdict.kind) == [
          .hungTask, .panic, .outOfBounds, .useAfterFree,
        ])
      let twins = try await harness.runTrials([
        "--kernel", "debug", "deleted-map-entry", "sleep-under-lock", "helper-call-under-lock",
      ])
      #expect(twins.output.status == 0, "\(twins.output.errorText)")
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Record
import TestSupport
import Testing
import Verdicts

/// Many objects on several releases, both mechanisms.
@Suite(.lane, .tags(.guest, .network), .serialized, .timeLimit(.minutes(20))) struct LadderTests {
  /// The oldest release that Debian has a whole image of, and no headers: it has no template, and its
  /// cells of modules say why they are empty.
  private func releaseWithoutHeaders(_ harness: Harness) async throws -> String {
    let output = try await harness.run(["kernel", "list", "--available", "--format", "json"])
    try #require(output.status == 0, "\(output.errorText)")
    let rungs = try JSONDecoder().decode([Ladder.Rung].self, from: Data(output.text.utf8))
    return try #require(rungs.first { $0.hasModules && $0.headers == nil }).name
  }

  @Test func objectsAreAskedOnThreeReleases() async throws {
    try await Harness.use { harness in
      let bare = try await releaseWithoutHeaders(harness)
      let kernels = ["6.1", "6.12", bare]
      let root = Harness.repository
      let output = try await harness.run(
        ["try", "--format", "json", "--runs", harness.runs, "--timeout", "120"]
          + kernels.flatMap { ["--kernel", $0] }
          + ["bpf/divide_by_zero.bpf.c", "bpf/wild_pointer.bpf.c"].map { "\(root)/\($0)" }
          + ["lkm/divide_by_zero.c", "lkm/wild_pointer.c"].map { "\(root)/\($0)" })
      #expect(output.status == 0, "\(output.errorText)")
      let record = try RunDirectory.read(harness.runs + "/latest")
      let answers = record.currentTrials.map { "\($0.id.kernel) \($0.id.mechanism.rawValue)" }
      let expected = ["6.1 bpf", "6.1 lkm", "6.12 bpf", "6.12 lkm", "\(bare) bpf"]
      #expect(Set(answers) == Set(expected))
      #expect(answers.count == 2 * expected.count)
      for trial in record.currentTrials {
        #expect(trial.verdict.ruling == .survived, "\(trial.id.folderName)")
      }
      let booted = record.currentTrials.filter { $0.id.kernel == bare }.map(\.started)
      #expect(booted.contains(.booted))
      let reasons = record.header.leftOut?.map(\.reason) ?? []
      #expect(reasons.count { $0.contains("no headers of \(bare)") } == 2, "\(reasons)")
    }
  }
}

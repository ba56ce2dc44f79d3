// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing

/// What guests say of their kernels' features.
@Suite(.lane, .tags(.guest, .network), .timeLimit(.minutes(10))) struct KernelFeatureTests {
  /// Nothing is in a kernel before mainline has it, and the youngest of them lacks nothing. (Of
  /// older kernels bpftool finds no helpers of tracing and LSM programs.)
  @Test func mainlinesVersionsAgreeWithWhatGuestsHave() async throws {
    let output = try await Harness.use {
      try await $0.run(["kernel", "features", "5.10", "6.12", "--format", "json"])
    }
    #expect(output.status == 0, "\(output.errorText)")
    let ladder = try JSONDecoder().decode(FeatureLadder.self, from: Data(output.text.utf8))
    try #require(ladder.kernels.allSatisfy { $0.release != nil }, "\(ladder.kernels)")
    let used = ladder.features.filter { $0.mainline != nil }
    #expect(used.count > 50)
    for feature in used {
      let version = try #require(feature.mainline?.version)
      let isLater = version.compare("5.10", options: .numeric) == .orderedDescending
      #expect(!(isLater && feature.kernels.contains("5.10")), "\(feature.name): \(version)")
      #expect(feature.kernels.contains("6.12"), "\(feature.name): \(version)")
    }
    let loop = try #require(used.first { $0.name == "bpf_loop" })
    #expect(loop.mainline == .init(version: "5.17", commit: "e6f2dd0f8067"))
  }
}

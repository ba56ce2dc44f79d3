// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// A manifest's promises, held and broken.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(15))) struct ManifestTests {
  /// bpf_loop() is there from 5.17 on.
  private static let promises = """
    kernels: ["5.10", "6.1"]
    objects:
      - file: bpf/nested_loops_stall.bpf.c
        workload: [{syscall: geteuid, times: 8}]
        must: {fire: {since: "5.17"}}
        must_not: {load: {until: "5.16", because: bpf_loop is newer}}
      - {file: lkm/divide_by_zero.c, must: load}

    """

  @Test func promisesAreHeldAndBroken() async throws {
    try await Harness.use { harness in
      let text = Self.promises.replacingOccurrences(
        of: "file: ", with: "file: \(Harness.repository)/")
      let held = harness.folder + "/load.yaml"
      try text.write(toFile: held, atomically: true, encoding: .utf8)
      let runs = ["--runs", harness.runs, "--timeout", "120"]
      let good = try await harness.run(["try", "--manifest", held, "--format", "junit"] + runs)
      #expect(good.status == 0, "\(good.errorText)")
      #expect(good.text.contains("tests=\"4\" failures=\"0\" errors=\"0\""), "\(good.text)")
      let record = try RunDirectory.read(harness.runs + "/latest")
      #expect(record.header.manifest == held)
      #expect(record.currentTrials.map(\.outcome) == Array(repeating: .met, count: 4))
      let refused = record.currentTrials.filter { $0.verdict.ruling == .rejected }
      #expect(refused.map(\.id.kernel) == ["5.10"])

      let broken = harness.folder + "/broken.yaml"
      try text.replacingOccurrences(of: "5.17", with: "5.10")
        .replacingOccurrences(of: "until: \"5.16\"", with: "until: \"5.4\"")
        .write(toFile: broken, atomically: true, encoding: .utf8)
      let bad = try await harness.run(
        ["try", "--manifest", broken, "--kernel", "5.10", "--format", "markdown"] + runs)
      #expect(bad.status == 1, "\(bad.errorText)")
      #expect(bad.text.contains("promises kept in 1 of 2 cells"), "\(bad.text)")
      #expect(bad.text.contains("| must fire from 5.10 on | rejected by"), "\(bad.text)")
    }
  }

  @Test func aNamedFileThatIsTriedNowhereIsAMistake() async throws {
    try await Harness.use { harness in
      let good = "\(Harness.repository)/bpf/divide_by_zero.bpf.c"
      let other = "\(Harness.repository)/bpf/wild_pointer.bpf.c"
      let cut = harness.folder + "/cut.bpf.o"
      try Data([0x7f, 0x45, 0x4c, 0x46, 2, 1] + Array(repeating: 0, count: 10) + [1, 0, 247, 0])
        .write(to: URL(fileURLWithPath: cut))
      let left = try await harness.run(["try", good, cut, "--timeout", "120"])
      #expect(left.status == 2, "\(left.text)")
      #expect(left.text.contains("cut.bpf.o"), "\(left.text)")
      let typo = try await harness.run(["try", good, other, "--only", "nothing_like_it"])
      #expect(typo.status == 2, "\(typo.text)")
      #expect(typo.text.contains("has no program \"nothing_like_it\""), "\(typo.text)")
    }
  }
}

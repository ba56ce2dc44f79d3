// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// What is seen of a program while it is loaded.
@Suite(.lane, .tags(.guest), .timeLimit(.minutes(10))) struct InspectionTests {
  /// The verifier puts a branch around a division by what may be 0, and the JIT compiles it: a
  /// `test` of the divisor before the `div` that the source has.
  @Test func theGuardAroundADivisionIsSeenInWhatTheKernelMadeOfIt() async throws {
    try await Harness.use { harness in
      let (output, record) = try await harness.runTrials(["divide-by-zero", "--bpftool"])
      #expect(output.status == 0, "\(output.errorText)")
      let trial = try #require(
        record.trials.first { $0.id.mechanism == .bpf && $0.id.armed })
      func evidence(_ name: String) throws -> String {
        let folder = try #require(trial.evidenceDirectory)
        return try String(
          contentsOfFile: "\(harness.runs)/latest/\(folder)/\(name)", encoding: .utf8)
      }
      #expect(try evidence("bpftool.txt").contains("average = bytes / divisor"))
      let lines = try evidence("jited.txt").split(separator: "\n")
      let source = try #require(
        lines.firstIndex { $0.hasSuffix("average = bytes / divisor;") })
      let test = try #require(lines[source...].firstIndex { $0.contains("test ") })
      let division = try #require(lines[source...].firstIndex { $0.contains("div ") })
      #expect(test < division)
      let page = "\(harness.folder)/report.html"
      let report = try await harness.run([
        "report", "\(harness.runs)/latest", "--format", "html", "-o", page,
      ])
      #expect(report.status == 0, "\(report.errorText)")
      let text = try String(contentsOfFile: page, encoding: .utf8)
      #expect(text.contains("What the JIT made of it (armed)"))
    }
  }
}

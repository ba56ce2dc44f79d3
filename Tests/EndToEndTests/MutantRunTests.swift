// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// One scenario's mutants, of one operator: the check that keeps a NULL pointer from being used is missing.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct MutantRunTests {
  @Test func aMissingCheckIsRejectedInTheProgramAndCrashesInTheModule() async throws {
    try await Harness.use { harness in
      let (output, record) = try await harness.runTrials(
        ["--suite", "mutants", "null-map-value", "--operators", "MIFS"])
      #expect(output.status == 0, "\(output.errorText)")
      let figures = try #require(CampaignFigures.all(of: record).first)
      #expect(figures.failedControls.isEmpty)
      #expect(figures.all.bpf[.rejected] > 0)
      #expect(figures.all.lkm[.crashed] > 0)
      #expect(figures.harmfulModules.pairs > 0)
      #expect(figures.harmfulModules.rejected.share == 1)
      #expect(figures.harmfulPrograms.isEmpty)
      // What the program did is shared, what the module did never.
      #expect(record.trials.allSatisfy { $0.id.mechanism == .bpf || $0.started != .shared })
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// Trials that share guests have the verdicts that they have in guests of their own.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct SharedGuestTests {
  /// Programs come first, so that the module meets a guest that was used.
  @Test func whatCrashesASharedGuestCostsOnlyItself() async throws {
    try await Harness.use { harness in
      let root = Harness.repository
      let programs = ["divide_by_zero", "use_after_free", "wild_pointer", "off_by_one"]
      let output = try await harness.run(
        ["try", "--armed", "--format", "json", "--runs", harness.runs, "--timeout", "120"]
          + programs.prefix(2).map { "\(root)/bpf/\($0).bpf.c" }
          + ["\(root)/lkm/null_map_value.c"]
          + programs.suffix(2).map { "\(root)/bpf/\($0).bpf.c" })
      #expect(output.status == 0, "\(output.errorText)")
      let record = try RunDirectory.read(harness.runs + "/latest")
      let module = record.trials.filter { $0.id.mechanism == .lkm }
      #expect(module.last?.verdict.ruling == .oopsed)
      #expect(module.last?.started == .restored)
      #expect(module.dropLast().allSatisfy { $0.superseded && $0.started == .shared })
      let others = record.trials.filter { $0.id.mechanism == .bpf }
      #expect(others.count == programs.count)
      #expect(others.allSatisfy { !$0.superseded })
      #expect(
        others.reduce(into: [:]) { $0[$1.id.scenario] = $1.verdict.ruling } == [
          "divide_by_zero": .survived, "off_by_one": .rejected, "use_after_free": .rejected,
          "wild_pointer": .rejected,
        ])
      #expect(record.trials.contains { $0.started == .shared })
    }
  }

  @Test func aRunThatSharesGuestsHasTheSameResults() async throws {
    try await Harness.use { harness in
      let names = [
        "null-map-value", "divide-by-zero", "missing-return", "memory-leak", "lost-updates",
      ]
      let (alone, apart) = try await harness.runTrials(names)
      #expect(alone.status == 0, "\(alone.errorText)")
      let (shared, together) = try await harness.runTrials(names + ["--share"])
      #expect(shared.status == 0, "\(shared.errorText)")
      func results(_ record: RunRecord) -> [TrialID: Verdict] {
        record.currentTrials.reduce(into: [:]) { results, trial in
          // Lines and words differ by what a guest did before.
          var verdict = trial.verdict
          (verdict.evidence, verdict.reason) = ([], nil)
          results[trial.id] = verdict
        }
      }
      #expect(results(apart) == results(together))
      let starts = together.currentTrials.map(\.started)
      #expect(starts.contains(.shared))
      let modules = together.currentTrials.filter { $0.id.mechanism == .lkm && $0.id.armed }
      #expect(modules.allSatisfy { $0.started != .shared })
      #expect(apart.currentTrials.allSatisfy { $0.started != .shared })
    }
  }

  /// Parts of a try, put together, are the try.
  @Test func aTryInPartsIsTheWholeTry() async throws {
    try await Harness.use { harness in
      let names = ["divide_by_zero", "off_by_one", "use_after_free", "wild_pointer"]
      let files = names.map { "\(Harness.repository)/bpf/\($0).bpf.c" }
      func attempt(_ options: [String], in runs: String) async throws -> Tool.Output {
        try await harness.run(
          ["try", "--armed", "--timeout", "120", "--runs", "\(harness.folder)/\(runs)"] + options
            + files)
      }
      #expect(try await attempt([], in: "whole").status == 0)
      for part in ["1/2", "2/2"] {
        let output = try await attempt(["--shard", part], in: "part-\(part.prefix(1))")
        #expect(output.status == 0, "\(output.errorText)")
      }
      // An option that the others don't have makes it a part of something else.
      let odd = try await attempt(["--shard", "2/2", "--memory", "300"], in: "odd")
      #expect(odd.status == 0, "\(odd.errorText)")
      func merge(_ parts: [String], into name: String) async throws -> Tool.Output {
        try await harness.run(
          ["merge"] + parts.map { "\(harness.folder)/\($0)/latest" }
            + ["-o", "\(harness.folder)/\(name)"])
      }
      #expect(try await merge(["part-1", "odd"], into: "wrong").status == 2)
      let merged = try await merge(["part-2", "part-1"], into: "merged")
      #expect(merged.status == 0, "\(merged.errorText)")
      func rulings(_ run: String) throws -> [TrialID: Ruling] {
        try RunDirectory.read("\(harness.folder)/\(run)").currentTrials.reduce(into: [:]) {
          $0[$1.id] = $1.verdict.ruling
        }
      }
      #expect(try rulings("merged") == rulings("whole/latest"))
      #expect(try rulings("merged").count == names.count)
      #expect(try rulings("part-1/latest").count < names.count)
    }
  }
}

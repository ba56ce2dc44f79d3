// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Lab
import Record
import Reports
import Scenarios
import TestSupport
import Testing
import Trials
import Verdicts

/// A run by scripted guests, whole and in parts: what reports say of the merged parts is what they say
/// of the whole.
@Suite(.lane, .timeLimit(.minutes(5))) struct MergedRunTests {
  private static let scenarios = ["null-map-value", "missing-unlock", "infinite-loop"]

  private static let plan = scenarios.flatMap { scenario in
    Mechanism.allCases.flatMap { mechanism in
      [false, true].map {
        TrialID(
          scenario: scenario, mechanism: mechanism, armed: $0, kernel: "6.1", profile: "stock",
          repetition: 1)
      }
    }
  }

  private static func header(_ id: String) -> RunHeader {
    RunHeader(
      id: id, began: "2026-11-29T01:02:03Z", command: ["run"],
      host: .init(system: "", processor: "", cores: 1, memoryMiB: 1), accelerator: "tcg",
      acceleratorReason: "", kernels: [.init(name: "6.1", release: "6.1-scripted")],
      profiles: ["stock"], versions: [:], seed: 0, repetitions: 1, cold: false,
      secondLooks: ["stock": "sensitive"], trials: plan)
  }

  /// What the guest of a trial does: always the same, whoever runs it.
  private static func script(of id: TrialID) -> [String] {
    let begin = ScriptedTrial.greeting + ScriptedTrial.hearTrial
    return switch (id.scenario, id.mechanism, id.armed) {
    case ("null-map-value", .lkm, true):
      begin + ScriptedTrial.honest.prefix(4) + [
        "console [    5.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000",
        "console [    5.000001] Oops: 0002 [#1] PREEMPT SMP NOPTI",
        "console [    5.000002] RIP: 0010:count_getpgid+0x1d/0x30 [null_map_value]",
        #"event {"event": "GUEST_PANICKED", "data": {"action": "run"}}"#,
        #"event {"event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}"#,
      ]
    // The laboratory's failure, twice.
    case ("missing-unlock", .bpf, true): begin + [#"say {"gossip":{}}"#]
    // The fault happens, and nothing notices it.
    case (_, _, true):
      begin + ScriptedTrial.honest.map { $0.replacing(#""faults":0"#, with: #""faults":1"#) }
    default: begin + ScriptedTrial.honest
    }
  }

  /// Carries out a run's trials, each followed by the second look at it, as `run` does with one job.
  private func carryOut(_ header: RunHeader, in folder: String) async throws -> String {
    let catalogue = try Catalogue.load(repository: Checkout.root.path)
    let texts = try Self.scenarios.map {
      try ScenarioText.read($0, repository: Checkout.root.path)
    }
    let directory = try RunDirectory.create(in: folder, header: header, scenarios: texts)
    let session = TrialSession(directory, runner: TrialRunner(logger: ScriptedTrial.logger))
    for id in header.trials {
      var next: TrialID? = id
      while let id = next {
        let scripted = try ScriptedTrial(Self.script(of: id), in: folder)
        var trial = scripted.trial
        trial.id = id
        trial.scenario = try catalogue.scenario(named: id.scenario)
        if id.profile != "stock" { trial.purpose = .secondLook }
        let (record, _) = try await session.carryOut(trial, in: scripted.guests)
        next = RetryRule(header).secondLook(at: record)
      }
    }
    try directory.finish(seconds: 1)
    return directory.path
  }

  /// Without what differs between two executions: names, times.
  private func read(_ path: String) throws -> RunRecord {
    var record = try RunDirectory.read(path)
    (record.header.id, record.header.seconds, record.header.merged) = ("", nil, nil)
    for index in record.trials.indices {
      record.trials[index].seconds = .init(start: 0, trial: 0, total: 0)
      let folder = "\(path)/\(record.trials[index].evidenceDirectory ?? "")"
      for name in try Files.list(folder) where name.hasSuffix(".jsonl") {
        let text = try Files.text("\(folder)/\(name)")
        try Files.write(
          text.replacing(/"seconds":[0-9.e-]+/, with: "\"seconds\":0"), to: "\(folder)/\(name)")
      }
    }
    return record
  }

  @Test func itsReportsAreThoseOfTheWholeRun() async throws {
    try await withTemporaryFolder { folder in
      let whole = try await carryOut(Self.header("20261129T010203Z-0000"), in: folder + "/whole")
      var parts: [String] = []
      for index in 1...3 {
        var header = Self.header("20261129T010203Z-000\(index)")
        header.command += ["--shard", "\(index)/3"]
        header.shard = .init(
          index: index, count: 3, inputs: "", program: "", plan: header.trials)
        header.trials = try ShardCut(try ShardChoice("\(index)/3")).part(of: header.trials)
        #expect(!header.trials.isEmpty && header.trials.count < Self.plan.count)
        parts.append(try await carryOut(header, in: folder + "/\(index)"))
      }
      let merge = try RunMerge([parts[2], parts[0], parts[1]])
      #expect(try merge.write(to: folder + "/merged") == [])
      #expect(merge.gaps == [])
      #expect(merge.notes == [])

      let expected = try read(whole)
      let merged = try read(folder + "/merged")
      // The script has of everything: retried, looked at again, met, unmet, inconclusive.
      #expect(expected.trials.count(where: \.superseded) == 1)
      #expect(expected.secondLooks.contains { $0.second != nil })
      let outcomes = Set(expected.currentTrials.map(\.outcome))
      #expect(outcomes.isSuperset(of: [.met, .unmet, .inconclusive]))
      #expect(merged == expected)
      for format in ReportFormat.allCases {
        let (one, other) = try (
          format.render(.init(run: expected, evidence: RunEvidence(path: whole), width: 300)),
          format.render(
            .init(run: merged, evidence: RunEvidence(path: folder + "/merged"), width: 300))
        )
        #expect(
          other.replacing(folder + "/merged", with: "")
            == one.replacing(whole, with: ""), "\(format)")
      }
    }
  }
}

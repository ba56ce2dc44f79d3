// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// A run of four scenarios in which nearly everything happens.
enum Samples {
  static let names = [
    "null-map-value", "divide-by-zero", "reference-leak", "callback-outlives-unload",
  ]

  static func header(
    kernels: [RunHeader.Kernel] = [.init(name: "debian-6.1", release: "6.1.0-50-cloud-amd64")],
    profiles: [String] = ["stock"], repetitions: Int = 1, trials: [TrialID]
  ) -> RunHeader {
    RunHeader(
      id: "20261123T010203Z-00ab", began: "2026-11-23T01:02:03Z", command: ["run"],
      host: .init(system: "Debian 12", processor: "a CPU", cores: 2, memoryMiB: 4096),
      accelerator: "tcg", acceleratorReason: "/dev/kvm is missing", kernels: kernels,
      profiles: profiles, versions: ["panicroom": "0.1"], seed: 7, repetitions: repetitions,
      cold: false, trials: trials, seconds: 4.25)
  }

  static func id(
    _ scenario: String, _ mechanism: Mechanism, armed: Bool = true, repetition: Int = 1
  ) -> TrialID {
    TrialID(
      scenario: scenario, mechanism: mechanism, armed: armed, kernel: "debian-6.1",
      profile: "stock", repetition: repetition)
  }

  static func control(_ scenario: String, _ mechanism: Mechanism, _ observed: Int64)
    -> TrialRecord
  {
    let id = id(scenario, mechanism, armed: false)
    let met = observed == 64
    return TrialRecord(
      id: id, verdict: Verdict(.survived), observed: observed,
      expected: .init(verdict: .survived, observation: 64), outcome: met ? .met : .unmet,
      reason: met ? nil : "expected observation 64, but it is \(observed)", started: .restored,
      seconds: .init(start: 0.03, trial: 0.05, total: 0.08),
      evidenceDirectory: "evidence/\(id.folderName)")
  }

  static func armed(
    _ scenario: String, _ mechanism: Mechanism, _ verdict: Verdict,
    expected: TrialRecord.Expected? = nil, outcome: Outcome = .met, reason: String? = nil,
    superseded: Bool = false
  ) -> TrialRecord {
    let id = id(scenario, mechanism)
    return TrialRecord(
      id: id, verdict: verdict,
      expected: expected ?? .init(verdict: verdict.ruling, by: verdict.by), outcome: outcome,
      reason: reason, started: .booted, seconds: .init(start: 0.03, trial: 0.05, total: 0.08),
      evidenceDirectory: "evidence/\(id.folderName)", superseded: superseded)
  }

  static func place(_ file: String, _ line: Int) -> SourcePlace { .init(file: file, line: line) }

  static var run: RunRecord {
    let trials = names.flatMap { name in
      [true, false].flatMap { armed in
        [Mechanism.bpf, .lkm].map { id(name, $0, armed: armed) }
      }
    }
    return RunRecord(header: header(trials: trials), trials: records, scenarios: [])
  }

  private static var records: [TrialRecord] {
    [
      armed(
        names[0], .bpf,
        Verdict(
          .rejected, by: "verifier", category: .memorySafety,
          source: place("bpf/null_map_value.bpf.c", 31))),
      armed(
        names[0], .lkm,
        Verdict(
          .oopsed, kind: .nullDereference, title: "null-dereference in count_getpgid",
          source: place("lkm/null_map_value.c", 52))),
      control(names[0], .bpf, 64), control(names[0], .lkm, 64),
      armed(names[1], .bpf, Verdict(.contained, by: "division-by-zero")),
      armed(names[1], .lkm, Verdict(.inconclusive), outcome: .skipped, reason: "no such hook here"),
      control(names[1], .bpf, 64), control(names[1], .lkm, 63),
      armed(
        names[2], .bpf,
        Verdict(
          .rejected, by: "verifier", category: .resourceLifetimeSafety,
          source: place("bpf/reference_leak.bpf.c", 19))),
      armed(
        names[2], .lkm,
        Verdict(
          .survived, title: "nothing of it \u{1b}[31mon\nthe console",
          evidence: [.init(file: "agent.jsonl", line: 9, text: "<healthy> & \u{1} well")]),
        expected: .init(verdict: .leaked, kinds: [.memoryLeak]), outcome: .unmet,
        reason: "expected leaked (memory-leak), got survived: the cache 任务 is as before"),
      control(names[2], .bpf, 64), control(names[2], .lkm, 64),
      armed(
        names[3], .bpf, Verdict(.inconclusive), expected: .init(verdict: .rejected, by: "attach"),
        outcome: .inconclusive, reason: "the guest never answered", superseded: true),
      armed(
        names[3], .bpf, Verdict(.inconclusive), expected: .init(verdict: .rejected, by: "attach"),
        outcome: .inconclusive, reason: "QEMU ended before the agent's first message"),
      armed(
        names[3], .lkm,
        Verdict(
          .panicked, kind: .pageFault, title: "page-fault in tick",
          source: place("lkm/callback_outlives_unload.c", 118))),
      control(names[3], .bpf, 64),
    ]
  }
}

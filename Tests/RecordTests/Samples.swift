// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

enum Samples {
  static func id(
    _ scenario: String = "null-map-value", _ mechanism: Mechanism = .lkm, armed: Bool = true
  ) -> TrialID {
    TrialID(
      scenario: scenario, mechanism: mechanism, armed: armed, kernel: "debian-6.1",
      profile: "stock", repetition: 1)
  }

  static func record(
    _ id: TrialID = id(), _ ruling: Ruling = .oopsed, _ outcome: Outcome = .met,
    superseded: Bool = false
  ) -> TrialRecord {
    TrialRecord(
      id: id, verdict: Verdict(ruling), expected: .init(verdict: ruling), outcome: outcome,
      superseded: superseded)
  }

  static func header(_ trials: [TrialID], id: String = "20261123T010203Z-0001") -> RunHeader {
    RunHeader(
      id: id, began: "2026-11-23T01:02:03Z", command: ["run"],
      host: .init(system: "Debian 12", processor: "a CPU", cores: 2, memoryMiB: 4096),
      accelerator: "tcg", acceleratorReason: "asked for",
      kernels: [.init(name: "debian-6.1", release: "6.1.0-50-cloud-amd64")], profiles: ["stock"],
      versions: ["panicroom": "0.1"], seed: 7, repetitions: 1, cold: false, trials: trials)
  }

  static func yaml(_ name: String) -> String {
    """
    {name: \(name), title: T, family: memory, weakness: CWE-1, job: J, fault: F,
     hook: {lkm: h, bpf: h}, workload: [{files: 1}], observation: {variable: v, value: 1},
     twins: {lkm: {armed: {verdict: hung, because: x}}, bpf: {armed: {verdict: hung,
     because: x}}}, lesson: L}
    """
  }

  /// The scenarios that the trials of these tests are of.
  static let texts = ["null-map-value", "other"].map {
    ScenarioText(name: $0, yaml: yaml($0), lkm: nil, bpf: nil)
  }
}

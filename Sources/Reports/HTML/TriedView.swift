// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The page of what a user tried: files without twins, and without expectations.
struct TriedView {
  private let run: RunRecord
  private let evidence: RunEvidence
  private let twins: TwinViews

  init(_ run: RunRecord, evidence: RunEvidence, links: String?) {
    self.run = run
    self.evidence = evidence
    twins = TwinViews(run, evidence: evidence, links: links)
  }

  var view: View {
    get throws {
      [
        "id": run.header.id, "began": run.header.began,
        "kernels": run.header.kernels.map { "Linux \($0.exactName)" }.joined(separator: ", "),
        "accelerator": run.header.accelerator, "warnings": run.warnings,
        "answers": run.currentTrials.map(answer), "files": try files,
      ]
    }
  }

  private func answer(_ trial: TrialRecord) -> View {
    let rulingClass = trial.verdict.ruling.rulingClass
    return [
      "file": trial.triedFile, "class": rulingClass.rawValue, "sign": rulingClass.sign,
      "verdict": trial.verdict.phrase,
    ]
  }

  /// A section each, in the order in which they were tried.
  private var files: [View] {
    get throws {
      try run.currentTrials.compactMap { trial in
        guard let scenario = run.scenarios.first(where: { $0.name == trial.id.scenario }) else {
          return nil
        }
        let mechanism = trial.id.mechanism
        let source = try evidence.sources(scenario.name)[mechanism] ?? ""
        return try twins.view(mechanism, scenario, source, [trial])
      }
    }
  }
}

extension TrialRecord {
  /// The name under which a tried file is kept: `probe.bpf.c`.
  var triedFile: String {
    let path = Scenario.sourcePath(id.mechanism, of: id.scenario)
    return String(path.split(separator: "/").last ?? "")
  }
}

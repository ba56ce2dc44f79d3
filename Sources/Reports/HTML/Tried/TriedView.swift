// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The page of what a user tried: what runs where, since when, and why not elsewhere.
struct TriedView {
  /// More sections would make a page that nobody opens.
  private static let mostSections = 60
  /// Up to this many trials each have a section; of more, only those that did not go well.
  private static let fewTrials = 8

  private let run: RunRecord
  private let evidence: RunEvidence
  private let twins: TwinViews
  private let matrix: TriedMatrix

  init(_ run: RunRecord, evidence: RunEvidence, links: String?) {
    self.run = run
    self.evidence = evidence
    twins = TwinViews(run, evidence: evidence, links: links)
    matrix = TriedMatrix(run)
  }

  var view: View {
    get throws {
      let sections = try sections
      let leftOut = (run.header.leftOut ?? []).filter { $0.kernel == nil }
      return [
        "id": run.header.id, "began": run.header.began,
        "kernels": kernels,
        "accelerator": run.header.accelerator, "warnings": run.warnings,
        "promises": PromiseReport(run, matrix).map { [$0.view] } ?? [],
        "matrix": TriedMatrixView(matrix, sections: Set(sections.map(\.key))).view,
        "files": sections.map(\.view),
        "leftOut": leftOut.map { ["file": $0.file, "reason": $0.reason] as View },
        "hasLeftOut": !leftOut.isEmpty,
      ]
    }
  }

  /// The exact names are at the end of the page.
  private var kernels: String {
    let labels = matrix.kernels.map(\.label)
    guard labels.count > 8, let first = labels.first, let last = labels.last else {
      return "Linux \(labels.joined(separator: ", "))"
    }
    return "\(labels.count) releases of Linux, \(first) to \(last)"
  }

  /// One for each row that has something to explain, with one trial for each of its answers.
  private var sections: [(key: String, view: View)] {
    get throws {
      let isFew = run.currentTrials.count <= Self.fewTrials
      var sections: [(key: String, view: View)] = []
      for (index, row) in matrix.rows.enumerated() where sections.count < Self.mostSections {
        let shown = row.spans.compactMap(\.first).filter { isFew || $0.works != true }
        let trials = shown.compactMap(\.trial).sorted { !isGood($0) && isGood($1) }
        guard let first = trials.first,
          let scenario = run.scenarios.first(where: { $0.name == first.id.scenario })
        else { continue }
        let source = try evidence.sources(scenario.name)[row.mechanism ?? .bpf] ?? ""
        var view = try twins.view(first.id.mechanism, scenario, source, trials)
        view["row"] = row.name
        view["rowID"] = TriedMatrixView.id(of: index)
        sections.append((TriedMatrixView.id(of: index), view))
      }
      return sections
    }
  }

  private func isGood(_ trial: TrialRecord) -> Bool { trial.verdict.ruling == .survived }
}

extension TrialRecord {
  /// The name under which a tried file is kept: `probe.bpf.c`.
  var triedFile: String {
    let path = Scenario.sourcePath(id.mechanism, of: id.scenario)
    return String(path.split(separator: "/").last ?? "")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The matrix of what was tried, for programs.
struct MatrixJSON: Encodable {
  /// The oldest first.
  let kernels: [String]
  let rows: [Row]

  struct Row: Encodable {
    let file: String
    let program: String?
    let configuration: [String]?
    let mechanism: Mechanism?
    let since: String?
    let lastWithout: String?
    let cells: [Cell]

    enum CodingKeys: String, CodingKey {
      case file, program, configuration, mechanism, since, cells
      case lastWithout = "last_without"
    }
  }

  struct Cell: Encodable {
    let kernel: String
    let works: Bool?
    let verdict: Ruling?
    let by: String?
    let category: Verdicts.Category?
    let kind: Kind?
    let title: String?
    let fires: TriedStep.Answer?
    let failedStep: TriedStep?
    /// Only with a manifest.
    let outcome: Outcome?
    let promise: TrialRecord.Tried.Promised?
    /// Why it was not tried.
    let reason: String?

    enum CodingKeys: String, CodingKey {
      case kernel, works, verdict, by, category, kind, title, fires, reason, outcome, promise
      case failedStep = "failed_step"
    }
  }

  init(_ matrix: TriedMatrix) {
    kernels = matrix.kernels.map(\.name)
    rows = matrix.rows.map(Row.init)
  }
}

extension MatrixJSON.Row {
  init(_ row: TriedMatrix.Row) {
    self.init(
      file: row.file, program: row.program,
      configuration: row.configuration.isEmpty ? nil : row.configuration, mechanism: row.mechanism,
      since: row.since?.name, lastWithout: row.lastWithout?.name,
      cells: row.cells.map(MatrixJSON.Cell.init))
  }
}

extension MatrixJSON.Cell {
  init(_ cell: TriedMatrix.Cell) {
    let outcome = cell.promise == nil ? nil : cell.outcome
    guard case .trial(let trial) = cell.content else {
      let reason = if case .notAsked(let reason) = cell.content { reason } else { nil as String? }
      self.init(
        kernel: cell.kernel.name, works: nil, verdict: nil, by: nil, category: nil, kind: nil,
        title: nil, fires: nil, failedStep: nil, outcome: outcome, promise: cell.promise,
        reason: reason)
      return
    }
    let steps = TriedSteps(trial)
    self.init(
      kernel: cell.kernel.name, works: cell.works, verdict: trial.verdict.ruling,
      by: trial.verdict.by, category: trial.verdict.category, kind: trial.verdict.kind,
      title: trial.verdict.title, fires: steps[.fires], failedStep: steps.failed,
      outcome: outcome, promise: cell.promise, reason: nil)
  }
}

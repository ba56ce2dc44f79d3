// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// The matrix of what was tried, for the page: an object's kernels as one bar to scale, and in words.
struct TriedMatrixView {
  /// More kernels make a table too wide to scroll through.
  private static let mostColumns = 80

  private let matrix: TriedMatrix
  /// The rows that have a section to lead to.
  private let sections: Set<String>

  init(_ matrix: TriedMatrix, sections: Set<String>) {
    self.matrix = matrix
    self.sections = sections
  }

  static func id(of row: Int) -> String { "row-\(row + 1)" }

  var view: View {
    let count = matrix.kernels.count
    return [
      "summary": summary, "hasBars": count > 1,
      "oldest": matrix.kernels.first?.label ?? "", "newest": matrix.kernels.last?.label ?? "",
      "rows": matrix.rows.enumerated().map(row),
      "hasGrid": count > 2 && count <= Self.mostColumns && matrix.rows.count > 1,
      "columns": matrix.kernels.map { ["name": $0.label] as View },
      "grid": matrix.rows.map { row in
        ["name": row.name, "cells": row.cells.map(cell)] as View
      },
    ]
  }

  /// `3 of 5 work on all 20 kernels, 1 on some, 1 on none.`
  private var summary: String {
    let working = matrix.rows.map { row in row.cells.count { $0.works == true } }
    let total = matrix.rows.count
    let all = zip(working, matrix.rows).count { $0 == $1.cells.count }
    let none = working.count { $0 == 0 }
    let kernels = matrix.kernels.count
    if kernels == 1 {
      let name = matrix.kernels.first?.name ?? ""
      return total == 1
        ? "It \(all == 1 ? "works" : "does not work") on Linux \(name)."
        : "\(all) of \(total) work on Linux \(name)."
    }
    guard total > 1 else {
      let some = none == 1 ? "none" : "\(working[0])"
      return "It works on \(all == 1 ? "all \(kernels)" : "\(some) of \(kernels)") kernels."
    }
    return "\(all) of \(total) work on all \(kernels) kernels, \(total - all - none) on some, "
      + "\(none) on none."
  }

  private func row(_ index: Int, _ row: TriedMatrix.Row) -> View {
    let id = Self.id(of: index)
    let hasSection = sections.contains(id)
    return [
      "name": row.name, "id": id, "mechanism": row.mechanism?.title ?? "",
      "since": row.since == nil ? "" : row.sinceText,
      "unknown": row.since == nil ? row.unknownOn?.label ?? "" : "",
      "isNowhere": row.isNotOnNewest,
      "spans": row.spans.map { span -> View in
        guard let first = span.first else { return [:] }
        let text = CellText(first)
        return [
          "range": row.range(of: span), "count": span.count, "class": Self.style(first),
          "sign": text.sign, "words": text.words, "detail": text.detail ?? "",
          "link": hasSection && first.works != true && first.trial != nil ? "#why-\(id)" : "",
        ]
      },
    ]
  }

  private func cell(_ cell: TriedMatrix.Cell) -> View {
    let text = CellText(cell)
    return [
      "class": Self.style(cell), "sign": text.sign,
      "text": "\(cell.kernel.label): \(text.words)",
    ]
  }

  /// What works is as green as what a gate refuses is elsewhere: here a refusal is the bad news.
  private static func style(_ cell: TriedMatrix.Cell) -> String {
    guard let trial = cell.trial else { return "unasked" }
    if cell.works == true { return "works" }
    switch trial.verdict.ruling {
    case .rejected: return "stopped"
    case .survived, .notRun: return "idle"
    default: return trial.verdict.ruling.rulingClass.rawValue
    }
  }
}

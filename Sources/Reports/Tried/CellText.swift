// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// What a cell of the matrix says in a few words: `✓ fires`, `■ rejected: memory-safety`.
struct CellText {
  var sign = "·"
  var words = "not tried"
  /// Why, if the words don't say it: a headline, or a reason.
  var detail: String?
  /// Nil if it was not tried.
  var rulingClass: RulingClass?
  var style = Style.dim

  init(_ cell: TriedMatrix.Cell) {
    switch cell.content {
    case .notAsked(let reason): detail = reason
    case .trial(let trial): self = CellText(trial)
    }
  }

  init(_ trial: TrialRecord) {
    let verdict = trial.verdict
    let rulingClass = verdict.ruling.rulingClass
    self.rulingClass = rulingClass
    (sign, style) = (verdict.ruling.sign, rulingClass.style)
    let steps = TriedSteps(trial)
    let isIdle = !steps.neverFired.isEmpty
    switch verdict.ruling {
    case .survived where isIdle:
      (sign, words, style) = ("–", "attaches, never fires", .boldRed)
      detail = Self.idle(steps)
    case .survived:
      (sign, words, style) = ("✓", Self.well(trial, steps), .green)
    case .notRun:
      words =
        isIdle
        ? "attaches, never fires"
        : trial.id.mechanism == .lkm ? "loads, nothing calls it" : "loads, attached to nothing"
      style = .boldRed
      detail = isIdle ? Self.idle(steps) : nil
    case .rejected:
      words = "rejected" + (verdict.category.map { ": \($0.rawValue)" } ?? Self.by(verdict))
      detail = verdict.title
    case .inconclusive:
      words = "inconclusive"
      detail = trial.reason
    default:
      words = verdict.phrase
      detail = verdict.title
    }
    if trial.outcome == .unmet {
      (sign, style) = ("✗", .boldRed)
      detail = trial.brokenPromise ?? trial.reason ?? detail
    }
  }

  private static func by(_ verdict: Verdict) -> String { verdict.by.map { " by \($0)" } ?? "" }

  private static func idle(_ steps: TriedSteps) -> String {
    "never fired: " + steps.neverFired.map(\.name).joined(separator: ", ")
  }

  private static func well(_ trial: TrialRecord, _ steps: TriedSteps) -> String {
    switch steps[.fires] {
    case .yes: trial.id.mechanism == .bpf ? "fires" : "ran"
    case nil: "ran"
    case .unknown, .no: "loads; can't tell if it fires"
    }
  }
}

extension TriedMatrix.Row {
  /// Which kernels a span is: `all 20`, `5.10.226 … 6.12.57`, `from 6.12.69 on`.
  func range(of span: [TriedMatrix.Cell]) -> String {
    guard let first = span.first?.kernel, let last = span.last?.kernel else { return "" }
    if span.count == cells.count { return cells.count == 1 ? first.label : "all \(cells.count)" }
    if span.count == 1 { return first.label }
    return last.name == cells.last?.kernel.name
      ? "from \(first.label) on" : "\(first.label) … \(last.label)"
  }

  /// `from 6.12.69 on`: which of the kernels that were asked it works on, up to the newest. Empty if it
  /// doesn't work there.
  var sinceText: String {
    let unknown = unknownOn.map { "unknown on \($0.label)" }
    guard let since else { return unknown ?? "" }
    let known =
      if let lastWithout {
        "from \(since.label) on, not yet on \(lastWithout.label)"
      } else {
        unknown == nil ? "on all that were asked" : "on all that answered"
      }
    return known + (unknown.map { "; \($0)" } ?? "")
  }

  /// Whether the newest kernel that it was tried on is one that it doesn't work on.
  var isNotOnNewest: Bool {
    since == nil && unknownOn == nil && cells.contains { $0.trial != nil }
  }
}

extension RunHeader.Kernel {
  /// Its release, if its name is no more than a part of that: `6.1.192` for `6.1`, `sid (7.2.13)`.
  var label: String {
    guard let upstream = upstream?.description, upstream != name, obstacle == nil
    else { return name }
    return upstream.hasPrefix("\(name).") ? upstream : "\(name) (\(upstream))"
  }
}

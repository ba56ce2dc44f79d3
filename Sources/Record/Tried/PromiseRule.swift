// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
import Verdicts

/// Whether a trial keeps what a manifest promises of its object.
public enum PromiseRule {
  /// Gives a record the outcome that the promises make of its verdict. One of which nothing is promised
  /// stays as it is.
  ///
  /// - Parameter promises: those that hold on its kernel.
  public static func weigh(_ record: inout TrialRecord, _ promises: [Promise]) {
    guard !promises.isEmpty else { return }
    if record.reason == OutcomePolicy.onlyTried { record.reason = nil }
    let answers = promises.map { (promise: $0, answer: answer(record, $0)) }
    let worst =
      answers.first { $0.answer.outcome == .unmet }
      ?? answers.first { $0.answer.outcome == .inconclusive }
    let phrases = (worst.map { [$0.promise] } ?? promises).map(\.phrase)
    let came = worst?.answer.reason
    record.tried?.promise = .init(promised: phrases.joined(separator: "; "), came: came)
    record.outcome = worst?.answer.outcome ?? .met
    guard let broken = record.brokenPromise else { return }
    // What was said of the verdict stays: how far the object came is read from it.
    let rest = record.reason.map { broken.contains($0) ? "" : "; \($0)" } ?? ""
    record.reason = broken + rest
  }

  private static func answer(_ record: TrialRecord, _ promise: Promise) -> OutcomeDecision {
    let met = OutcomeDecision(.met)
    if record.verdict.ruling == .inconclusive {
      return OutcomeDecision(
        .inconclusive, "inconclusive: \(record.reason ?? "no reason was recorded")")
    }
    let steps = TriedSteps(record)
    let broken = OutcomeDecision(.unmet, what(record))
    switch promise.deed {
    case .notLoad:
      // What is refused only when it is attached was loaded.
      return record.verdict.ruling == .rejected && steps.failed != .attaches ? met : broken
    case .load:
      // Where it is attached, and whether it runs there, is another promise.
      let isLoaded = steps.items.allSatisfy {
        $0.answer != .no || [.attaches, .fires].contains($0.step)
      }
      return isLoaded ? met : broken
    case .fire:
      if !steps.neverFired.isEmpty {
        let names = steps.neverFired.map(\.name).joined(separator: ", ")
        return OutcomeDecision(.unmet, "it attaches and never fires: \(names)")
      }
      if steps.failed != nil { return broken }
      return steps[.fires] == .yes
        ? met : OutcomeDecision(.inconclusive, "it loads, and nothing counts whether it fires")
    }
  }

  /// `rejected by verifier: invalid access to map value`
  private static func what(_ record: TrialRecord) -> String {
    let verdict = record.verdict
    if verdict.ruling == .survived { return "it loads" }
    if verdict.ruling == .notRun { return "it loads, and nothing of it runs" }
    return verdict.ruling.rawValue + (verdict.by.map { " by \($0)" } ?? "")
      + ((verdict.title ?? record.reason).map { ": \($0)" } ?? "")
  }
}

extension TrialRecord {
  /// What was promised of it, and what came instead: `must load: rejected by verifier: …`. Nil if the
  /// promise is kept, or there is none.
  public var brokenPromise: String? {
    guard let promise = tried?.promise, let came = promise.came else { return nil }
    return "\(promise.promised): \(came)"
  }
}

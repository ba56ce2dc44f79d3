// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Verdicts

/// Holds a verdict and an observation against a declaration.
enum DeclaredOutcome {
  /// - Returns: `inconclusive` without a verdict, otherwise `met` or `unmet`. If the declaration
  ///   has an observation (a disarmed twin's always does), the observed one must be equal.
  static func decision(on record: TrialRecord) -> OutcomeDecision {
    let (verdict, expected) = (record.verdict, record.expected)
    guard verdict.ruling != .inconclusive else {
      return OutcomeDecision(.inconclusive, verdict.reason ?? "the laboratory gave no reason")
    }
    if let difference = difference(verdict, expected) {
      let why = verdict.reason.map { ": \($0)" } ?? ""
      return OutcomeDecision(
        .unmet, "expected \(difference.expected), got \(difference.got)\(why)")
    }
    if let value = expected.observation, record.observed != value {
      let got = record.observed.map { "it is \($0)" } ?? "none was reported"
      return OutcomeDecision(.unmet, "expected observation \(value), but \(got)")
    }
    return OutcomeDecision(.met)
  }

  private static func difference(
    _ verdict: Verdict, _ expected: TrialRecord.Expected
  ) -> (expected: String, got: String)? {
    let byFits = expected.by == nil || expected.by == verdict.by
    let kindFits = expected.kinds.isEmpty || verdict.kind.map(expected.kinds.contains) == true
    let categoryFits = expected.category == nil || expected.category == verdict.category
    guard expected.verdict == verdict.ruling, byFits, kindFits, categoryFits else {
      return (expected.description, describe(verdict))
    }
    return nil
  }

  private static func describe(_ verdict: Verdict) -> String {
    phrase(
      verdict.ruling, by: verdict.by, what: verdict.kind?.rawValue ?? verdict.category?.rawValue)
  }

  /// `rejected by verifier (memory-safety)`.
  fileprivate static func phrase(_ ruling: Ruling, by: String?, what: String?) -> String {
    ruling.rawValue + (by.map { " by \($0)" } ?? "") + (what.map { " (\($0))" } ?? "")
  }
}

extension TrialRecord.Expected: CustomStringConvertible {
  /// `oopsed (null-dereference or page-fault)`.
  public var description: String {
    let kinds = kinds.map(\.rawValue).joined(separator: " or ")
    return DeclaredOutcome.phrase(
      verdict, by: by, what: kinds.isEmpty ? category?.rawValue : kinds)
  }
}

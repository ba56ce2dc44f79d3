public import Verdicts

/// Whether what happened is what was declared.
public enum OutcomeRule {
  /// - Parameters:
  ///   - observed: what the twin reported, where it did.
  ///   - expected: the declaration. Where it has an observation (a disarmed twin's always does),
  ///     the observed one must be equal.
  /// - Returns: never `skipped`: that is decided before a trial, not after. The reason is there
  ///   unless the outcome is `met`.
  public static func outcome(
    verdict: Verdict, observed: Int64?, expected: TrialRecord.Expected
  ) -> (outcome: Outcome, reason: String?) {
    guard verdict.ruling != .inconclusive else {
      return (.inconclusive, verdict.reason ?? "the laboratory gave no reason")
    }
    if let difference = difference(verdict, expected) {
      let why = verdict.reason.map { ": \($0)" } ?? ""
      return (.unmet, "expected \(difference.expected), got \(difference.got)\(why)")
    }
    if let value = expected.observation, observed != value {
      let got = observed.map { "it is \($0)" } ?? "none was reported"
      return (.unmet, "expected observation \(value), but \(got)")
    }
    return (.met, nil)
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
    return OutcomeRule.phrase(
      verdict, by: by, what: kinds.isEmpty ? category?.rawValue : kinds)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
internal import Verdicts

/// The known issues of a run: which unmet trials they excuse, and which of them should be removed.
///
/// The day on which the run began decides whether an entry still holds, so that a report says the same
/// whenever it is made.
public struct KnownIssueRule: Sendable {
  private let issues: [KnownIssue]
  /// `2026-12-01`
  private let day: String

  public init(_ header: RunHeader) {
    issues = header.known ?? []
    day = String(header.began.prefix(10))
  }

  private func holds(_ issue: KnownIssue) -> Bool { day < issue.until }

  /// What excuses a trial that is unmet; nil if nothing does.
  public func issue(with trial: TrialRecord) -> KnownIssue? {
    guard trial.outcome == .unmet else { return nil }
    return issues.first { holds($0) && $0.covers(trial) }
  }

  /// The trial with what is known of it.
  public func settled(_ trial: TrialRecord) -> TrialRecord {
    guard trial.outcome == .unmet, !issues.isEmpty else { return trial }
    var settled = trial
    settled.known = issue(with: trial)
    let says =
      settled.known.map { "known until \($0.until): \($0.why)" }
      ?? issues.first { $0.covers(trial) }.map {
        "it was known until \($0.until), and that has passed: \($0.why)"
      }
    if let says { settled.reason = (trial.reason.map { "\($0); " } ?? "") + says }
    return settled
  }

  /// A sentence about each entry that has no purpose: it matches no trial, or only trials that are met.
  ///
  /// - Parameter planned: every trial of the run, whether it has a record or not.
  func needless(_ trials: [TrialRecord], planned: [TrialID]) -> [String] {
    issues.compactMap { issue in
      let own = trials.filter { issue.covers($0.id) }
      guard own.isEmpty else {
        let isOver =
          own.contains { $0.outcome == .met }
          && own.allSatisfy { $0.outcome == .met || $0.outcome == .skipped }
          && Set(planned.filter(issue.covers)).isSubset(of: own.map(\.id))
        return isOver ? "the known issue \(issue.name) is over: its trials are met" : nil
      }
      return planned.contains(where: issue.covers)
        ? nil : "the known issue \(issue.name) matches no trial of this run"
    }
  }
}

extension KnownIssue {
  fileprivate func covers(_ id: TrialID) -> Bool {
    (mechanism ?? id.mechanism) == id.mechanism && (armed ?? id.armed) == id.armed
      && covers(scenario: id.scenario, kernel: id.kernel, profile: id.profile)
  }

  fileprivate func covers(_ trial: TrialRecord) -> Bool {
    covers(trial.id) && (verdict ?? trial.verdict.ruling) == trial.verdict.ruling
  }
}

extension RunRecord {
  /// What a reader should know beside the results: what was amiss in the run's files, and known issues
  /// that have no purpose. A part of a run has not all trials, so it says nothing of them.
  public var remarks: [String] {
    guard header.known != nil, header.shard == nil else { return warnings }
    return warnings + KnownIssueRule(header).needless(currentTrials, planned: header.trials)
  }
}

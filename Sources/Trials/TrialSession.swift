// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Record
import Verdicts

/// The one place where trials are carried out: runs, suites, `try`, the demo's stage and the
/// benchmark use it.
///
/// For each trial it makes the evidence folder, runs the trial, runs it again if the laboratory itself
/// failed, and journals the result before the next one starts.
package struct TrialSession: Sendable {
  package let directory: RunDirectory
  private let runner: TrialRunner

  package init(_ directory: RunDirectory, runner: TrialRunner) {
    self.directory = directory
    self.runner = runner
  }

  /// What its caller wants to know about a trial, and may change in its record.
  package struct Hooks: Sendable {
    /// Takes what happens while it happens.
    package var follow: (@Sendable (TrialNews) -> Void)?
    /// Called before a trial is carried out again, with the record of the first time.
    package var retrying: @Sendable (TrialRecord) -> Void
    /// Changes a record before it is journalled.
    package var amend: @Sendable (inout TrialRecord) -> Void

    package init(
      follow: (@Sendable (TrialNews) -> Void)? = nil,
      retrying: @escaping @Sendable (TrialRecord) -> Void = { _ in },
      amend: @escaping @Sendable (inout TrialRecord) -> Void = { _ in }
    ) {
      self.follow = follow
      self.retrying = retrying
      self.amend = amend
    }
  }

  /// Carries out a trial, and again while its result is in doubt: once if the laboratory itself failed,
  /// more often if the host was too slow for it or kept its race from happening, and always in a guest of
  /// its own if it shared one. The journal keeps all.
  ///
  /// - Parameter source: provides its guest.
  /// - Returns: the record that counts, as it was journalled, and the path of its evidence folder.
  /// - Throws: `CancellationError`; what keeps evidence or the journal from being written.
  package func carryOut(
    _ trial: Trial, in source: any GuestSource, _ hooks: Hooks = Hooks()
  ) async throws -> (record: TrialRecord, evidence: String) {
    var (result, folder) = try await execute(trial, in: source, hooks)
    var times = 1
    while let doubt = result.doubt, times < doubt.mostTimes {
      // The first time in a guest of its own.
      if doubt != .guestWasShared { times += 1 }
      result.record.superseded = true
      if doubt == .guestWasShared { result.record.reason = TrialRunner.Doubt.sharedWords }
      try directory.append(result.record)
      hooks.retrying(result.record)
      (result, folder) = try await execute(trial, in: source.unshared, hooks)
    }
    try directory.append(result.record)
    return (result.record, folder)
  }

  private func execute(
    _ trial: Trial, in source: any GuestSource, _ hooks: Hooks
  ) async throws -> (TrialRunner.Result, folder: String) {
    let name = try directory.makeEvidenceFolder(for: trial.id)
    let folder = "\(directory.path)/\(name)"
    var result = try await runner.run(
      trial, in: source, evidence: Evidence(folder: folder, name: name), follow: hooks.follow)
    hooks.amend(&result.record)
    return (result, folder)
  }

  /// Journals why a trial of the plan is not carried out.
  ///
  /// - Throws: what keeps the journal from being written.
  package func leaveOut(
    _ trial: TrialID, _ expected: TrialRecord.Expected, because obstacle: OutcomePolicy.Obstacle
  ) throws -> TrialRecord {
    let decision = OutcomePolicy.decision(leavingOut: obstacle)
    let record = TrialRecord(
      id: trial, verdict: Verdict(.inconclusive), expected: expected, outcome: decision.outcome,
      reason: decision.reason)
    try directory.append(record)
    return record
  }
}

extension TrialRunner.Doubt {
  /// How often a trial is carried out at most. A host that is too slow now may not be in a moment.
  fileprivate var mostTimes: Int {
    switch self {
    case .laboratoryFailed, .guestWasShared: 2
    case .hostWasSlow, .raceDidNotHappen: 5
    }
  }

  fileprivate static let sharedWords =
    "something in the guest had changed afterwards, and other trials had had that guest before"
}

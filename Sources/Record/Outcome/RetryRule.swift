// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The further repetitions of unmet trials, that `run --retry-unmet` asks for, and what they show.
///
/// After an unmet trial, up to a number of further repetitions are made, until one is met. Their numbers
/// come after those of all planned repetitions, and each trial has its own, so that parts of a run
/// need not know of each other. Not retried are: a fault that the scenario leaves to chance, which has
/// its own repetitions, a trial of which two parts of a run have different results, and a known issue.
public struct RetryRule: Sendable {
  private let most: Int
  private let repetitions: Int
  /// Those that the plan repeats more often than the user asked for, because they depend on chance: on
  /// any profile, since a second look at them does, too.
  private let chance: Set<TrialID>
  /// Those of which two parts of a run have different results, and what a merge made of their retries.
  private let conflicting: Set<TrialID>
  private let keptRetries: Set<TrialID>
  private let issues: KnownIssueRule
  /// For a profile, that of second looks.
  let secondLooks: [String: String]

  public init(_ header: RunHeader) {
    most = header.retryUnmet ?? 0
    repetitions = header.repetitions
    let conflicts = header.merged?.conflicts ?? []
    conflicting = Set(conflicts.map { Self.anyRepetition($0.of) })
    keptRetries = Set(conflicts.filter(\.isRetry).map(\.trial))
    let added = Set(conflicts.map(\.trial))
    let more = most > 0 ? header.wholePlan.filter { $0.repetition > header.repetitions } : []
    chance = Set(more.filter { !added.contains($0) }.map(Self.anyProfile))
    issues = KnownIssueRule(header)
    secondLooks = header.secondLooks ?? [:]
  }

  /// More than anybody asks for.
  public static let counts = 1...100

  private static func anyRepetition(_ id: TrialID) -> TrialID {
    var id = id
    id.repetition = 0
    return id
  }

  private static func anyProfile(_ id: TrialID) -> TrialID {
    var id = anyRepetition(id)
    id.profile = ""
    return id
  }

  private func isExempt(_ id: TrialID) -> Bool {
    conflicting.contains(Self.anyRepetition(id)) || chance.contains(Self.anyProfile(id))
  }

  /// Whether a trial is a further repetition of an unmet one.
  func isRetry(_ id: TrialID) -> Bool { origin(of: id) != nil || keptRetries.contains(id) }

  /// The trial that this is a further repetition of; nil if it is none.
  public func origin(of id: TrialID) -> TrialID? {
    guard most > 0, id.repetition > repetitions, !isExempt(id) else { return nil }
    var origin = id
    origin.repetition = (id.repetition - repetitions - 1) / most + 1
    return origin.repetition <= repetitions ? origin : nil
  }

  /// All repetitions that may be added to a trial of the plan or a second look, in their order.
  func retries(of id: TrialID) -> [TrialID] {
    guard most > 0, id.repetition <= repetitions, !isExempt(id) else { return [] }
    return (1...most).map { number in
      var retry = id
      retry.repetition = repetitions + (id.repetition - 1) * most + number
      return retry
    }
  }

  /// The repetition to make after one has ended; nil if none is due.
  public func next(after record: TrialRecord) -> TrialID? {
    guard most > 0, !record.superseded else { return nil }
    guard let origin = origin(of: record.id) else {
      guard record.outcome == .unmet, issues.issue(with: record) == nil else { return nil }
      return retries(of: record.id).first
    }
    guard [.unmet, .inconclusive].contains(record.outcome) else { return nil }
    return retries(of: origin).first { $0.repetition == record.id.repetition + 1 }
  }

  /// - Parameter trials: one record a trial, superseded ones left out.
  func settled(_ trials: [TrialRecord]) -> [TrialRecord] {
    guard most > 0 else { return trials }
    let groups = Dictionary(grouping: trials.filter { !isExempt($0.id) }) {
      Self.anyRepetition($0.id)
    }
    let counts = groups.mapValues { group in
      (met: group.count { $0.outcome == .met }, unmet: group.count { $0.outcome == .unmet })
    }
    return trials.map { trial in
      var settled = trial
      settled.retryOf = origin(of: trial.id)?.repetition
      guard trial.outcome == .unmet, let count = counts[Self.anyRepetition(trial.id)],
        count.met + count.unmet > 1
      else { return settled }
      let all = count.met + count.unmet
      settled.isFlaky = count.met > 0
      let met = count.met == 0 ? "none" : "\(count.met)"
      settled.reason =
        "\(met) of \(all) repetitions \(count.met > 1 ? "are" : "is") met"
        + (trial.reason.map { "; this one: \($0)" } ?? "")
      return settled
    }
  }
}

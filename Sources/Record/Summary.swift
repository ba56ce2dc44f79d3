// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// What a run comes down to.
public struct Summary: Codable, Sendable, Equatable {
  /// How many trials the plan has, second looks included, and how many have no record yet.
  public var planned: Int
  public var remaining: Int
  public var met: Int
  /// Without those that are flaky or known.
  public var unmet: Int
  /// Unmet trials of which another repetition is met; nil if unmet trials get no further ones.
  public var flaky: Int?
  /// Unmet trials that a known issue excuses; nil if none was named.
  public var known: Int?
  /// Further repetitions of unmet trials, which count as no trials of their own.
  public var retries: Int?
  public var inconclusive: Int
  public var skipped: Int
  /// Scenarios whose two armed twins both have a record and whose control is met, counted on each
  /// kernel and profile.
  public var pairedFaults: Int
  /// Scenarios with an armed twin whose record proves nothing, because the control isn't met or
  /// wasn't run; counted for each kernel and profile.
  public var faultsWithoutControl: Int
  /// How many armed trials of each mechanism ended in each class, without those that have no
  /// control, and without empty classes.
  public var armed: [String: [String: Int]]
  /// How many faults that went unnoticed were looked at again, and how many of these were seen.
  public var secondLooks: Int
  public var secondLooksSeen: Int
  /// Wall time of the run; nil if unknown.
  public var seconds: Double?
  public var trialsPerSecond: Double?
  /// 0 all met, 1 some unmet, 3 some inconclusive or not run and none unmet; skipped, flaky and
  /// known ones don't count, unless flaky ones shall. Of a part of a run: 0 if it is complete, 3 if not.
  public var exitStatus: Int32
  /// Whether flaky trials fail the run; not in JSON, where the run says it.
  private var failsOnFlaky = false

  enum CodingKeys: String, CodingKey {
    case planned, remaining, met, unmet, flaky, known, retries, inconclusive, skipped
    case pairedFaults = "paired_faults"
    case faultsWithoutControl = "faults_without_control"
    case armed, seconds
    case secondLooks = "second_looks"
    case secondLooksSeen = "second_looks_seen"
    case trialsPerSecond = "trials_per_second"
    case exitStatus = "exit_status"
  }

  public init(_ run: RunRecord) {
    let trials = run.currentTrials
    let counted = trials.filter(\.isCounted)
    let outcomes = Dictionary(grouping: counted, by: \.standing).mapValues(\.count)
    let unplanned = run.unplanned
    let missing = run.remainingTrials
    let retries = RetryRule(run.header)
    planned =
      run.header.trials.count + unplanned.count + missing.count { retries.origin(of: $0) != nil }
    remaining = missing.count
    met = outcomes[.met] ?? 0
    unmet = outcomes[.unmet] ?? 0
    inconclusive = outcomes[.inconclusive] ?? 0
    skipped = outcomes[.skipped] ?? 0
    if run.header.retryUnmet != nil {
      flaky = outcomes[.flaky] ?? 0
      self.retries = trials.count - counted.count
    }
    if run.header.known != nil { known = outcomes[.known] ?? 0 }

    let places = Dictionary(
      grouping: counted.filter {
        // A suite's items have no control.
        run.header.suite == nil && $0.outcome != .skipped && !unplanned.contains($0.id)
      }
    ) {
      [$0.id.scenario, $0.id.kernel, $0.id.profile]
    }.values.filter { $0.contains(where: \.id.armed) }
    let controlled = places.filter(Summary.hasControl)
    let armedTrials = controlled.map { $0.filter(\.id.armed) }
    pairedFaults = armedTrials.count { Set($0.map(\.id.mechanism)).count == 2 }
    faultsWithoutControl = places.count - controlled.count
    armed = Dictionary(grouping: armedTrials.joined(), by: \.id.mechanism.rawValue).mapValues {
      Dictionary(grouping: $0, by: \.verdict.ruling.rulingClass.rawValue).mapValues(\.count)
    }

    let looks = run.secondLooks
    secondLooks = looks.count { $0.second != nil }
    secondLooksSeen = looks.count { $0.seen == true }
    let tried = trials.count { $0.outcome != .skipped }
    seconds = run.header.seconds
    trialsPerSecond = run.header.seconds.flatMap { $0 > 0 ? Double(tried) / $0 : nil }
    failsOnFlaky = run.header.failsOnFlaky == true
    let undecided =
      missing.count + inconclusive
      + run.header.kernelsWithoutPlan.count { $0.failure != nil }
      + (run.header.leftOut ?? []).count { $0.outcome == .inconclusive }
    if run.header.shard != nil {
      exitStatus = run.isCompletePart ? 0 : 3
    } else {
      let failed = unmet + (failsOnFlaky ? flaky ?? 0 : 0)
      exitStatus = failed > 0 ? 1 : undecided > 0 ? 3 : 0
    }
  }

  /// Whether both disarmed twins are met, every time that they were run. Otherwise the armed ones
  /// prove nothing: what doesn't compile is refused as well, though no gate has held.
  package static func hasControl(_ trials: [TrialRecord]) -> Bool {
    let control = trials.filter { !$0.id.armed }
    return Set(control.map(\.id.mechanism)).count == Mechanism.allCases.count
      && control.allSatisfy { $0.outcome == .met }
  }

  /// How many armed trials of a mechanism ended in a class.
  public func count(_ mechanism: Mechanism, _ rulingClass: RulingClass) -> Int {
    armed[mechanism.rawValue]?[rulingClass.rawValue] ?? 0
  }
}

extension Summary {
  /// How many trials there are of each standing, and how many have none yet; without zeros.
  public var counts: [(count: Int, word: String)] {
    let counts: [(count: Int, word: String)] = [
      (met, Standing.met.rawValue), (unmet, Standing.unmet.rawValue),
      (flaky ?? 0, Standing.flaky.rawValue), (known ?? 0, Standing.known.rawValue),
      (inconclusive, Standing.inconclusive.rawValue), (skipped, Standing.skipped.rawValue),
      (remaining, "not run"),
    ]
    return counts.filter { $0.count > 0 }
  }

  /// What belongs after ``counts``, because they don't show why the run failed; nil for nothing.
  public var flakyFailure: String? {
    guard failsOnFlaky, let flaky, flaky > 0 else { return nil }
    return "--fail-on-flaky: \(flaky == 1 ? "the flaky one fails" : "the flaky ones fail") the run"
  }
}

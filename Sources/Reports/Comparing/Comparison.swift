// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
public import Verdicts

/// What changed from one run to another: between revisions, machines or kernels.
public struct Comparison: Sendable, Equatable {
  /// One twin's arm that is not what it was.
  public struct Change: Codable, Sendable, Equatable {
    public var scenario: String
    public var mechanism: Mechanism
    public var armed: Bool
    public var kernel: String
    public var profile: String
    public var what: What
    public var before: String
    public var after: String
    /// Whether it breaks a baseline.
    public var worse: Bool
  }

  public enum What: String, Codable, Sendable, CaseIterable {
    case newCrash = "new-crash"
    case newReject = "new-reject"
    case verdictChanged = "verdict-changed"
    case kindChanged = "kind-changed"
    case categoryChanged = "category-changed"
    case observationChanged = "observation-changed"
    case outcomeChanged = "outcome-changed"
    case slower
    case missing
    case added
  }

  /// The two runs' names.
  public var before: String
  public var after: String
  /// How many arms both runs have.
  public var compared: Int
  /// What got worse first, then in the order of the newer run.
  public var changes: [Change]

  public var isWorse: Bool { changes.contains(where: \.worse) }

  private struct Arm: Hashable {
    var scenario: String
    var mechanism: Mechanism
    var armed: Bool
    var kernel: String
    var profile: String
  }

  /// - Parameters:
  ///   - before: the baseline.
  ///   - after: the run that is compared with it. If each run has only one kernel, the two are
  ///     compared though their names differ.
  public init(_ before: RunRecord, _ after: RunRecord) {
    self.before = before.header.id
    self.after = after.header.id
    let acrossKernels = before.header.kernels.count == 1 && after.header.kernels.count == 1
    let kernel = acrossKernels ? after.header.kernels[0].name : nil
    let old = Comparison.arms(before, kernel)
    let new = Comparison.arms(after, kernel)
    let order = Comparison.order(after, kernel) + Comparison.order(before, kernel)
    var seen: Set<Arm> = []
    let arms = order.filter { seen.insert($0).inserted }
    compared = arms.count { old[$0] != nil && new[$0] != nil }
    let all = arms.flatMap { Comparison.changes($0, old[$0], new[$0]) }
    changes = all.filter(\.worse) + all.filter { !$0.worse }
  }

  private static func arm(_ id: TrialID, _ kernel: String?) -> Arm {
    Arm(
      scenario: id.scenario, mechanism: id.mechanism, armed: id.armed,
      kernel: kernel ?? id.kernel, profile: id.profile)
  }

  private static func order(_ run: RunRecord, _ kernel: String?) -> [Arm] {
    run.currentTrials.map { arm($0.id, kernel) }
  }

  private static func arms(_ run: RunRecord, _ kernel: String?) -> [Arm: [TrialRecord]] {
    Dictionary(grouping: run.currentTrials) { arm($0.id, kernel) }
  }

  private static func changes(_ arm: Arm, _ old: [TrialRecord]?, _ new: [TrialRecord]?)
    -> [Change]
  {
    func change(_ what: What, _ before: String, _ after: String, worse: Bool = false) -> Change {
      Change(
        scenario: arm.scenario, mechanism: arm.mechanism, armed: arm.armed, kernel: arm.kernel,
        profile: arm.profile, what: what, before: before, after: after, worse: worse)
    }
    guard let old, let was = shown(old) else {
      return new.flatMap(shown).map { [change(.added, "", $0.verdict.phrase)] } ?? []
    }
    guard let new, let now = shown(new) else {
      return [change(.missing, was.verdict.phrase, "", worse: was.outcome == .met)]
    }
    var changes: [Change] = []
    if let what = verdictChange(was.verdict, now.verdict) {
      let worse =
        now.verdict.ruling.rulingClass.severity > was.verdict.ruling.rulingClass.severity
        && now.standing != .known
      changes.append(change(what, was.verdict.phrase, now.verdict.phrase, worse: worse))
    }
    if was.outcome != now.outcome {
      let worse = now.standing.failing > was.standing.failing
      changes.append(
        change(.outcomeChanged, was.outcome.rawValue, now.outcome.rawValue, worse: worse))
    }
    if let then = was.observed, let value = now.observed, then != value {
      changes.append(change(.observationChanged, "\(then)", "\(value)", worse: !arm.armed))
    }
    if let times = slower(old, new) {
      changes.append(
        change(.slower, "\(decimal(times.before, 2)) s", "\(decimal(times.after, 2)) s"))
    }
    return changes
  }

  /// Of several repetitions the first that fails a run, or the first that is met: what is only flaky
  /// is not a change.
  private static func shown(_ trials: [TrialRecord]) -> TrialRecord? {
    trials.first { $0.isCounted && $0.standing.failing > 0 } ?? trials.first { $0.outcome == .met }
      ?? trials.first
  }

  private static func verdictChange(_ was: Verdict, _ now: Verdict) -> What? {
    if was.ruling != now.ruling {
      if now.ruling.rulingClass == .crashed && was.ruling.rulingClass != .crashed {
        return .newCrash
      }
      return now.ruling == .rejected ? .newReject : .verdictChanged
    }
    if was.by != now.by { return .verdictChanged }
    if was.category != now.category { return .categoryChanged }
    return was.kind != now.kind ? .kindChanged : nil
  }

  /// Times depend on the machine as well as the kernel: only what took three times as long, and at
  /// least half a second longer, is reported, and it breaks no baseline.
  private static func slower(_ old: [TrialRecord], _ new: [TrialRecord])
    -> (before: Double, after: Double)?
  {
    let before = median(old.map(\.seconds.trial))
    let after = median(new.map(\.seconds.trial))
    return after > 3 * before && after - before > 0.5 ? (before, after) : nil
  }

  private static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}

extension Standing {
  /// How bad it is for a run's exit status.
  fileprivate var failing: Int {
    switch self {
    case .unmet: 2
    case .inconclusive: 1
    case .met, .flaky, .known, .skipped: 0
    }
  }
}

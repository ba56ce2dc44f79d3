// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Scenarios
internal import Verdicts

/// Decides whether what happened is what was declared, by named rules: for one trial the first rule
/// that applies, and for a whole run every rule, in order.
///
/// The runner, readers of old runs, the live display and the reports all use it.
public enum OutcomePolicy {
  /// One rule: its name, for tests and for people who ask why, and the decision if it applies.
  public struct Rule: Sendable {
    public let name: String
    let apply: @Sendable (OutcomeFacts) -> OutcomeDecision?

    init(_ name: String, _ apply: @escaping @Sendable (OutcomeFacts) -> OutcomeDecision?) {
      self.name = name
      self.apply = apply
    }
  }

  /// The outcome of one trial, once it has its verdict.
  public static let trialRules: [Rule] = [
    // The twins ran as they should, only the chance did not come: a miss, which counts against the
    // scenario's share like any other.
    Rule("a fault left to chance did not happen") { facts in
      guard facts.isLeftToChance, facts.judgedBy == Judge.theFaultNeverRan else { return nil }
      return OutcomeDecision(.unmet, "the fault did not happen this time")
    },
    // No evidence is never a pass, whatever was declared.
    Rule("there is no verdict") { facts in
      guard facts.record.verdict.ruling == .inconclusive else { return nil }
      return OutcomeDecision(
        .inconclusive, facts.record.verdict.reason ?? "the laboratory gave no reason")
    },
    Rule("the item's own expectation") { facts in
      guard case .item(let expectation) = facts.basis else { return nil }
      // An item may quote how its verdict differs from the declared one.
      var record = facts.record
      let declared = DeclaredOutcome.decision(on: record)
      (record.outcome, record.reason) = (declared.outcome, declared.reason)
      return expectation.weigh(record, facts.remains)
    },
    Rule("nothing was declared") { facts in
      guard case .nothing = facts.basis else { return nil }
      return OutcomeDecision(
        .skipped, facts.record.verdict.reason ?? onlyTried)
    },
    Rule("a second look of which nothing was declared") { facts in
      guard case .secondLook(isDeclared: false) = facts.basis else { return nil }
      return OutcomeDecision(
        .skipped,
        "the scenario declares no expectation for the profile \(facts.record.id.profile)")
    },
    // Of controls only: an armed twin is meant to be refused.
    Rule("the kernel lacks what the control needs") { facts in
      guard case .scenario(mayLack: true) = facts.basis, !facts.record.id.armed,
        DeclaredOutcome.decision(on: facts.record).outcome == .unmet
      else { return nil }
      return MissingFeature.reason(
        for: facts.record.verdict, verifierSpoke: facts.remains.verifierSpoke
      ).map { OutcomeDecision(.skipped, $0) }
    },
    Rule("what was declared") { DeclaredOutcome.decision(on: $0.record) },
  ]

  /// The reason of a trial of which nothing was declared, if its verdict has none.
  static let onlyTried = "nothing was expected: it was tried"

  /// The rule that applies, and the trial's outcome.
  public static func decision(
    on facts: OutcomeFacts
  ) -> (rule: String, decision: OutcomeDecision) {
    for rule in trialRules {
      if let decision = rule.apply(facts) { return (rule.name, decision) }
    }
    // The last rule always applies.
    return ("no rule", OutcomeDecision(.inconclusive, "no rule decides on this trial"))
  }

  /// Why a planned trial is not carried out.
  public enum Obstacle: Sendable, Equatable {
    /// The kernel is not available: its suite is gone from the mirror.
    case kernelMissing(String)
    /// The kernel's guests could not be made ready.
    case kernelFailed(String)
    /// The kernel has no such feature, module or header.
    case kernelLacks(String)
    /// The suite's item can't be judged on this kernel.
    case itemNotJudged(String)
  }

  /// The outcome of a trial that is not carried out: a kernel that should work and doesn't is the
  /// laboratory's failure, everything else is neutral.
  public static func decision(leavingOut obstacle: Obstacle) -> OutcomeDecision {
    switch obstacle {
    case .kernelMissing(let why), .kernelLacks(let why), .itemNotJudged(let why):
      OutcomeDecision(.skipped, why)
    case .kernelFailed(let why): OutcomeDecision(.inconclusive, why)
    }
  }

  /// What the trials of a run amount to together.
  ///
  /// - Parameters:
  ///   - trials: one record per trial, without superseded ones.
  ///   - header: its plan says how many repetitions there will be: an incomplete group is left as
  ///     it is.
  static func settled(
    _ trials: [TrialRecord], of header: RunHeader, scenarios: [Scenario]
  ) -> [TrialRecord] {
    let settled = ChanceRule.settled(
      LackRule.settled(trials), planned: header.trials + header.secondLooks(at: trials),
      scenarios: scenarios)
    let issues = KnownIssueRule(header)
    return RetryRule(header).settled(settled).map(issues.settled)
  }
}

/// A trial's outcome, and the reason.
public struct OutcomeDecision: Sendable, Equatable {
  public var outcome: Outcome
  /// There unless the outcome is `met`.
  public var reason: String?
  /// The expectations of a suite's item, each compared with the result.
  public var checks: [TrialRecord.Check]

  public init(_ outcome: Outcome, _ reason: String? = nil, checks: [TrialRecord.Check] = []) {
    self.outcome = outcome
    self.reason = reason
    self.checks = checks
  }
}

/// What one trial's outcome depends on.
public struct OutcomeFacts: Sendable {
  /// What a verdict is compared with.
  public enum Basis: Sendable {
    /// What the scenario declares of the twin.
    ///
    /// - mayLack: whether the kernel may lack what the twin needs: the one that the catalogue is
    ///   written for may not.
    case scenario(mayLack: Bool)
    /// What the scenario declares of an armed twin on another profile, if it does.
    case secondLook(isDeclared: Bool)
    /// The expectations of a suite's item.
    case item(any ItemExpectation)
    /// Nothing: a user's own code is tried.
    case nothing
  }

  /// Its verdict with the judge's reason, its observation and what was expected; the outcome is
  /// ignored.
  public var record: TrialRecord
  public var basis: Basis
  public var remains: TrialRemains
  /// The judge's rule that gave the verdict.
  public var judgedBy: String
  /// Whether the scenario says that its fault depends on chance.
  public var isLeftToChance: Bool

  public init(
    _ record: TrialRecord, basis: Basis, remains: TrialRemains = TrialRemains(),
    judgedBy: String = "", isLeftToChance: Bool = false
  ) {
    self.record = record
    self.basis = basis
    self.remains = remains
    self.judgedBy = judgedBy
    self.isLeftToChance = isLeftToChance
  }
}

/// What a trial left that its outcome may depend on, in addition to its verdict.
public struct TrialRemains: Sendable {
  public var verifierLog: [UInt8]
  /// What tools in the guest printed, by name.
  public var tools: [(name: String, bytes: [UInt8])]
  /// What the agent said that it does.
  public var steps: [String]

  public init(
    verifierLog: [UInt8] = [], tools: [(name: String, bytes: [UInt8])] = [], steps: [String] = []
  ) {
    self.verifierLog = verifierLog
    self.tools = tools
    self.steps = steps
  }

  /// Whether the verifier's log says more than how much it examined: it says nothing else about a
  /// program type, or a place to attach to, that the kernel doesn't know.
  var verifierSpoke: Bool {
    String(decoding: verifierLog, as: UTF8.self).split(separator: "\n").contains {
      !$0.hasPrefix("processed 0 insns")
    }
  }
}

/// The expectations of a suite's item. Only used if the trial is conclusive.
public protocol ItemExpectation: Sendable {
  func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision
}

/// The verdict as it is declared, and nothing else.
public struct DeclaredVerdict: ItemExpectation {
  public init() {}

  public func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision {
    var decision = DeclaredOutcome.decision(on: record)
    decision.checks = [TrialRecord.Check("verdict", difference: decision.reason)]
    return decision
  }
}

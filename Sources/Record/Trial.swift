// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
public import Verdicts

/// Which trial: one twin, armed or disarmed, on one kernel with one profile, for the n-th time.
public struct TrialID: Codable, Sendable, Hashable {
  public var scenario: String
  public var mechanism: Mechanism
  public var armed: Bool
  public var kernel: String
  public var profile: String
  /// Counted from 1.
  public var repetition: Int

  public init(
    scenario: String, mechanism: Mechanism, armed: Bool, kernel: String, profile: String,
    repetition: Int
  ) {
    self.scenario = scenario
    self.mechanism = mechanism
    self.armed = armed
    self.kernel = kernel
    self.profile = profile
    self.repetition = repetition
  }

  enum CodingKeys: String, CodingKey {
    case scenario, mechanism, armed, kernel, profile, repetition
  }

  /// `<scenario>.<mechanism>.<armed|disarmed>.<kernel>.<profile>.<repetition>`, the evidence
  /// folder's name.
  public var folderName: String {
    "\(scenario).\(mechanism.rawValue).\(armed ? "armed" : "disarmed").\(kernel).\(profile)"
      + ".\(repetition)"
  }
}

/// Whether what happened is what the scenario declares.
public enum Outcome: String, Codable, Sendable, CaseIterable {
  case met, unmet, inconclusive, skipped
}

/// One line of `trials.jsonl`.
public struct TrialRecord: Sendable, Equatable {
  public var id: TrialID
  public var verdict: Verdict
  public var observed: Int64?
  public var expected: Expected
  public var outcome: Outcome
  /// Why the outcome is what it is, if that isn't obvious; by default the verdict's own reason.
  public var reason: String?
  public var started: Start?
  public var seconds: Seconds
  /// Relative to the run directory.
  public var evidenceDirectory: String?
  /// True for a trial that the laboratory failed and then tried again.
  public var superseded: Bool
  /// The expectations of a suite's item, each compared with the result; empty for a scenario's
  /// trial.
  public var checks: [Check] = []
  /// The programs of a user's own object that was tried; empty otherwise.
  public var programs: [ProgramRecord] = []
  /// The functions of a user's own module that was tried, as far as the kernel can trace them, without
  /// those that load and unload it; empty otherwise.
  public var functions: [FunctionRecord] = []
  /// As the run has settled it: whether it is unmet, and another repetition of it is met. The journal
  /// has neither this nor the following two.
  public var isFlaky = false
  /// What excuses it, if it is unmet.
  public var known: KnownIssue?
  /// The repetition that this is a further one of, because that was unmet; nil if it was planned.
  public var retryOf: Int?
  /// Of a user's own file: its name, how it was compiled, and what there is to say besides.
  public var tried: Tried?

  public struct Tried: Codable, Sendable, Equatable {
    /// As the user named it.
    public var file: String
    /// What a manifest calls it; nil if it has no name.
    public var name: String?
    /// The compiler's version, and a program's `-mcpu`; nil for an object.
    public var compiler: String?
    public var notes: [String]
    /// The last step that the agent began: `load`, `attach`, `workload`, `test run`, `observe`, `unload`;
    /// nil if no guest came as far.
    public var stage: String?
    /// The only program of it that was loaded, if one was chosen.
    public var program: String?
    /// `limit=5`: what was chosen for it among several values of `--arg`; nil if nothing was.
    public var configuration: [String]?
    /// What a manifest promises of it on this kernel; nil if nothing is promised.
    public var promise: Promised?

    public struct Promised: Codable, Sendable, Equatable {
      /// `must fire from 5.13 on`: of several promises, the one that is broken or could not be proven.
      public var promised: String
      /// What came instead; nil if the promise is kept.
      public var came: String?

      public init(promised: String, came: String? = nil) {
        (self.promised, self.came) = (promised, came)
      }
    }

    public init(
      file: String, name: String? = nil, compiler: String? = nil, notes: [String] = [],
      stage: String? = nil,
      program: String? = nil, configuration: [String]? = nil
    ) {
      (self.file, self.name, self.compiler, self.notes) = (file, name, compiler, notes)
      (self.stage, self.program, self.configuration) = (stage, program, configuration)
    }
  }

  public enum Start: String, Codable, Sendable {
    case restored, booted
    /// In one that had finished other trials, none of which changed anything.
    case shared
  }

  /// What the scenario declares of this arm.
  public struct Expected: Codable, Sendable, Equatable {
    public var verdict: Ruling
    public var by: String?
    public var kinds: [Kind]
    public var category: Category?
    public var observation: Int64?

    enum CodingKeys: String, CodingKey {
      case verdict, by, kinds, category, observation
    }

    public init(
      verdict: Ruling, by: String? = nil, kinds: [Kind] = [], category: Category? = nil,
      observation: Int64? = nil
    ) {
      self.verdict = verdict
      self.by = by
      self.kinds = kinds
      self.category = category
      self.observation = observation
    }
  }

  /// Wall time in seconds: until the guest answered, the trial itself, all of it.
  public struct Seconds: Codable, Sendable, Equatable {
    public var start: Double
    public var trial: Double
    public var total: Double

    public init(start: Double, trial: Double, total: Double) {
      self.start = start
      self.trial = trial
      self.total = total
    }
  }

  /// The line has one reason: the record's, or else the verdict's.
  public init(
    id: TrialID, verdict: Verdict, observed: Int64? = nil, expected: Expected, outcome: Outcome,
    reason: String? = nil, started: Start? = nil,
    seconds: Seconds = Seconds(start: 0, trial: 0, total: 0),
    evidenceDirectory: String? = nil, superseded: Bool = false
  ) {
    self.id = id
    self.verdict = verdict
    self.verdict.reason = nil
    self.observed = observed
    self.expected = expected
    self.outcome = outcome
    self.reason = reason ?? verdict.reason
    self.started = started
    self.seconds = seconds
    self.evidenceDirectory = evidenceDirectory
    self.superseded = superseded
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios

/// `run.json`: what was asked, and what it ran on.
public struct RunHeader: Codable, Sendable, Equatable {
  /// The version of the run directory's format.
  public var schema: Int
  public var id: String
  /// When the run began: ISO 8601, UTC.
  public var began: String
  /// The arguments of the command line.
  public var command: [String]
  public var host: Host
  /// `kvm` or `tcg`, and how that was decided; a kernel's own may differ.
  public var accelerator: String
  public var acceleratorReason: String
  public var kernels: [Kernel]
  public var profiles: [String]
  public var versions: [String: String]
  /// The seed of the order in which trials begin; 0 for the plan's order. In records
  /// from before 2026-12 a random number that nothing depends on.
  public var seed: UInt64
  public var repetitions: Int
  /// How many further repetitions an unmet trial gets at most; nil for none.
  public var retryUnmet: Int?
  /// Whether a flaky trial fails the run; nil for no.
  public var failsOnFlaky: Bool?
  /// What may be unmet; nil if no file was named.
  public var known: [KnownIssue]?
  /// True if every guest boots instead of being restored.
  public var cold: Bool
  /// Whether a guest gets another trial if the last one changed nothing; nil for no.
  public var sharesGuests: Bool?
  /// For a profile, the one on which an armed twin that survived is tried again; nil if none is.
  public var secondLooks: [String: String]?
  /// Whether bpftool looks at programs while they are loaded; nil for no.
  public var inspected: Bool?
  /// bpftool's report on the kernels' features; nil if programs aren't inspected.
  public var features: FeatureLadder?
  /// The suite whose items the trials are; nil for a run of the catalogue.
  public var suite: Suite?
  /// The names under which a user's own files were tried: no scenario declares them. Nil if
  /// scenarios were run.
  public var tried: [String]?
  /// What was not tried of the files and folders that a user named; nil if nothing was left out.
  public var leftOut: [LeftOut]?
  /// The manifest that said what to try, and what is promised; nil if there was none.
  public var manifest: String?
  /// Of which run this one is a part; nil for a whole one.
  public var shard: Shard?
  /// Which parts this run was put together from; nil if it was not cut.
  public var merged: Merged?
  /// Every trial of the plan, in order.
  public var trials: [TrialID]
  /// Wall time of the run so far; nil if it is unknown because a harness was killed.
  public var seconds: Double?

  public struct LeftOut: Codable, Sendable, Equatable {
    public var file: String
    /// What a manifest calls it; nil if it has no name.
    public var name: String?
    public var reason: String
    /// The kernel that it was not tried on; nil for all.
    public var kernel: String?
    /// Inconclusive if the laboratory failed, or a manifest promises something of it there; nil if nothing
    /// depends on it.
    public var outcome: Outcome?
    /// What a manifest promises of it there; nil if nothing is promised.
    public var promised: String?

    public init(_ file: String, _ reason: String, on kernel: String? = nil) {
      (self.file, self.reason, self.kernel) = (file, reason, kernel)
    }
  }

  public struct Host: Codable, Sendable, Equatable {
    /// Its name in its network; nil in records from before it was noted.
    public var name: String?
    public var system: String
    public var processor: String
    public var cores: Int
    public var memoryMiB: Int

    public init(
      name: String? = nil, system: String, processor: String, cores: Int, memoryMiB: Int
    ) {
      self.name = name
      self.system = system
      self.processor = processor
      self.cores = cores
      self.memoryMiB = memoryMiB
    }

    enum CodingKeys: String, CodingKey {
      case name, system, processor, cores
      case memoryMiB = "memory_mib"
    }
  }

  /// The name on the command line and the exact kernel that it stands for.
  public struct Kernel: Codable, Sendable, Equatable {
    public var name: String
    /// What `uname -r` says in its guests. Rebuilt kernels can share it.
    public var release: String
    /// The version of Debian's package; for an added kernel, one derived from its content. Nil if
    /// it could not be fetched, and in records from before it was recorded.
    public var version: String?
    /// Why it was not available, and all of its trials were skipped; nil if it was.
    public var missing: String?
    /// Why its guests could not be made ready, and all of its trials are inconclusive; nil if they
    /// could.
    public var failure: String?
    /// What its guests run on; nil for the run's accelerator.
    public var accelerator: String?

    public init(
      name: String, release: String, version: String? = nil, missing: String? = nil,
      failure: String? = nil, accelerator: String? = nil
    ) {
      self.name = name
      self.release = release
      self.version = version
      self.missing = missing
      self.failure = failure
      self.accelerator = accelerator
    }

    /// Why none of its trials is run; nil if they are.
    public var obstacle: String? { missing ?? failure }

    /// `6.1.0-56-cloud-amd64 (6.1.192-2)`: release and version, as far as they are known.
    public var exactName: String { release + (version.map { " (\($0))" } ?? "") }
  }

  public init(
    schema: Int = 1, id: String, began: String, command: [String], host: Host,
    accelerator: String, acceleratorReason: String, kernels: [Kernel], profiles: [String],
    versions: [String: String], seed: UInt64, repetitions: Int, cold: Bool,
    secondLooks: [String: String]? = nil, trials: [TrialID], seconds: Double? = nil
  ) {
    self.schema = schema
    self.id = id
    self.began = began
    self.command = command
    self.host = host
    self.accelerator = accelerator
    self.acceleratorReason = acceleratorReason
    self.kernels = kernels
    self.profiles = profiles
    self.versions = versions
    self.seed = seed
    self.repetitions = repetitions
    self.cold = cold
    self.secondLooks = secondLooks
    self.trials = trials
    self.seconds = seconds
  }

  /// Kernels of a suite's run that failed before its items on them were known.
  public var kernelsWithoutPlan: [Kernel] {
    kernels.filter { kernel in
      kernel.obstacle != nil && !trials.contains { $0.kernel == kernel.name }
    }
  }

  enum CodingKeys: String, CodingKey {
    case schema, id, began, command, host, accelerator
    case acceleratorReason = "accelerator_reason"
    case secondLooks = "second_looks"
    case leftOut = "left_out"
    case retryUnmet = "retry_unmet"
    case failsOnFlaky = "fail_on_flaky"
    case sharesGuests = "share"
    case inspected, features, suite, tried, manifest, kernels, profiles, versions, seed, repetitions
    case cold, known, shard, merged, trials, seconds
  }
}

/// A run as read back from its directory: everything a report needs.
public struct RunRecord: Sendable, Equatable {
  public var header: RunHeader
  /// In the order in which they ended; superseded ones included.
  public var trials: [TrialRecord]
  /// The scenarios as they were when the run began.
  public var scenarios: [Scenario]
  /// What was found amiss while reading, though the rest can be used.
  public var warnings: [String]

  public init(
    header: RunHeader, trials: [TrialRecord], scenarios: [Scenario], warnings: [String] = []
  ) {
    self.header = header
    self.trials = trials
    self.scenarios = scenarios
    self.warnings = warnings
  }

  /// The records that count: a retried trial has only its last one here, and if a scenario depends
  /// on chance, the outcome is that of its group.
  public var currentTrials: [TrialRecord] {
    OutcomePolicy.settled(trials.filter { !$0.superseded }, of: header, scenarios: scenarios)
  }

  /// All records, superseded ones as they were, the others with the outcomes of ``currentTrials``.
  public var settledTrials: [TrialRecord] {
    let current = Dictionary(currentTrials.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    return trials.map { $0.superseded ? $0 : current[$0.id] ?? $0 }
  }

  /// The trials of the plan that have no record yet, in the plan's order, and the second looks and
  /// retries that are missing: what `--resume` does.
  public var remainingTrials: [TrialID] {
    let current = currentTrials
    let done = Set(current.map(\.id))
    let looks = secondLooks.map(\.id).filter(unplanned.contains)
    let retries = RetryRule(header)
    return (header.trials + looks + current.compactMap(retries.next)).filter { !done.contains($0) }
  }
}

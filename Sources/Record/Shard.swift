// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension RunHeader {
  /// Which part of a larger run this run is: its ``RunHeader/trials`` are a part of the ``plan``.
  public struct Shard: Codable, Sendable, Equatable {
    /// From 1 to ``count``.
    public var index: Int
    /// How many parts the whole run has.
    public var count: Int
    /// A digest of everything that the results depend on. Only parts with the same one can be
    /// merged.
    public var inputs: String
    /// The version of the program.
    public var program: String
    /// Every trial of the whole run, in order.
    public var plan: [TrialID]

    public init(index: Int, count: Int, inputs: String, program: String, plan: [TrialID]) {
      self.index = index
      self.count = count
      self.inputs = inputs
      self.program = program
      self.plan = plan
    }

    /// More parts than anybody has machines for.
    public static let counts = 1...10_000
  }

  /// The parts of a run that was cut, merged.
  public struct Merged: Codable, Sendable, Equatable {
    /// How many parts the whole run has.
    public var count: Int
    /// As in each part: ``Shard/inputs``.
    public var inputs: String
    /// Those that were there, by index; a part that was done twice is there twice.
    public var parts: [Part]
    /// What was added to the plan because parts have different results of a trial; nil for nothing.
    public var conflicts: [Conflict]?

    /// A repetition that no part's plan has.
    public struct Conflict: Codable, Sendable, Equatable {
      public var trial: TrialID
      /// What it was in its part: the trial itself, or a retry of it.
      public var of: TrialID
      /// Whether it was a retry, and not the other result.
      public var isRetry: Bool

      public init(trial: TrialID, of: TrialID, isRetry: Bool) {
        (self.trial, self.of, self.isRetry) = (trial, of, isRetry)
      }

      enum CodingKeys: String, CodingKey {
        case trial, of
        case isRetry = "retry"
      }
    }

    public init(count: Int, inputs: String, parts: [Part], conflicts: [Conflict]? = nil) {
      (self.count, self.inputs, self.parts) = (count, inputs, parts)
      self.conflicts = conflicts
    }

    public struct Part: Codable, Sendable, Equatable {
      public var index: Int
      /// The run's name, when it began, and on which host, if that has a name.
      public var run: String
      public var began: String
      public var host: String?
      /// Wall time; nil if unknown.
      public var seconds: Double?
    }
  }

  /// The trials that are planned in this run or another part of the same one. A second look at a
  /// trial is none of them.
  public var wholePlan: [TrialID] { shard?.plan ?? trials }
}

extension RunHeader.Shard {
  private enum Key: String, CodingKey { case index, count, inputs, program, plan }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    let count = try keys.decodeCount(Self.counts, forKey: .count)
    self.init(
      index: try keys.decodeCount(1...count, forKey: .index), count: count,
      inputs: try keys.decode(String.self, forKey: .inputs),
      program: try keys.decode(String.self, forKey: .program),
      plan: try keys.decode([TrialID].self, forKey: .plan))
  }
}

extension RunRecord {
  /// Whether a part of a run is done: nothing is missing that another execution would add, whatever
  /// the outcomes are.
  var isCompletePart: Bool {
    remainingTrials.isEmpty && !header.kernels.contains { $0.failure != nil }
  }
}

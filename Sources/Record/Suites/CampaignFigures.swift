// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// What the mutants of a run came to.
public struct CampaignFigures: Codable, Sendable, Equatable {
  /// What one mutant came to.
  public enum Effect: String, Codable, Sendable, CaseIterable {
    case rejected
    /// The same observation as the unchanged twin's, and a quiet kernel.
    case noEffect = "no-effect"
    /// Another observation, and a quiet kernel: a functional fault, none of safety.
    case wrongResult = "wrong-result"
    case damaged, crashed, hung
    /// Nothing called its code.
    case notRun = "not-run"
    case skipped, inconclusive

    /// Whether the kernel is worse off.
    public var isHarm: Bool { [.damaged, .crashed, .hung].contains(self) }
    /// Whether it says anything of the mutant: only such effects are in a rate's denominator.
    public var isJudged: Bool { ![.notRun, .skipped, .inconclusive].contains(self) }
  }

  /// How many mutants came to what.
  public struct Counts: Codable, Sendable, Equatable {
    public var by: [Effect: Int] = [:]

    public subscript(_ effect: Effect) -> Int { by[effect] ?? 0 }

    public var judged: Int { by.filter(\.key.isJudged).values.reduce(0, +) }
    /// Those that the kernel did not reject.
    public var accepted: Int { judged - self[.rejected] }
    public var harm: Int { Effect.allCases.filter(\.isHarm).map { self[$0] }.reduce(0, +) }

    public init() {}

    mutating func add(_ effect: Effect) { by[effect, default: 0] += 1 }

    public init(from decoder: any Decoder) throws {
      let counts = try decoder.singleValueContainer().decode([String: Int].self)
      for (name, count) in counts {
        if let effect = Effect(rawValue: name) { by[effect] = count }
      }
    }

    public func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(
        Dictionary(uniqueKeysWithValues: Effect.allCases.map { ($0.rawValue, self[$0]) }))
    }
  }

  public struct Row: Codable, Sendable, Equatable {
    public var name: String
    public var bpf = Counts()
    public var lkm = Counts()
  }

  /// A share with an interval of 95 %, if there are enough scenarios for one.
  public struct Rate: Codable, Sendable, Equatable {
    public enum Method: String, Codable, Sendable { case bootstrap, exact }

    public var share: Double
    public var low: Double?
    public var high: Double?
    /// How the interval was found; nil if there is none.
    public var method: Method?
  }

  /// What the programs came to whose modules did something.
  public struct Paired: Codable, Sendable, Equatable {
    /// Pairs, and the scenarios that they are of.
    public var pairs: Int
    public var bases: Int
    public var counts: Counts
    /// Resampled over scenarios, because the mutants of one are not independent.
    public var rejected: Rate
    public var harmless: Rate
    public var harmed: Rate
  }

  /// Something that asks for an explanation.
  public struct Finding: Codable, Sendable, Equatable {
    public var name: String
    public var line: Int
    public var before: String
    public var after: String
    public var says: String
  }

  public var kernel: String
  /// Distinct mutants; those that share an object count each.
  public var all: Row
  public var operators: [Row]
  public var families: [Row]
  public var hooks: [Row]
  /// Rates of effects by mechanism, weighted by the operators' field shares; none if none of theirs was
  /// judged.
  public var weighted: [String: [String: Double]]
  /// Pairs whose module harms the kernel.
  public var harmfulModules: Paired
  /// Pairs whose module does no harm: what the verifier's proof costs.
  public var harmlessModules: Paired
  public var singles: Int
  /// Programs that the verifier accepted and that harmed the kernel.
  public var harmfulPrograms: [Finding]
  /// Programs that were rejected at another line than the changed one.
  public var rejectedElsewhere: Int
  public var rejectedSomewhere: Int
  /// Verifier's rejections by category.
  public var categories: [String: Int]
  /// Mutants that were to run, and of which there is no trial, or none of their unchanged twin.
  public var unjudged: Int
  /// Mutants left out because their unchanged twin did not pass, by base.
  public var failedControls: [String: Int]

  enum CodingKeys: String, CodingKey {
    case kernel, all, operators, families, hooks, weighted, singles, categories, unjudged
    case harmfulModules = "harmful_modules"
    case harmlessModules = "harmless_modules"
    case harmfulPrograms = "harmful_programs"
    case rejectedElsewhere = "rejected_elsewhere"
    case rejectedSomewhere = "rejected_somewhere"
    case failedControls = "failed_controls"
  }
}

extension CampaignFigures.Effect {
  init(_ record: TrialRecord, control: Int64?) {
    switch record.verdict.ruling {
    case .hung: self = .hung
    case .inconclusive: self = .inconclusive
    case .notRun: self = .notRun
    default:
      switch record.verdict.ruling.rulingClass {
      case .refused: self = .rejected
      case .damaged: self = .damaged
      case .crashed: self = .crashed
      // Only an armed fault can be contained.
      case .silent, .contained, .none: self = record.observed == control ? .noEffect : .wrongResult
      }
    }
    if record.outcome == .inconclusive { self = .inconclusive }
    if record.outcome == .skipped { self = .skipped }
  }
}

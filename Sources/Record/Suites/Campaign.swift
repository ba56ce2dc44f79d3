// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// What the suite of mutants changed: its bases, and each small fault that was put into one of them.
public struct Campaign: Codable, Sendable, Equatable {
  /// The codes that were asked for; empty for all.
  public var operators: [String]
  /// How many places were drawn; nil for all.
  public var sample: Int?
  /// Which places were drawn.
  public var seed: UInt64
  /// Shares of the faults that were found in the field, in percent, by operator.
  public var fieldShares: [String: Double]
  public var bases: [Base]
  public var mutants: [Mutant]

  enum CodingKeys: String, CodingKey {
    case operators, sample, seed, bases, mutants
    case fieldShares = "field_shares"
  }

  public init(
    operators: [String], sample: Int?, seed: UInt64, fieldShares: [String: Double], bases: [Base],
    mutants: [Mutant]
  ) {
    (self.operators, self.sample, self.seed) = (operators, sample, seed)
    (self.fieldShares, self.bases, self.mutants) = (fieldShares, bases, mutants)
  }

  /// A disarmed twin.
  public struct Base: Codable, Sendable, Equatable {
    /// `null-map-value.bpf`: of its items what stands before the last dot but one.
    public var name: String
    public var scenario: String
    public var mechanism: Mechanism
    public var family: String
    /// The kind of its scenario's hook as an eBPF program has it: `kprobe`.
    public var hook: String
    /// The places that an operator fits.
    public var places: Int
    /// Of those, the ones in this run.
    public var chosen: Int
    /// Macros at places for a fault: nothing inside them is changed.
    public var spanned: Int
    /// Those that don't compile.
    public var refused: Int
    /// Those whose object code is the base's.
    public var equivalent: Int
    /// Why it has no mutants; nil if it has.
    public var obstacle: String?

    public init(
      name: String, scenario: String, mechanism: Mechanism, family: String, hook: String,
      places: Int, chosen: Int, spanned: Int, refused: Int, equivalent: Int, obstacle: String?
    ) {
      (self.name, self.scenario, self.mechanism) = (name, scenario, mechanism)
      (self.family, self.hook, self.places, self.chosen) = (family, hook, places, chosen)
      (self.spanned, self.refused, self.equivalent) = (spanned, refused, equivalent)
      self.obstacle = obstacle
    }

    /// The item that is the unchanged twin.
    public var control: String { "\(name).base" }
  }

  /// One small fault.
  public struct Mutant: Codable, Sendable, Equatable {
    /// `null-map-value.bpf.MIA.3`, its item.
    public var name: String
    public var base: String
    public var code: String
    public var function: String
    public var line: Int
    /// The changed line, before and after.
    public var before: String
    public var after: String
    /// The item that has the same object code, and stands for this one; nil if it has its own.
    public var same: String?
    /// The mutant at the matching place of the other twin; nil if there is none, or more than one.
    public var pair: String?

    public init(
      name: String, base: String, code: String, function: String, line: Int, before: String,
      after: String, same: String? = nil, pair: String? = nil
    ) {
      (self.name, self.base, self.code, self.function) = (name, base, code, function)
      (self.line, self.before, self.after) = (line, before, after)
      (self.same, self.pair) = (same, pair)
    }

    /// The item whose trial is this one's.
    public var item: String { same ?? name }
  }
}

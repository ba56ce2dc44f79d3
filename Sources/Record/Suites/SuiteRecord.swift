// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension RunHeader {
  /// What a run consists of, if not the catalogue: a suite's trials have no control, and no twin.
  public struct Suite: Codable, Sendable, Equatable {
    public var name: String
    /// The folder that the suite was made from, as it was named; nil if it needs none.
    public var source: String?
    /// Which items were asked for: names or patterns; empty for all.
    public var patterns: [String]
    /// Facts about it, a line each: `Linux 6.12.117, clang version 19.1.7`.
    public var about: [String]
    /// A digest of what the items are made from, by kernel: a run is only resumed with the same
    /// one.
    public var digests: [String: String]
    /// Of the suite of mutants: what was changed where.
    public var campaign: Campaign?

    public init(
      name: String, source: String? = nil, patterns: [String] = [], about: [String] = [],
      digests: [String: String] = [:]
    ) {
      self.name = name
      self.source = source
      self.patterns = patterns
      self.about = about
      self.digests = digests
    }
  }
}

extension TrialRecord {
  /// One expectation of a suite's item, and the result.
  public struct Check: Codable, Sendable, Equatable {
    /// `load`, `messages`, `return value`.
    public var what: String
    public var agrees: Bool
    /// What differs, in words; nil if it agrees.
    public var difference: String?

    public init(_ what: String, difference: String?) {
      self.what = what
      agrees = difference == nil
      self.difference = difference
    }
  }
}

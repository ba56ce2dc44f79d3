// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Which suite is asked for.
public struct SuiteChoice: Sendable {
  public enum Name: String, Sendable, CaseIterable {
    case verifierSelftests = "verifier-selftests"
    case crashPoints = "lkdtm"
    case mutants
  }

  public var name: Name
  /// The folder that it is made from, for a suite that needs one.
  public var source: String?
  /// Names of items, or patterns with `*` and `?`; empty for all.
  public var patterns: [String]
  /// Of mutants: the codes of the operators; empty for all.
  public var operators: [String] = []
  /// Of mutants: how many places are drawn; nil for all.
  public var sample: Int?
  /// Of mutants: which places are drawn.
  public var seed: UInt64 = 1

  public init(name: Name, source: String? = nil, patterns: [String] = []) {
    self.name = name
    self.source = source
    self.patterns = patterns
  }
}

extension SuitePlanner {
  /// The suite of that name.
  ///
  /// - Throws: ``LabError`` if its source is missing or unsuitable.
  func suite(_ choice: SuiteChoice) throws -> any Suite {
    switch choice.name {
    case .verifierSelftests:
      guard let source = choice.source else {
        throw LabError(
          "The suite verifier-selftests is made from a kernel's source: name its folder with "
            + "--source, Debian's linux-source-6.12 unpacked, say.")
      }
      return try VerifierSelftests(
        source: source, notesFile: preparation.repository.selftestNotesFile,
        cache: preparation.cache,
        logger: preparation.logger, emit: preparation.emit)
    case .mutants:
      if choice.source != nil {
        throw LabError("--source works with verifier-selftests only: mutants are of twins.")
      }
      return try MutantSuite(
        choice, repository: preparation.repository.root, emit: preparation.emit)
    case .crashPoints:
      if choice.source != nil {
        throw LabError(
          "--source works with verifier-selftests only: lkdtm is a module of the kernel.")
      }
      return try CrashPointSuite(
        file: preparation.repository.crashPointsFile, cache: preparation.cache)
    }
  }
}

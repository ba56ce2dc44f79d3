// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// Which scenarios of a catalogue are wanted. What is left out fits all; of what is given several
/// times any will do.
public struct ScenarioFilter: Sendable {
  public var families: [String]
  public var verdicts: [String]
  /// `CWE-476`, or `476`.
  public var weaknesses: [String]
  /// The first words of hooks: `kprobe`, `tc`, `lsm`.
  public var hooks: [String]
  /// The twin that ``verdicts`` and ``hooks`` apply to; either if it is nil.
  public var mechanisms: [String]

  public init(
    families: [String] = [], verdicts: [String] = [], weaknesses: [String] = [],
    hooks: [String] = [], mechanisms: [String] = []
  ) {
    self.families = families
    self.verdicts = verdicts
    self.weaknesses = weaknesses
    self.hooks = hooks
    self.mechanisms = mechanisms
  }

  /// - Parameter all: the whole catalogue, whose weaknesses and hooks are the accepted words.
  /// - Throws: ``UnknownWord``.
  public func select(_ scenarios: [Scenario], of all: [Scenario]) throws -> [Scenario] {
    let families: [Scenario.Family] = try words(families, "--family")
    // What people read for it; docs/words.md.
    let verdicts: [Ruling] = try words(
      verdicts.map { $0.lowercased() == "unnoticed" ? Ruling.survived.rawValue : $0 }, "--verdict")
    var mechanisms: [Mechanism] = try words(mechanisms, "--mechanism")
    if mechanisms.isEmpty { mechanisms = Mechanism.allCases }
    let weaknesses = try known(
      weaknesses.map { $0.allSatisfy(\.isNumber) ? "CWE-\($0)" : $0.uppercased() }, "--weakness",
      Set(all.map(\.weakness)))
    let hooks = try known(
      hooks.map { $0.lowercased() }, "--hook",
      Set(all.flatMap { scenario in Mechanism.allCases.flatMap { scenario.hook.words($0) } }))
    return scenarios.filter { scenario in
      (families.isEmpty || families.contains(scenario.family))
        && (weaknesses.isEmpty || weaknesses.contains(scenario.weakness))
        && mechanisms.contains { mechanism in
          (verdicts.isEmpty || verdicts.contains(scenario.twins[mechanism].armed.verdict))
            && (hooks.isEmpty || !hooks.isDisjoint(with: scenario.hook.words(mechanism)))
        }
    }
  }

  private func words<Word>(_ words: [String], _ option: String) throws -> [Word]
  where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
    try words.map { word in
      guard let known = Word(rawValue: word.lowercased()) else {
        throw UnknownWord(option: option, word: word, known: Word.allCases.map(\.rawValue))
      }
      return known
    }
  }

  private func known(
    _ words: [String], _ option: String, _ known: Set<String>
  ) throws -> Set<String> {
    for word in words where !known.contains(word) {
      throw UnknownWord(option: option, word: word, known: known.sorted())
    }
    return Set(words)
  }
}

/// A word that matches no scenario.
public struct UnknownWord: Error, Sendable, Equatable, CustomStringConvertible {
  public var option: String
  public var word: String
  public var known: [String]

  public var description: String {
    "\(option) can't be \"\(VisibleText.escape(word))\"\(didYouMean(word, among: known)) "
      + "(there are: \(known.joined(separator: ", ")))"
  }
}

extension Scenario.Hook {
  /// A twin's hook, as it is shown.
  public subscript(mechanism: Mechanism) -> String {
    switch mechanism {
    case .lkm: lkm
    case .bpf: bpf
    }
  }

  /// The kinds of hooks that a twin has: the first word of each that its text names, `fentry` from
  /// `fentry/a and fexit/b` and so on.
  func words(_ mechanism: Mechanism) -> [String] {
    self[mechanism].lowercased().split(separator: /\s*,\s*|\s+and\s+/).compactMap { part in
      part.drop { $0 == "?" }.split { $0 == "/" || $0.isWhitespace }.first.map(String.init)
    }.filter { !["a", "an", "the"].contains($0) }
  }
}

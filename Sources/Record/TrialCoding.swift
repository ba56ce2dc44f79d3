// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
public import Verdicts

/// The flat form of a line of `trials.jsonl`. Absent keys mean "not applicable"; keys that this
/// version doesn't know are passed over.
extension TrialRecord: Codable {
  private enum Key: String, CodingKey {
    case scenario, mechanism, armed, kernel, profile, repetition
    case verdict, `class`, by, kind, category, title, source
    case observed, expected, outcome, reason, started, seconds
    case evidenceDirectory = "evidence_dir"
    case flaky, known
    case retryOf = "retry_of"
    case evidence, superseded, checks, programs, functions, tried, steps
    case lastStep = "last_step"
    case failedStep = "failed_step"
    case neverFired = "never_fired"
  }

  public init(from decoder: any Decoder) throws {
    let line = try decoder.container(keyedBy: Key.self)
    let verdict = Verdict(
      try line.decode(Ruling.self, forKey: .verdict),
      by: try line.decodeIfPresent(String.self, forKey: .by),
      kind: try line.decodeIfPresent(Kind.self, forKey: .kind),
      category: try line.decodeIfPresent(Category.self, forKey: .category),
      title: try line.decodeIfPresent(String.self, forKey: .title),
      source: try line.decodeIfPresent(SourcePlace.self, forKey: .source),
      evidence: try line.decodeIfPresent([EvidenceLine].self, forKey: .evidence) ?? [])
    self.init(
      id: try TrialID(from: decoder),
      verdict: verdict,
      observed: try line.decodeIfPresent(Int64.self, forKey: .observed),
      expected: try line.decode(Expected.self, forKey: .expected),
      outcome: try line.decode(Outcome.self, forKey: .outcome),
      reason: try line.decodeIfPresent(String.self, forKey: .reason),
      started: try line.decodeIfPresent(Start.self, forKey: .started),
      seconds: try line.decode(Seconds.self, forKey: .seconds),
      evidenceDirectory: try line.decodeIfPresent(String.self, forKey: .evidenceDirectory),
      superseded: try line.decodeIfPresent(Bool.self, forKey: .superseded) ?? false)
    checks = try line.decodeIfPresent([Check].self, forKey: .checks) ?? []
    programs = try line.decodeIfPresent([ProgramRecord].self, forKey: .programs) ?? []
    functions = try line.decodeIfPresent([FunctionRecord].self, forKey: .functions) ?? []
    tried = try line.decodeIfPresent(Tried.self, forKey: .tried)
  }

  public func encode(to encoder: any Encoder) throws {
    try id.encode(to: encoder)
    var line = encoder.container(keyedBy: Key.self)
    try line.encode(verdict.ruling, forKey: .verdict)
    try line.encode(verdict.ruling.rulingClass, forKey: .class)
    try line.encodeIfPresent(verdict.by, forKey: .by)
    try line.encodeIfPresent(verdict.kind, forKey: .kind)
    try line.encodeIfPresent(verdict.category, forKey: .category)
    try line.encodeIfPresent(verdict.title, forKey: .title)
    try line.encodeIfPresent(verdict.source, forKey: .source)
    try line.encodeIfPresent(observed, forKey: .observed)
    try line.encode(expected, forKey: .expected)
    try line.encode(outcome, forKey: .outcome)
    try line.encodeIfPresent(reason, forKey: .reason)
    try line.encodeIfPresent(started, forKey: .started)
    try line.encode(seconds, forKey: .seconds)
    try line.encodeIfPresent(evidenceDirectory, forKey: .evidenceDirectory)
    try line.encode(verdict.evidence, forKey: .evidence)
    if isFlaky { try line.encode(true, forKey: .flaky) }
    try line.encodeIfPresent(known, forKey: .known)
    try line.encodeIfPresent(retryOf, forKey: .retryOf)
    if superseded { try line.encode(true, forKey: .superseded) }
    if !checks.isEmpty { try line.encode(checks, forKey: .checks) }
    if !programs.isEmpty { try line.encode(programs, forKey: .programs) }
    if !functions.isEmpty { try line.encode(functions, forKey: .functions) }
    try line.encodeIfPresent(tried, forKey: .tried)
    if tried != nil { try encodeSteps(to: &line) }
  }

  /// They follow from the rest of the line, and are there for its readers.
  private func encodeSteps(to line: inout KeyedEncodingContainer<Key>) throws {
    let steps = TriedSteps(self)
    try line.encode(
      Dictionary(
        steps.items.map { ($0.step.rawValue, $0.answer) }, uniquingKeysWith: { $1 }),
      forKey: .steps)
    try line.encodeIfPresent(steps.reached, forKey: .lastStep)
    try line.encodeIfPresent(steps.failed, forKey: .failedStep)
    if !steps.neverFired.isEmpty {
      try line.encode(steps.neverFired.map(\.name), forKey: .neverFired)
    }
  }
}

/// The names become parts of paths: what is read from a file must not lead out of its folder.
extension TrialID {
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    func name(_ key: CodingKeys, isName: (String) -> Bool) throws -> String {
      let name = try keys.decode(String.self, forKey: key)
      guard isName(name) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: keys,
          debugDescription: "\"\(VisibleText.escape(name))\" is no name of a \(key.stringValue)")
      }
      return name
    }
    self.init(
      scenario: try name(.scenario) { Scenario.isName($0) || Self.isItemName($0) },
      mechanism: try keys.decode(Mechanism.self, forKey: .mechanism),
      armed: try keys.decode(Bool.self, forKey: .armed),
      kernel: try name(.kernel, isName: Self.isVersionName),
      profile: try name(.profile, isName: Self.isVersionName),
      repetition: try keys.decodeCount(Self.repetitions, forKey: .repetition))
  }

  /// More than anybody asks for.
  static let repetitions = 1...1_000_000_000

  /// A suite's item's: `verifier_and.invalid_and_of_negative_number`.
  package static func isItemName(_ name: String) -> Bool {
    isVersionName(name) && name.utf8.count <= 150
  }

  /// A kernel's or profile's: `6.1`, `stock`.
  private static func isVersionName(_ name: String) -> Bool {
    // Byte by byte: a regular expression takes most of the time that reading a large run takes.
    guard let first = name.utf8.first, isWord(first) else { return false }
    return name.utf8.allSatisfy { isWord($0) || ".+-".utf8.contains($0) }
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

/// An absent `kinds` is an empty one.
extension TrialRecord.Expected {
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: CodingKeys.self)
    self.init(
      verdict: try keys.decode(Ruling.self, forKey: .verdict),
      by: try keys.decodeIfPresent(String.self, forKey: .by),
      kinds: try keys.decodeIfPresent([Kind].self, forKey: .kinds) ?? [],
      category: try keys.decodeIfPresent(Category.self, forKey: .category),
      observation: try keys.decodeIfPresent(Int64.self, forKey: .observation))
  }

  /// What a scenario declares for one twin, armed or disarmed. Every disarmed twin must survive and
  /// report the scenario's observation.
  ///
  /// - Parameter kernel: nil if it isn't known.
  public init(
    of scenario: Scenario, _ mechanism: Mechanism, armed: Bool, profile: String,
    kernel: KernelTraits?
  ) {
    guard armed else {
      self.init(verdict: .survived, observation: scenario.observation.value)
      return
    }
    let twin = scenario.twins[mechanism]
    let expected = twin.expectation(profile: profile, kernel: kernel)
    self.init(
      verdict: expected.verdict,
      by: expected.by ?? (expected.verdict == .contained ? twin.guardName : nil),
      kinds: expected.kinds, category: expected.category)
  }
}

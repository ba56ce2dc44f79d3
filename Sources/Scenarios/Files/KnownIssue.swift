// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// A reason why some trials are unmet, which is known, and which fails no run before a date.
public struct KnownIssue: Codable, Sendable, Equatable {
  /// A scenario's name, or that of a suite's item, or a pattern with `*` and `?`.
  public var scenario: String
  /// Nil for both twins.
  public var mechanism: Mechanism?
  /// Nil for armed and disarmed.
  public var armed: Bool?
  /// A name or a pattern; nil for every kernel.
  public var kernel: String?
  /// A name or a pattern; nil for every profile.
  public var profile: String?
  /// The verdict that is known; nil for any.
  public var verdict: Ruling?
  public var reason: String?
  public var link: String?
  /// The first day on which it no longer holds: `2027-03-01`, UTC.
  public var until: String

  public init(
    scenario: String, mechanism: Mechanism? = nil, armed: Bool? = nil, kernel: String? = nil,
    profile: String? = nil, verdict: Ruling? = nil, reason: String? = nil, link: String? = nil,
    until: String
  ) {
    (self.scenario, self.mechanism, self.armed) = (scenario, mechanism, armed)
    (self.kernel, self.profile, self.verdict) = (kernel, profile, verdict)
    (self.reason, self.link, self.until) = (reason, link, until)
  }

  /// More than anybody should have in one file: each is compared with every trial.
  public static let most = 300

  /// `null-map-value (bpf, armed, 6.12*)`.
  public var name: String {
    let limits = [
      mechanism?.rawValue, armed.map { $0 ? "armed" : "disarmed" }, kernel, profile,
      verdict?.rawValue,
    ].compactMap(\.self)
    return scenario + (limits.isEmpty ? "" : " (\(limits.joined(separator: ", ")))")
  }

  /// The reason, or else the link.
  public var why: String { reason ?? link ?? "no reason was recorded" }

  /// Whether names fit its patterns.
  package func covers(scenario name: String, kernel: String, profile: String) -> Bool {
    NamePattern.matches(name, scenario) && NamePattern.matches(kernel, self.kernel ?? "*")
      && NamePattern.matches(profile, self.profile ?? "*")
  }

  /// Each `*` multiplies the time that a comparison takes.
  package static func isPattern(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 150 && text.utf8.count { $0 == UInt8(ascii: "*") } <= 3
  }

  /// Whether a text is a day of the calendar, as in `2027-03-01`.
  static func isDay(_ text: String) -> Bool {
    guard let match = text.wholeMatch(of: /([0-9]{4})-([0-9]{2})-([0-9]{2})/),
      let year = Int(match.1), let month = Int(match.2), let day = Int(match.3),
      (1...12).contains(month)
    else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return (1...days[month - 1]).contains(day)
  }
}

extension KnownIssue {
  /// The entries of a file.
  ///
  /// - Throws: ``UnreadableFile``, ``InvalidScenario`` with all problems of the file.
  public static func read(_ path: String) throws -> [KnownIssue] {
    try parse(try readText(path), file: path)
  }

  /// - Throws: ``InvalidScenario``.
  public static func parse(_ text: String, file: String) throws -> [KnownIssue] {
    try YAMLFields.read(text, file: file, known: ["known"]) { root in
      if !root.has("known") { root.missing("known") }
      let issues = root.items("known", known: keys).map(KnownIssue.init)
      if issues.count > most {
        root.report.add(
          root.line, "a file has at most \(most) known issues, and this has \(issues.count)")
      }
      return issues
    }
  }

  private static let keys = [
    "scenario", "mechanism", "armed", "kernel", "profile", "verdict", "reason", "link", "until",
  ]

  private enum Truth: String, CaseIterable {
    case yes = "true"
    case no = "false"
  }

  private init(_ fields: YAMLFields) {
    self.init(
      scenario: fields.string("scenario"), mechanism: fields.optionalChoice("mechanism"),
      armed: fields.optionalChoice("armed", Truth.self).map { $0 == .yes },
      kernel: fields.optionalString("kernel"), profile: fields.optionalString("profile"),
      verdict: fields.optionalChoice("verdict"), reason: fields.optionalString("reason"),
      link: fields.optionalString("link"), until: fields.string("until"))
    guard fields.isMapping else { return }
    for pattern in [scenario, kernel, profile].compactMap(\.self)
    where !pattern.isEmpty && !Self.isPattern(pattern) {
      fields.report.add(
        fields.line, "\"\(pattern)\" has more than 150 characters, or more than 3 *")
    }
    if fields.has("until"), !Self.isDay(until) {
      fields.report.add(fields.line, "until must be a day, such as 2027-03-01")
    }
    if reason == nil, link == nil {
      fields.report.add(fields.line, "an entry needs a reason or a link")
    }
  }
}

extension KnownIssue {
  private enum Key: String, CodingKey {
    case scenario, mechanism, armed, kernel, profile, verdict, reason, link, until
  }

  /// From a run directory, which may come from somebody else.
  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    func checked(_ key: Key, _ isRight: (String) -> Bool) throws -> String? {
      guard let text = try keys.decodeIfPresent(String.self, forKey: key) else { return nil }
      guard isRight(text) else {
        throw DecodingError.dataCorruptedError(
          forKey: key, in: keys, debugDescription: "\"\(VisibleText.escape(text))\" can't be")
      }
      return text
    }
    self.init(
      scenario: try checked(.scenario, Self.isPattern) ?? "",
      mechanism: try keys.decodeIfPresent(Mechanism.self, forKey: .mechanism),
      armed: try keys.decodeIfPresent(Bool.self, forKey: .armed),
      kernel: try checked(.kernel, Self.isPattern), profile: try checked(.profile, Self.isPattern),
      verdict: try keys.decodeIfPresent(Ruling.self, forKey: .verdict),
      reason: try keys.decodeIfPresent(String.self, forKey: .reason),
      link: try keys.decodeIfPresent(String.self, forKey: .link),
      until: try checked(.until, Self.isDay) ?? "")
  }
}

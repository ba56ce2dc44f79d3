// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// A console log that was read: what it reports, and what that amounts to.
public struct ClassifiedLog: Sendable {
  /// The path as given; `-` for stdin.
  public var file: String
  /// In the log's order, the cause first.
  public var findings: [Finding]
  /// Nil if the log reports nothing.
  public var verdict: Ruling?

  public init(file: String, findings: [Finding]) {
    self.file = file
    self.findings = findings
    verdict = Judge.ruling(ofConsole: findings)
  }
}

/// What `panicroom classify` found in console logs.
public enum ClassifyReport {
  /// - Parameter width: columns of the terminal; less than 60 is taken as 60.
  public static func render(_ log: ClassifiedLog, width: Int, colour: Bool = false) -> String {
    let width = max(width, 60)
    var lines = [StyledText(log.file, .bold).cut(to: width)]
    let primary = log.findings.first(where: \.primary)
    if let primary, let verdict = log.verdict {
      let rulingClass = verdict.rulingClass
      lines.append(
        (StyledText("  \(rulingClass.sign) \(verdict.rawValue) ", rulingClass.style)
          + StyledText(" \(primary.title)", .bold)).cut(to: width))
      lines += wrapped(place(primary) + primary.text, width)
      if let touched = access(primary) { lines += wrapped(touched, width) }
    } else {
      lines.append(StyledText("  nothing found", .green))
    }
    for finding in log.findings where !finding.primary {
      lines.append(StyledText("    \(place(finding))\(finding.title)", .dim).cut(to: width))
    }
    return lines.map { $0.rendered(colour: colour) + "\n" }.joined()
  }

  private static func place(_ finding: Finding) -> String { "line \(finding.line): " }

  private static func access(_ finding: Finding) -> String? {
    guard finding.access != nil || finding.address != nil else { return nil }
    let what = finding.access?.rawValue ?? "access"
    return finding.address.map { "\(what) at \($0)" } ?? what
  }

  private static func wrapped(_ text: String, _ width: Int) -> [StyledText] {
    DisplayText.lines(of: text, to: width - 4).map { StyledText("    \($0)") }
  }

  /// An array with one object a file; an absent key means: not known. The verdict is `null` for a
  /// log that reports nothing.
  public static func json(_ logs: [ClassifiedLog]) throws -> String {
    try JSONText.render(logs.map(Entry.init))
  }

  private struct Entry: Encodable {
    let log: ClassifiedLog

    enum CodingKeys: CodingKey { case file, findings, verdict }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(log.file, forKey: .file)
      try container.encode(log.findings.map(Shown.init), forKey: .findings)
      // Unlike `encodeIfPresent` this writes null.
      try container.encode(log.verdict, forKey: .verdict)
    }
  }

  private struct Shown: Encodable {
    let kind: Kind
    let title: String
    let frame: String?
    let access: Finding.Access?
    let address: String?
    let line: Int
    let primary: Bool

    init(_ finding: Finding) {
      kind = finding.kind
      title = finding.title
      frame = finding.frame
      access = finding.access
      address = finding.address
      line = finding.line
      primary = finding.primary
    }
  }
}

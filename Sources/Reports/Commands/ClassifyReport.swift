// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// A console log that was read: what it reports, and what that amounts to.
public struct ClassifiedLog: Sendable {
  /// The path as given; `-` for stdin.
  public var file: String
  public var reading: LogReading
  /// How each of the demands ended; empty if there were none.
  public var outcomes: [LogExpectation.Outcome] = []

  public init(file: String, reading: LogReading, outcomes: [LogExpectation.Outcome] = []) {
    self.file = file
    self.reading = reading
    self.outcomes = outcomes
  }

  /// In the log's order, the cause first.
  var findings: [Finding] { reading.findings }
}

/// What `panicroom classify` found in console logs.
public enum ClassifyReport {
  /// - Parameter width: columns of the terminal; less than 60 is taken as 60.
  public static func render(_ log: ClassifiedLog, width: Int, colour: Bool = false) -> String {
    let width = max(width, 60)
    var lines = [StyledText(log.file, .bold).cut(to: width)]
    let primary = log.findings.first(where: \.primary)
    if let primary, let verdict = log.reading.ruling {
      let rulingClass = verdict.rulingClass
      lines.append(
        (StyledText("  \(rulingClass.sign) \(verdict.rawValue) ", rulingClass.style)
          + StyledText(" \(title(primary))", .bold)).cut(to: width))
      lines += wrapped(place(primary) + primary.text, width)
      if let touched = access(primary) { lines += wrapped(touched, width) }
      for words in FindingText.details(of: primary, in: log.reading) {
        lines += wrapped(words, width)
      }
    } else {
      lines.append(StyledText("  nothing found", .green))
    }
    lines += others(log).map { StyledText("    \($0)", .dim).cut(to: width) }
    for note in log.reading.notes {
      lines += wrapped(FindingText.sentence(of: note), width)
    }
    for outcome in log.outcomes { lines += wrapped(FindingText.sentence(of: outcome), width) }
    return lines.map { $0.rendered(colour: colour) + "\n" }.joined()
  }

  /// A line for each title that the cause doesn't have, where it comes first, and for the end.
  private static func others(_ log: ClassifiedLog) -> [String] {
    var seen = Set(log.findings.filter(\.primary).map(\.title))
    return log.findings.enumerated().compactMap { index, finding in
      let isEnd = log.reading.fatal == index
      guard seen.insert(finding.title).inserted || isEnd && !finding.primary else { return nil }
      let often = finding.count > 1 ? " (\(finding.count) times)" : ""
      return place(finding) + title(finding) + often + (isEnd ? " (the end)" : "")
    }
  }

  /// A line for a finding of a log that is still being written.
  public static func line(_ finding: Finding, file: String) -> String {
    StyledText("\(file):\(finding.line): \(title(finding)): \(finding.text)")
      .rendered(colour: false) + "\n"
  }

  private static func place(_ finding: Finding) -> String { "line \(finding.line): " }

  /// With offset and module: `null-dereference in dbuf_sync_list+0x67 [zfs]`.
  private static func title(_ finding: Finding) -> String {
    guard let blamed = finding.blamed, let frame = finding.frame,
      finding.title.hasSuffix(" \(frame)")
    else { return finding.title }
    let what = finding.title.dropLast(frame.count)
    return what + FindingText.place(blamed)
  }

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
    try JSONText.render(logs.map(ClassifiedJSON.init))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts

/// A verdict in a paragraph, with its place in the source.
public enum VerdictText {
  /// - Parameters:
  ///   - sourceLine: the text of the line that the verdict points to.
  ///   - width: columns of the terminal; less than 60 is taken as 60, more than 132 as 132.
  public static func render(
    _ verdict: Verdict, sourceLine: String?, width: Int, colour: Bool = false
  ) -> String {
    let width = min(max(width, 60), 132)
    var lines = lines(verdict, width: width)
    if let place = verdict.source { lines += source(place, line: sourceLine, width: width) }
    return lines.map { $0.cut(to: width).rendered(colour: colour) + "\n" }.joined()
  }

  /// - Parameters:
  ///   - isCompilers: whether the compiler's own lines, shown next to it, say why.
  ///   - survived: what is said of a twin that survived, if that isn't the usual.
  static func lines(
    _ verdict: Verdict, isCompilers: Bool = false, survived: String? = nil, width: Int
  ) -> [StyledText] {
    let rulingClass = verdict.ruling.rulingClass
    let by = verdict.by.map { " by \($0)" } ?? ""
    // Nothing was expected, so nothing went unnoticed.
    var lines = [
      verdict.ruling == .survived
        ? StyledText("✓ \(survived ?? "loaded, \(verdict.ruling.word(armed: false))")", .green)
        : StyledText(
          "\(verdict.ruling.sign) \(verdict.ruling.word(armed: false))\(by)", rulingClass.style)
    ]
    if let title = verdict.title, !isCompilers {
      lines += DisplayText.lines(of: title, to: width - 2)
        .map { StyledText("  \($0)", .bold) }
    }
    if !isCompilers, let reason = verdict.reason { lines += field("why", reason, width) }
    if rulingClass == .crashed || rulingClass == .damaged {
      for line in verdict.evidence.prefix(4) { lines += field("said", line.text, width) }
    }
    return lines
  }

  static func source(_ place: SourcePlace, line: String?, width: Int) -> [StyledText] {
    let shown = DisplayText.cutStart(
      DisplayText.escape("\(place.file):\(place.line)"), to: width - 10)
    var lines = field("source", shown, width)
    if let line {
      lines.append(
        StyledText("          \(place.line) | ", .dim)
          + StyledText(line.replacing("\t", with: "    ")))
    }
    return lines
  }

  static func field(_ name: String, _ text: String, _ width: Int) -> [StyledText] {
    guard !text.isEmpty else { return [] }
    return DisplayText.lines(of: text, to: width - 10).enumerated().map {
      StyledText("  " + DisplayText.pad($0 == 0 ? name : "", to: 8), .dim) + StyledText($1)
    }
  }
}

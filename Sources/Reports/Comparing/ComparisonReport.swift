// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// Comparisons of runs with a baseline, for people and programs.
public enum ComparisonReport {
  public enum Format: String, Sendable, CaseIterable {
    case terminal, json, markdown, html
  }

  /// - Throws: `EncodingError`.
  public static func render(
    _ comparisons: [Comparison], as format: Format, width: Int = 80, colour: Bool = false
  ) throws -> String {
    switch format {
    case .terminal: comparisons.map { terminal($0, width: width, colour: colour) }.joined()
    case .json:
      try JSONText.render(
        Shown(comparisons: comparisons.map { Shown.One($0) }))
    case .markdown: comparisons.map(markdown).joined(separator: "\n")
    case .html:
      try PageTemplates.render(
        [
          "comparisons": comparisons.map(view),
          "style": PageTemplates.style,
        ], as: "comparison")
    }
  }

  private struct Shown: Encodable {
    let schema = 1
    var comparisons: [One]

    struct One: Encodable {
      var before: String
      var after: String
      var compared: Int
      var worse: Bool
      var changes: [Comparison.Change]

      init(_ comparison: Comparison) {
        before = comparison.before
        after = comparison.after
        compared = comparison.compared
        worse = comparison.isWorse
        changes = comparison.changes
      }
    }
  }

  /// The answer in a line.
  static func answer(_ comparison: Comparison) -> String {
    let worse = comparison.changes.count(where: \.worse)
    guard !comparison.changes.isEmpty else {
      return "nothing changed in \(comparison.compared) arms"
    }
    let changes =
      comparison.changes.count == 1 ? "1 change" : "\(comparison.changes.count) changes"
    return "\(changes) in \(comparison.compared) arms, \(worse) of them for the worse"
  }

  private static func terminal(_ comparison: Comparison, width: Int, colour: Bool) -> String {
    let width = min(max(width, 60), 132)
    var lines = [
      StyledText("\(comparison.before) → \(comparison.after)", .bold),
      StyledText(answer(comparison), comparison.isWorse ? .boldRed : .green),
    ]
    for change in comparison.changes {
      let head = "\(change.worse ? "✗" : "·") \(change.what.rawValue)"
      lines.append(
        StyledText(DisplayText.pad(head, to: 22), change.worse ? .red : .dim)
          + StyledText(" \(change.place)"))
      if !change.effect.isEmpty {
        lines += DisplayText.lines(of: change.effect, to: width - 5)
          .map { StyledText("     \($0)") }
      }
    }
    return lines.map { $0.cut(to: width).rendered(colour: colour) + "\n" }.joined()
  }

  private static func markdown(_ comparison: Comparison) -> String {
    var text =
      "## \(comparison.isWorse ? "❌" : "✅") \(MarkdownReport.cell(answer(comparison)))\n\n"
      + MarkdownReport.cell("\(comparison.before) → \(comparison.after)") + "\n"
    guard !comparison.changes.isEmpty else { return text }
    text += "\n| what | where | before | after |\n| --- | --- | --- | --- |\n"
    for change in comparison.changes.prefix(2000) {
      let cells = [change.what.rawValue, change.place, change.was, change.now]
      text +=
        "| \(change.worse ? "✗ " : "")"
        + cells.map(MarkdownReport.cell).joined(separator: " | ") + " |\n"
    }
    return text
  }

  private static func view(_ comparison: Comparison) -> View {
    [
      "before": comparison.before, "after": comparison.after, "answer": answer(comparison),
      "isWorse": comparison.isWorse,
      "changes": comparison.changes.map {
        [
          "what": $0.what.rawValue, "place": $0.place, "was": $0.was, "now": $0.now,
          "isBad": $0.worse,
        ] as View
      },
    ]
  }
}

extension Comparison.Change {
  fileprivate var place: String {
    "\(scenario), \(mechanism.title), \(armed ? "armed" : "disarmed"), \(kernel), \(profile)"
  }

  fileprivate var effect: String {
    was.isEmpty || now.isEmpty ? was + now : "\(was) → \(now)"
  }

  /// In the words of people; the change itself has values.
  fileprivate var was: String { word(before) }
  fileprivate var now: String { word(after) }

  private func word(_ value: String) -> String {
    Ruling(rawValue: value)?.word(armed: armed) ?? value
  }
}

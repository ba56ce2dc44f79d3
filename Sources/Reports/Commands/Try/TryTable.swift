// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Verdicts

/// What `panicroom try` shows of many files or several kernels: a row for each file, a column for each
/// kernel.
public enum TryTable {
  /// - Parameters:
  ///   - trials: in the order of the rows.
  ///   - leftOut: what was not tried, and why.
  ///   - width: columns of the terminal; less than 60 counts as 60.
  public static func render(
    _ trials: [TriedTrial], leftOut: [RunHeader.LeftOut], width: Int,
    colour: Bool = false
  ) -> String {
    let width = max(width, 60)
    var names: [String] = []
    var kernels: [String] = []
    for trial in trials {
      if !names.contains(name(trial)) { names.append(name(trial)) }
      if !kernels.contains(trial.record.id.kernel) { kernels.append(trial.record.id.kernel) }
    }
    let longest = (names + ["file"]).map(DisplayText.width).max() ?? 0
    // A single kernel leaves room for the reason.
    let first = min(longest, max(16, width / (kernels.count > 3 ? 4 : 2) - 2))
    let column = max(12, (width - first - 2) / max(kernels.count, 1) - 2)
    var lines = [
      row("file", kernels.map { StyledText($0, .dim) }, first, column, style: .dim)
    ]
    for name in names {
      let cells = kernels.map { kernel in
        trials.first { self.name($0) == name && $0.record.id.kernel == kernel }
          .map { cell($0.record, isOnly: kernels.count == 1) } ?? StyledText("–", .dim)
      }
      lines.append(row(name, cells, first, column, style: nil))
    }
    var text = lines.map { $0.cut(to: width).rendered(colour: colour) + "\n" }.joined()
    for words in words(of: leftOut) {
      text += DisplayText.lines(of: words, to: width).map { $0 + "\n" }.joined()
    }
    return text
  }

  /// A line for each file that was left out, or for many with one reason.
  private static func words(of leftOut: [RunHeader.LeftOut]) -> [String] {
    var reasons: [String] = []
    for one in leftOut where !reasons.contains(one.reason) { reasons.append(one.reason) }
    return reasons.flatMap { reason in
      let files = leftOut.filter { $0.reason == reason }.map(\.file)
      guard files.count > mostNamed else {
        return files.map { "left out: \($0): \(reason)" }
      }
      let some = files.prefix(mostNamed).joined(separator: ", ")
      return ["left out: \(files.count) files: \(reason): \(some), …"]
    }
  }

  /// More files with one reason are counted; the JSON names them all.
  private static let mostNamed = 4

  private static func name(_ trial: TriedTrial) -> String {
    let what = trial.program.map { " \($0)" } ?? ""
    return DisplayText.escape(trial.file) + DisplayText.escape(what)
  }

  private static func row(
    _ name: String, _ cells: [StyledText], _ first: Int, _ column: Int, style: Style?
  ) -> StyledText {
    let start = StyledText(DisplayText.cutStart(name, to: first), style).padded(to: first + 2)
    return cells.indices.reduce(start) { line, index in
      let cell = cells[index].cut(to: column)
      return line + (index == cells.count - 1 ? cell : cell.padded(to: column + 2))
    }
  }

  private static func cell(_ record: TrialRecord, isOnly: Bool) -> StyledText {
    let verdict = record.verdict
    let rulingClass = verdict.ruling.rulingClass
    if verdict.ruling == .survived {
      let words = ProgramLines.survived(record)?.prefix { $0 != "," }
      return StyledText("✓ \(words ?? "ran")", .green)
    }
    let by = verdict.by.map { " by \($0)" } ?? ""
    let why = isOnly ? verdict.title ?? verdict.reason : verdict.category?.rawValue
    let reason = why.map { ": \(DisplayText.escape($0))" } ?? ""
    return StyledText(
      "\(verdict.ruling.sign) \(verdict.ruling.word(armed: false))\(isOnly ? by : "")\(reason)",
      rulingClass.style)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Verdicts

/// A run as TAP 14 (testanything.org): a test point for each trial, without the subtests that the
/// kernel's own dialect asks for.
public enum TAPReport {
  /// - Throws: `EncodingError`.
  public static func render(_ run: RunRecord) throws -> String {
    let trials = run.sortedCases
    var lines = ["TAP version 14", "1..\(trials.count)"]
    for (number, trial) in trials.enumerated() { lines += try point(trial, number + 1) }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func point(_ trial: TrialRecord, _ number: Int) throws -> [String] {
    let name = escape("\(trial.id.scenario), \(trial.id.phrase)")
    switch trial.standing {
    case .met: return ["ok \(number) - \(name)"]
    case .skipped:
      return ["ok \(number) - \(name) # SKIP \(escape(trial.reason ?? ""))"]
    case .flaky: return ["ok \(number) - \(name)", "# flaky: \(escape(trial.reason ?? ""))"]
    case .known:
      return ["not ok \(number) - \(name) # TODO \(escape(trial.reason ?? ""))"]
    case .unmet, .inconclusive:
      let facts = [
        ("outcome", trial.outcome.rawValue), ("expected", "\(trial.expected)"),
        ("got", trial.verdict.phrase), ("reason", trial.reason ?? "no reason was recorded"),
      ]
      // A JSON string is a YAML string as well.
      return try ["not ok \(number) - \(name)", "  ---"]
        + facts.map { "  \($0): \(try JSONText.render($1).dropLast())" } + ["  ..."]
    }
  }

  /// `#` would begin a directive.
  private static func escape(_ text: String) -> String {
    DisplayText.escape(text).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
  }
}

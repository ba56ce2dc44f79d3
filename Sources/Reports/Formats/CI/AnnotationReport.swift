// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Verdicts

/// What is not as expected, as workflow commands that GitHub shows on the scenario's file
/// (docs.github.com, "Workflow commands for GitHub Actions").
public enum AnnotationReport {
  public static func render(_ run: RunRecord) -> String {
    guard run.header.tried == nil else { return findings(run) }
    return run.sortedCases.filter { $0.standing.urgency > 0 }.map { trial in
      let level =
        switch trial.standing {
        case .unmet: "error"
        case .known: "notice"
        default: "warning"
        }
      let place = trial.verdict.source
      let file = place?.file ?? "scenarios/\(trial.id.scenario).yaml"
      // The reason of an unmet expectation says already what was expected, and what came.
      let both = "expected \(trial.expected), got \(trial.verdict.phrase)"
      let reason = trial.reason ?? "no reason was recorded"
      let message =
        "\(trial.id.phrase): \(trial.standing.rawValue): "
        + (reason.hasPrefix("expected ") ? reason : "\(both): \(reason)")
      return "::\(level) file=\(property(file)),line=\(place?.line ?? 1),"
        + "title=\(property(trial.id.scenario))::\(data(message))\n"
    }.joined()
  }

  /// Of what was tried nothing is expected: what the kernel found is shown.
  private static func findings(_ run: RunRecord) -> String {
    Alert.all(of: run).map {
      "::warning file=\(property($0.path)),line=\($0.line),title=\(property($0.rule))"
        + "::\(data($0.message))\n"
    }.joined()
  }

  private static func data(_ text: String) -> String {
    DisplayText.escape(text).replacing("%", with: "%25")
  }

  private static func property(_ text: String) -> String {
    data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
  }
}

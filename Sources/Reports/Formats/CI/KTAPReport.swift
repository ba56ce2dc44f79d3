// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Verdicts

/// A run in the kernel's test format, as its tools read it (Documentation/dev-tools/ktap.rst): a
/// test for each kernel and profile, a subtest for each trial.
public enum KTAPReport {
  public static func render(_ run: RunRecord) -> String {
    let groups = Group.all(of: run)
    var lines = ["KTAP version 1", "1..\(groups.count)"]
    for (index, group) in groups.enumerated() {
      lines += ["  KTAP version 1", "  # Subtest: \(group.name)", "  1..\(group.trials.count)"]
      for (number, trial) in group.trials.enumerated() {
        lines += test(trial, number + 1).map { "  \($0)" }
      }
      let failed = group.trials.contains { [.unmet, .inconclusive].contains($0.standing) }
      let skipped = group.trials.allSatisfy { $0.outcome == .skipped }
      lines.append(
        "\(failed ? "not ok" : "ok") \(index + 1) \(group.name)\(skipped ? " # SKIP" : "")")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private struct Group {
    var name: String
    var trials: [TrialRecord]

    static func all(of run: RunRecord) -> [Group] {
      let grouped = Dictionary(grouping: run.sortedCases) { "\($0.id.kernel).\($0.id.profile)" }
      return grouped.sorted { $0.key < $1.key }.map { Group(name: $0.key, trials: $0.value) }
    }
  }

  /// The result line, and before it what a reader of a failure needs, as diagnostic lines.
  private static func test(_ trial: TrialRecord, _ number: Int) -> [String] {
    let id = trial.id
    let name =
      "\(id.scenario).\(id.mechanism.rawValue).\(id.armed ? "armed" : "disarmed").\(id.repetition)"
    var diagnostics: [String] = []
    if [.unmet, .inconclusive, .flaky].contains(trial.standing) {
      diagnostics = [
        "# \(trial.standing.rawValue): expected \(trial.expected), got \(trial.verdict.phrase)",
        "# \(line(trial.reason ?? "no reason was recorded"))",
      ]
    }
    let result =
      switch trial.standing {
      case .met, .flaky: "ok \(number) \(name)"
      case .unmet, .inconclusive: "not ok \(number) \(name)"
      case .known: "ok \(number) \(name) # XFAIL \(line(trial.reason ?? ""))"
      case .skipped: "ok \(number) \(name) # SKIP \(line(trial.reason ?? ""))"
      }
    return diagnostics + [result]
  }

  /// `#` begins a directive.
  static func line(_ text: String) -> String {
    DisplayText.escape(text).replacing("#", with: "\\#")
  }
}

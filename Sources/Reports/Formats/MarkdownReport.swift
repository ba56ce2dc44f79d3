// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Scenarios
import Verdicts

/// A run for a job's summary page: what went otherwise than expected, the answer, a folded table.
///
/// GitHub cuts a summary off at 1 MiB (docs.github.com, "Adding a job summary"); this stays below
/// it whatever the run.
public enum MarkdownReport {
  private static let longest = 900_000

  public static func render(_ run: RunRecord) -> String {
    let summary = Summary(run)
    let faults = PairedFault.all(of: run)
    let kernels = run.header.kernels.map { "Linux \($0.exactName)" }.joined(separator: ", ")
    var text = "## Panic Room: \(sign(summary)) \(outcomes(summary))\n\n"
    if run.header.tried == nil { text += cell(Overview.answer(run, faults).text) + "\n\n" }
    text += cell("\(kernels), \(run.header.accelerator)") + "\n\n"
    text += problems(run)
    // A suite's items have no twin to compare with.
    if run.header.tried != nil {
      let matrix = TriedMatrix(run)
      text += PromiseReport(run, matrix)?.markdown ?? ""
      return text
        + MatrixMarkdown.render(
          matrix, leftOut: run.header.leftOut ?? [], room: longest - text.utf8.count)
    }
    for figures in CampaignFigures.all(of: run) { text += CampaignMarkdown.render(figures) }
    let isPaired = run.header.suite == nil
    guard isPaired else { return text + details(run, room: longest - text.utf8.count) }
    text += "| fault | eBPF | kernel module |\n| --- | --- | --- |\n"
    text += Mechanism.totals(faults)
    text += changes(run)
    return text + "\n" + details(run, room: longest - text.utf8.count)
  }

  private static func sign(_ summary: Summary) -> String {
    switch summary.exitStatus {
    case 0: "✅"
    case 1: "❌"
    default: "⚠️"
    }
  }

  private static func outcomes(_ summary: Summary) -> String {
    "\(summary.planned) trials: "
      + summary.counts.map { "\($0.count) \($0.word)" }.joined(separator: ", ")
      + (summary.flakyFailure.map { "; \($0)" } ?? "")
  }

  private static func problems(_ run: RunRecord) -> String {
    let remarks = run.header.known == nil ? [] : run.remarks
    let notes = remarks.map { "⚠️ " + cell($0) + "\n\n" }.joined()
    // Promises have a table of their own.
    let problems = run.sortedCases.filter { $0.standing.urgency > 0 && $0.tried?.promise == nil }
    guard !problems.isEmpty else { return notes }
    var text = notes + "| not as expected | expected | got | why |\n| --- | --- | --- | --- |\n"
    for trial in problems.sorted(by: { $0.standing.urgency > $1.standing.urgency }).prefix(50) {
      let reason = DisplayText.cutEnd(trial.reason ?? "no reason was recorded", to: 300)
      text +=
        "| \(cell("\(trial.id.scenario), \(trial.id.phrase)\(excuse(trial))")) | \(cell("\(trial.expected)")) "
        + "| \(cell(trial.said)) | \(cell(reason)) |\n"
    }
    if problems.count > 50 { text += "\n\(problems.count - 50) more are in the run's report.\n" }
    return text + "\n"
  }

  /// What the table adds to a trial that doesn't fail the run.
  private static func excuse(_ trial: TrialRecord) -> String {
    [.flaky, .known].contains(trial.standing) ? " (\(trial.standing.rawValue))" : ""
  }

  private static func changes(_ run: RunRecord) -> String {
    let changes = KernelChange.all(of: run)
    guard !changes.isEmpty else { return "" }
    let rows = changes.prefix(100).map { change in
      let steps = change.steps.map {
        "\($0.kernels.joined(separator: ", ")): \($0.verdict.rulingClass.sign) \($0.phrase)"
      }
      return "| \(cell(change.scenario)) | \(cell("\(change.mechanism.title), \(change.profile)")) "
        + "| \(steps.map(cell).joined(separator: "<br>")) |\n"
    }
    let count = changes.count == 1 ? "1 verdict changes" : "\(changes.count) verdicts change"
    return "\n<details><summary>\(count) with the kernel</summary>\n\n"
      + "| scenario | twin | oldest kernel first |\n| --- | --- | --- |\n" + rows.joined()
      + "\n</details>\n"
  }

  /// All armed trials, folded; as many as there is room for.
  private static func details(_ run: RunRecord, room: Int) -> String {
    let shown = run.sortedTrials.filter(\.id.armed)
    var rows: [String] = []
    var used = 400
    for trial in shown {
      let place = trial.verdict.source.map { "\($0.file):\($0.line)" } ?? ""
      let row =
        "| \(cell(trial.id.scenario)) | \(cell(trial.id.phrase)) | "
        + "\(trial.verdict.ruling.rulingClass.sign) \(cell(trial.said)) | "
        + "\(cell(place)) | \(trial.standing.rawValue) |"
      guard used + row.utf8.count < room else { break }
      used += row.utf8.count + 1
      rows.append(row)
    }
    let left = shown.count - rows.count
    let rest = left > 0 ? "\n\n\(left) more are in the run's report." : ""
    return "<details><summary>\(shown.count) armed trials</summary>\n\n"
      + "| scenario | trial | verdict | place | outcome |\n| --- | --- | --- | --- | --- |\n"
      + rows.joined(separator: "\n") + rest + "\n\n</details>\n"
  }

  /// Foreign text in a table's cell: nothing in it is markup, and nothing ends the cell.
  static func cell(_ text: String) -> String {
    var result = ""
    for scalar in DisplayText.escape(text).unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\\", "`", "*", "_", "[", "]", "|", "#", "~", "@", "!":
        result += "&#\(scalar.value);"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

extension Mechanism {
  /// The counts of each class, a row of Markdown each.
  fileprivate static func totals(_ faults: [PairedFault]) -> String {
    RulingClass.shown.compactMap { rulingClass -> String? in
      let counts = allCases.map { mechanism in faults.count { $0[mechanism] == rulingClass } }
      guard counts.contains(where: { $0 > 0 }) else { return nil }
      return "| \(rulingClass.sign) \(rulingClass.word) | \(counts[0]) | \(counts[1]) |\n"
    }.joined()
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A suite's run for people: how far it agrees, what does not, and what was left out.
enum SuiteReport {
  /// More items than this are not listed one by one.
  private static let mostListed = 60

  static func lines(
    _ run: RunRecord, _ suite: RunHeader.Suite, width: Int, directory: String
  ) -> [StyledText] {
    let agreement = SuiteAgreement(run)
    var lines = [
      StyledText("Suite \(suite.name)", .bold)
        + StyledText(
          "  \(run.header.profiles.joined(separator: ", ")), \(run.header.accelerator)", .dim)
    ]
    for kernel in run.header.kernels {
      if let reason = kernel.obstacle {
        let fate = kernel.missing == nil ? "can't be used" : "is skipped"
        lines += wrapped("Kernel \(kernel.name) \(fate): \(reason)", width, indented: 2, .yellow)
      } else {
        lines += wrapped("Linux \(kernel.exactName), \(kernel.name)", width, indented: 2, .dim)
      }
    }
    for fact in suite.about { lines += wrapped(fact, width, indented: 2, .dim) }
    lines.append(StyledText())
    if run.header.trials.count <= mostListed {
      let isOfSeveral = run.header.kernels.count > 1
      lines += run.currentTrials.map { row($0, tellsKernel: isOfSeveral) } + [StyledText()]
    }
    let figures = CampaignFigures.all(of: run)
    lines += figures.flatMap { CampaignReport.lines($0, width: width) }
    if figures.isEmpty { lines += table(agreement) }
    lines += leftOut(agreement, width)
    lines += differences(run, width, directory)
    return lines
  }

  /// `98.9 % agree on load (1732 of 1751), 97.0 % on messages`.
  static func answer(_ run: RunRecord) -> String {
    let figures = CampaignFigures.all(of: run)
    if let first = figures.first { return CampaignText.answer(first) }
    let shares = SuiteAgreement(run).shares
    guard !shares.isEmpty else { return "No item of this suite was judged." }
    return shares.enumerated().map { index, share in
      "\(decimal(share.percent, 1)) % \(index == 0 ? "agree on" : "on") \(share.check) "
        + "(\(share.agree) of \(share.held))"
    }.joined(separator: ", ") + "."
  }

  private static func row(_ trial: TrialRecord, tellsKernel: Bool) -> StyledText {
    let (sign, style): (String, Style) =
      switch trial.outcome {
      case .met: ("✓", .green)
      case .unmet: ("✗", .boldRed)
      case .inconclusive: ("?", .yellow)
      case .skipped: ("–", .dim)
      }
    let verdict = trial.evidenceDirectory == nil ? "skipped" : trial.said
    return StyledText("\(sign) ", style) + StyledText(trial.id.scenario)
      + StyledText("  \(verdict)\(tellsKernel ? ", \(trial.id.kernel)" : "")", .dim)
  }

  private static func table(_ agreement: SuiteAgreement) -> [StyledText] {
    guard !agreement.shares.isEmpty else { return [] }
    func columns(_ cells: [String]) -> String {
      DisplayText.pad("  \(cells[0])", to: 18)
        + cells.dropFirst().map { String(repeating: " ", count: max(1, 12 - $0.count)) + $0 }
        .joined()
    }
    let head = columns(["check", "items", "agree", "explained", "unmet", "agreement"])
    let rows = agreement.shares.map { share in
      StyledText(
        columns([
          share.check, "\(share.held)", "\(share.agree)", "\(share.explained)",
          "\(share.held - share.agree - share.explained)", "\(decimal(share.percent, 1)) %",
        ]))
    }
    return [StyledText(head, .dim)] + rows + [StyledText()]
  }

  private static func leftOut(_ agreement: SuiteAgreement, _ width: Int) -> [StyledText] {
    guard !agreement.leftOut.isEmpty else { return [] }
    var lines = [StyledText("Not judged", .bold)]
    for one in agreement.leftOut.prefix(30) {
      lines += wrapped("\(one.items): \(one.reason)", width, indented: 2, nil)
    }
    let rest = agreement.leftOut.count - 30
    if rest > 0 { lines.append(StyledText("  and \(rest) more reasons", .dim)) }
    return lines + [StyledText()]
  }

  private static func differences(
    _ run: RunRecord, _ width: Int, _ directory: String
  ) -> [StyledText] {
    let trials = run.currentTrials.filter {
      $0.isCounted && ($0.standing.urgency > 0 || $0.checks.contains { !$0.agrees })
    }.sorted { $0.standing.urgency > $1.standing.urgency }
    guard !trials.isEmpty else { return [] }
    var lines = [
      StyledText("Disagreements", .bold) + StyledText("  evidence in \(directory)", .dim)
    ]
    for trial in trials {
      let (word, style): (String, Style) =
        switch trial.standing {
        case .unmet: ("unmet", .boldRed)
        case .inconclusive, .flaky, .known: (trial.standing.rawValue, .yellow)
        case .met, .skipped: ("explained", .dim)
        }
      lines.append(StyledText("\(trial.id.scenario): ") + StyledText(word, style))
      lines += wrapped(trial.reason ?? "no reason was recorded", width, indented: 5, nil)
    }
    return lines + [StyledText()]
  }

  private static func wrapped(
    _ text: String, _ width: Int, indented: Int, _ style: Style?
  ) -> [StyledText] {
    DisplayText.lines(of: text, to: width - indented).map {
      StyledText(String(repeating: " ", count: indented) + $0, style)
    }
  }
}

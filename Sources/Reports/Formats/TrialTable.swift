// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// One kernel's and profile's table: a scenario a row, with its control, its program and its module.
struct TrialTable {
  private let rows: [(scenario: String, cells: [Mechanism: [TrialRecord]], control: Control)]
  private let secondLooks: [TrialID: SecondLook]
  private let nameWidth: Int
  private let cellWidth: Int
  /// One column, so that the longest category fits at 80.
  private let gap = " "

  private typealias Control = [Mechanism: [TrialRecord]]

  init(planned: [TrialID], trials: [TrialRecord], secondLooks: [SecondLook], width: Int) {
    self.secondLooks = Dictionary(
      secondLooks.map { ($0.first, $0) }, uniquingKeysWith: { $1 })
    var names: [String] = []
    for id in planned where !names.contains(id.scenario) { names.append(id.scenario) }
    rows = names.map { name in
      let own = trials.filter { $0.id.scenario == name }
      func byMechanism(armed: Bool) -> [Mechanism: [TrialRecord]] {
        Dictionary(grouping: own.filter { $0.id.armed == armed }, by: \.id.mechanism)
      }
      return (name, byMechanism(armed: true), byMechanism(armed: false))
    }
    let longest = names.map { DisplayText.width(DisplayText.escape($0)) }.max() ?? 0
    nameWidth = min(max(longest, 20), width * 5 / 16)
    cellWidth = (width - nameWidth - 2 * gap.count) / 2
  }

  func lines(notes: inout Notes) -> [StyledText] {
    let rule = [nameWidth, cellWidth, cellWidth]
      .map { String(repeating: "─", count: $0) }.joined(separator: gap)
    var lines = [
      columns(
        StyledText("scenario, control", .dim), StyledText(Mechanism.bpf.title, .dim),
        StyledText(Mechanism.lkm.title, .dim)),
      StyledText(rule, .dim),
    ]
    for row in rows {
      let cells = [
        [StyledText(row.scenario, .bold), controlLine(row.control, notes: &notes)],
        cell(row.cells[.bpf] ?? [], control: row.control[.bpf], notes: &notes),
        cell(row.cells[.lkm] ?? [], control: row.control[.lkm], notes: &notes),
      ]
      for index in 0..<(cells.map(\.count).max() ?? 0) {
        let line = cells.map { index < $0.count ? $0[index] : StyledText() }
        lines.append(columns(line[0], line[1], line[2]))
      }
    }
    return lines
  }

  private func columns(_ name: StyledText, _ bpf: StyledText, _ lkm: StyledText) -> StyledText {
    guard lkm.width > 0 else {
      guard bpf.width > 0 else { return name.cut(to: nameWidth) }
      return name.cut(to: nameWidth).padded(to: nameWidth) + StyledText(gap)
        + bpf.cut(to: cellWidth)
    }
    return name.cut(to: nameWidth).padded(to: nameWidth) + StyledText(gap)
      + bpf.cut(to: cellWidth).padded(to: cellWidth) + StyledText(gap) + lkm.cut(to: cellWidth)
  }

  /// The control group in a line: `✓ 64 = 64`, the program's observation first. The mark is what the
  /// line is for, so it comes first: a narrow column cuts the rest.
  private func controlLine(_ control: Control, notes: inout Notes) -> StyledText {
    let trials = Mechanism.allCases.flatMap { control[$0] ?? [] }
    guard !trials.isEmpty else { return StyledText("  no control", .dim) }
    if trials.allSatisfy({ $0.outcome == .skipped }) { return StyledText("  – skipped", .dim) }
    var marks = ""
    for trial in trials { marks += notes.mark(trial) }
    let shown = Mechanism.allCases.map { mechanism in
      let own = control[mechanism] ?? []
      return (own.first { $0.outcome != .met } ?? own.first)?.observed
    }
    // One twin that its kernel can't run leaves nothing to compare the other with.
    if marks.isEmpty, trials.contains(where: { $0.outcome == .skipped }) {
      let texts = shown.map { $0.map { "\($0)" } ?? "–" }
      return StyledText("  – \(texts[0]), \(texts[1])", .dim)
    }
    guard Mechanism.allCases.allSatisfy({ control[$0] != nil }) || !marks.isEmpty else {
      let texts = shown.map { $0.map { "\($0)" } ?? "?" }
      return StyledText("  · ", .yellow) + StyledText("\(texts[0]), \(texts[1])", .dim)
    }
    let sign = shown[0] == shown[1] && shown[0] != nil ? "=" : "≠"
    let texts = shown.map { $0.map { "\($0)" } ?? "?" }
    let met = trials.allSatisfy { $0.outcome == .met } && shown[0] != nil && shown[0] == shown[1]
    return StyledText(met ? "  ✓ " : "  ✗\(marks) ", met ? .green : .boldRed)
      + StyledText("\(texts[0]) \(sign) \(texts[1])", .dim)
  }

  /// An armed twin's result. Of several repetitions the first that isn't met is shown, or the
  /// first, with how many were like it.
  private func cell(
    _ trials: [TrialRecord], control: [TrialRecord]?, notes: inout Notes
  ) -> [StyledText] {
    guard let trial = trials.first(where: { $0.outcome != .met }) ?? trials.first else {
      return [StyledText("· not run", .dim)]
    }
    if trial.outcome == .skipped {
      let reason = trial.reason.map { [StyledText("  \($0)", .dim)] } ?? []
      return [StyledText("– skipped", .dim)] + reason
    }
    let verdict = trial.verdict
    let rulingClass = verdict.ruling.rulingClass
    var lines = [
      StyledText("\(rulingClass.sign) \(verdict.ruling.word(armed: true))", rulingClass.style)
    ]
    if let finding = TrialTable.finding(verdict) {
      if lines[0].width + 1 + DisplayText.width(finding) <= cellWidth {
        lines[0] = lines[0] + StyledText(" \(finding)")
      } else {
        lines.append(StyledText("  \(finding)"))
      }
    }
    if let source = verdict.source {
      let own = Scenario.sourcePath(trial.id.mechanism, of: trial.id.scenario)
      // The row and the column say which file it is.
      let place =
        source.file == own
        ? "line \(source.line)" : DisplayText.escape("\(source.file):\(source.line)")
      lines.append(StyledText("  \(DisplayText.cutStart(place, to: cellWidth - 2))", .dim))
    }
    // That nothing noticed does not say that nothing changed.
    if verdict.ruling == .survived, let observed = trial.observed,
      let usual = control?.first?.observed, observed != usual
    {
      lines.append(StyledText("  counted \(observed), not \(usual)", .yellow))
    }
    let look = secondLooks[trial.id]
    if let look {
      lines += DisplayText.lines(of: look.sentence, to: cellWidth - 2)
        .map { StyledText("  \($0)", look.seen == true ? Style.yellow : .dim) }
    }
    if trials.count > 1 {
      let alike = trials.count {
        $0.verdict.ruling == verdict.ruling && $0.verdict.kind == verdict.kind
          && $0.outcome == trial.outcome
      }
      lines.append(StyledText("  \(alike) of \(trials.count) alike", .dim))
    }
    var marks = ""
    var marked: [Standing] = []
    for trial in trials.flatMap({ [$0] + (secondLooks[$0.id]?.second.map { [$0] } ?? []) }) {
      let mark = notes.mark(trial)
      marks += mark
      if !mark.isEmpty { marked.append(trial.standing) }
    }
    if let worst = marked.max(by: { $0.urgency < $1.urgency }) {
      let style: Style = worst == .unmet ? .boldRed : .yellow
      let sign =
        switch worst {
        case .unmet: "✗ unmet"
        case .flaky: "~ flaky"
        case .known: "· known"
        case .inconclusive, .met, .skipped: "? not decided"
        }
      lines.append(StyledText("\(sign)\(marks)", style))
    }
    return lines
  }

  /// The reason for the ruling, in a word: the rule or gate, the guard, the kernel's kind.
  static func finding(_ verdict: Verdict) -> String? {
    if let category = verdict.category { return category.rawValue }
    if let kind = verdict.kind { return kind.rawValue }
    return verdict.by.map { "by \($0)" }
  }
}

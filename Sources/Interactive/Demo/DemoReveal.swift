// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Record
import Reports
import Verdicts

// The pictures that explain the verdict.
extension DemoScreen {
  var reveal: Body {
    switch state.page {
    case .verdicts: document(verdictPage)
    case .reasons: document(reasonPage)
    case .lesson: document(lessonPage)
    }
  }

  /// Both verdicts, and the lines to blame.
  private var verdictPage: [Row] {
    if state.isZoomed { return verdictColumn(state.focus, width) }
    let half = (width - 3) / 2
    let columns = Mechanism.shown.map { verdictColumn($0, $0 == .lkm ? half : width - 3 - half) }
    return (0..<max(columns[0].count, columns[1].count)).map { index in
      let left = index < columns[0].count ? columns[0][index] : Row()
      let right = index < columns[1].count ? columns[1][index] : Row()
      return .halves(left, right, column: half)
    }
  }

  private func verdictColumn(_ mechanism: Mechanism, _ width: Int) -> [Row] {
    var rows = [Row(margin: "  ", text: noun(mechanism), style: .bold)]
    guard let answer = state.trial(mechanism)?.answer else {
      return rows + [Row(margin: "  ", text: "no verdict")]
    }
    rows += verdictRows(answer, mechanism, width, isShort: false)
    rows += [Row()]
    let verdict = answer.record.verdict
    let twin = state.scenario.twins[mechanism]
    let sign = verdict.ruling.rulingClass
    var source = DemoSource(twin: twin, isArmed: state.isArmed)
    if let place = verdict.source, place.file == twin.path {
      source.blamed = (place.line, sign.sign, sign.style)
      rows += Rows.paragraphs(
        "\(sign == .refused ? "rejected" : "it happened") at line \(place.line):", width, indent: 2)
    } else {
      rows.append(Row(margin: "  ", text: "the armed lines:"))
    }
    return rows + source.excerpt(width, around: 2)
  }

  /// What theory expected, what the kernel said, and the verifier's reason in plain words.
  private var reasonPage: [Row] {
    var rows: [Row] = []
    let width = min(width, 110)
    for mechanism in Mechanism.shown {
      guard let answer = state.trial(mechanism)?.answer else { continue }
      if !rows.isEmpty { rows.append(Row()) }
      rows.append(Row(margin: "  ", text: "Why: the \(noun(mechanism))", style: .bold))
      rows += Rows.paragraphs(state.scenario.twins[mechanism].because, width - 2, indent: 4)
      let record = answer.record
      if record.outcome == .unmet, let reason = record.reason {
        rows += Rows.paragraphs(
          "Unlike what the scenario declares: \(reason)", width - 2, indent: 4)
      }
      if let rejection = answer.rejection {
        rows += ExplainReport.lines(rejection, width: width - 4)
          .map { Row.styled(StyledText("    ") + $0) }
      } else {
        let said = record.verdict.evidence.prefix(4).map(\.text)
        for (number, line) in said.enumerated() {
          rows += Rows.field(
            number == 0 ? "  said" : "", line, width - 2, indent: 12, style: .cyan)
        }
      }
    }
    return rows
  }

  private var lessonPage: [Row] {
    let width = min(width, 100)
    var rows = [Row(margin: "  ", text: "The lesson", style: .bold), Row()]
    rows += Rows.paragraphs(state.scenario.lesson, width - 2, indent: 2)
    if !state.scenario.mirrors.isEmpty {
      rows += [Row(), Row(margin: "  ", text: "Real bugs like it", style: .bold)]
      rows += state.scenario.mirrors.flatMap { Rows.paragraphs($0, width - 2, indent: 2) }
    }
    return rows
  }

  var scores: Body {
    let score = state.score
    let nameWidth = min(30, width - 50)
    let cell = max((width - nameWidth - 4) / 2, 16)
    var rows = [Row()]
    rows.append(
      Row(
        margin: "  ",
        text: score.of == 0
          ? "What happened to the kernel" : "\(score.right) of \(score.of) predictions were right",
        style: .bold))
    rows.append(Row())
    func row(_ name: String, _ left: String, _ right: String, _ style: Style? = nil) -> Row {
      Row(
        margin: "  ",
        text: DisplayText.pad(DisplayText.cutEnd(name, to: nameWidth - 1), to: nameWidth)
          + DisplayText.pad(DisplayText.cutEnd(left, to: cell - 1), to: cell)
          + DisplayText.cutEnd(right, to: cell), style: style)
    }
    rows.append(row("", noun(.lkm), noun(.bpf), .dim))
    for index in state.scenarios.indices {
      rows.append(
        row(state.scenarios[index].name, cellWords(index, .lkm), cellWords(index, .bpf)))
    }
    rows.append(Row())
    rows += Rows.paragraphs(
      "A module is the kernel, and what it does wrong, the kernel does. A program is checked before "
        + "it runs: what the check promises was kept here, and what it does not promise was seen, "
        + "too.", min(width, 100) - 2, indent: 2)
    return document(rows)
  }

  private func cellWords(_ index: Int, _ mechanism: Mechanism) -> String {
    let id = DemoTrialID(
      scenario: state.scenarios[index].name, mechanism: mechanism, armed: true)
    guard let answer = state.trials[id]?.answer else { return "–" }
    let ruling = answer.record.verdict.ruling
    let mark = state.isRight(index, mechanism).map { $0 ? " (right)" : " (wrong)" } ?? ""
    return "\(ruling.rulingClass.sign) \(ruling.word(armed: true))\(mark)"
  }
}

// What is laid over the pictures.
extension DemoScreen {
  var help: Body {
    let keys: [(String, String)] = [
      ("space, enter, →", "continue: question, sources, the guests run, why, lesson, next"),
      ("←, b", "go back"),
      ("r c u d x", "predict for the twin that ▸ points to; a capital letter for both"),
      ("tab", "the other twin"),
      ("a", "disarm the twins, or arm them again"),
      ("z", "zoom the twin that ▸ points to, or show both"),
      ("l", "the whole log; v changes between verifier's log and console"),
      ("↑ ↓, k j", "scroll by a line; page up and page down by more, home and end to the ends"),
      ("n", "the presenter's notes"),
      ("t", "run the same trials again, in fresh guests"),
      ("ctrl-z", "suspend to the shell; fg comes back"),
      ("q", "quit"),
    ]
    var rows = [Row(margin: "  ", text: "Keys", style: .bold), Row()]
    for (key, meaning) in keys { rows += Rows.field(key, meaning, width - 2, indent: 20) }
    rows += [Row(), Row(margin: "  ", text: "Marks", style: .bold), Row()]
    rows += Rows.field("▶ ▷", "a line that the arming bit switches: on, off", width - 2, indent: 20)
    rows += Rows.field(
      "■ ◆ ○ ▲ ✖",
      "rejected, contained, unnoticed, damaged, crashed; next to a line: the one to blame",
      width - 2, indent: 20)
    rows += Rows.field("▌", "the line of a log that the verdict rests on", width - 2, indent: 20)
    return document(rows)
  }

  var notes: Body {
    let scenario = state.scenario
    let width = min(width, 100)
    var rows = [Row(margin: "  ", text: "Notes: \(scenario.title)", style: .bold), Row()]
    rows += Rows.field("weakness", scenario.weakness, width - 2, indent: 12)
    rows += Rows.field(
      "control", "disarmed, both report \(scenario.control): a shows it", width - 2, indent: 12)
    if let differs = scenario.differs {
      rows += Rows.field("differs", differs, width - 2, indent: 12)
    }
    rows.append(Row())
    for mechanism in Mechanism.shown {
      rows += Rows.field(
        mechanism == .lkm ? "module" : "program", scenario.twins[mechanism].because, width - 2,
        indent: 12)
    }
    rows.append(Row())
    rows += Rows.paragraphs(scenario.lesson, width - 2, indent: 2)
    if !scenario.mirrors.isEmpty {
      rows.append(Row())
      rows += scenario.mirrors.flatMap { Rows.field("mirrors", $0, width - 2, indent: 12) }
    }
    return document(rows)
  }

  func log(_ mechanism: Mechanism, verifier: Bool) -> Body {
    guard let trial = state.trial(mechanism) else { return document([]) }
    let (rows, mark) = logRows(trial, mechanism, verifier: verifier, width: width)
    let what = verifier ? "the verifier's log" : "the guest's console"
    let head = title(mechanism, noun(mechanism), "\(what), \(rows.count) lines", width)
    let scroll = Scroll(
      rows, height: bodyHeight - 1,
      offset: state.scrolls[state.place] ?? mark.map { $0 - bodyHeight / 3 } ?? 0)
    return Body(lines: [head.styled] + scroll.rows, scroll: scroll)
  }
}

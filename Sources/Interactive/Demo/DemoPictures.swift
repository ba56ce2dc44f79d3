// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import Record
import Reports
import Verdicts

// The pictures before the verdict: the question, the sources, the trial.
extension DemoScreen {
  /// A kernel's line without its timestamp, `[    5.269045] `, which takes a third of a narrow
  /// pane.
  private func withoutTime(_ line: String) -> String {
    guard line.first == "[", let end = line.firstIndex(of: "]"),
      line[..<end].dropFirst().allSatisfy({ $0 == " " || $0 == "." || $0.isNumber })
    else { return line }
    return String(line[end...].dropFirst(2))
  }

  /// Of a name in front of a text.
  private static let indent = 12

  var question: Body {
    let scenario = state.scenario
    var rows = [Row(), Row(margin: "  ", text: scenario.title, style: .bold), Row()]
    rows += Rows.field("job", scenario.job, width - 2, indent: Self.indent)
    rows += Rows.field("fault", scenario.fault, width - 2, indent: Self.indent, style: .bold)
    let hooks = scenario.hooks
    rows += Rows.field(
      "hook", hooks.lkm == hooks.bpf ? hooks.lkm : "\(hooks.lkm); as a program \(hooks.bpf)",
      width - 2, indent: Self.indent)
    rows += [Row(), Row(margin: "  ", text: "What happens to the kernel?", style: .bold), Row()]
    for mechanism in Mechanism.shown {
      rows.append(
        Row(
          margin: state.focus == mechanism && state.isArmed ? "  ▸ " : "    ",
          text: DisplayText.pad("as \(article(mechanism)) \(noun(mechanism))", to: 22)
            + guessWords(mechanism),
          style: state.guesses[state.index]?[mechanism] == nil ? nil : .bold))
    }
    rows.append(Row())
    rows += Guess.allCases.map { guess in
      Row(
        margin: "      \(guess.key)  ",
        text:
          "\(guess.rulingClass.sign) \(DisplayText.pad(guess.word, to: 10)) \(guess.meaning)",
        style: guess.rulingClass.style)
    }
    return document(rows)
  }

  private func article(_ mechanism: Mechanism) -> String { mechanism == .lkm ? "a" : "an" }

  func noun(_ mechanism: Mechanism) -> String {
    mechanism == .lkm ? "kernel module" : "eBPF program"
  }

  /// What was predicted of an armed twin.
  func guessWords(_ mechanism: Mechanism) -> String {
    guard let guess = state.guesses[state.index]?[mechanism] else { return "?" }
    return "\(guess.rulingClass.sign) \(guess.word)"
  }

  func sourceColumn(_ mechanism: Mechanism, width: Int) -> Column {
    let twin = state.scenario.twins[mechanism]
    var head = [title(mechanism, noun(mechanism), twin.path, width)]
    if state.isArmed {
      let isAsked = state.focus == mechanism && state.trial(mechanism) == nil
      head.append(
        Row(
          margin: isAsked ? "▸ " : "  ", text: "prediction: \(guessWords(mechanism))",
          style: isAsked ? .bold : nil))
    } else {
      head += Rows.paragraphs(
        "disarmed: it does its job, and reports \(state.scenario.control)", width, indent: 2)
    }
    let (rows, mark) = DemoSource(twin: twin, isArmed: state.isArmed).rows(width)
    return Column(head: head, rows: rows) { mark - $0 / 2 }
  }

  func title(_ mechanism: Mechanism, _ name: String, _ what: String, _ width: Int) -> Row {
    let sign = state.focus == mechanism && state.phase != .sources ? "▸ " : "  "
    let room = width - DisplayText.width(sign + name) - 2
    let shown = room >= 8 ? DisplayText.cutStart(what, to: room) : ""
    return .styled(StyledText(sign + name, .bold) + StyledText("  " + shown, .dim))
  }

  func trialColumn(_ mechanism: Mechanism, width: Int) -> Column {
    guard let trial = state.trial(mechanism) else { return Column(head: [], rows: []) { _ in 0 } }
    let isVerifiers = !trial.verifier.isEmpty
    let name = title(mechanism, noun(mechanism), isVerifiers ? "verifier's log" : "console", width)
    let (rows, mark) = logRows(trial, mechanism, verifier: isVerifiers, width: width)
    return Column(head: [name] + status(of: trial, mechanism, width), rows: rows) {
      mark.map { $0 - 2 } ?? rows.count - $0
    }
  }

  /// A log's rows, and the position of the line that the verdict rests on.
  func logRows(_ trial: DemoTrial, _ mechanism: Mechanism, verifier: Bool, width: Int)
    -> (rows: [Row], mark: Int?)
  {
    let log = verifier ? trial.verifier : trial.console
    if log.isEmpty {
      let words = verifier ? "the verifier wrote no log" : "the console is silent; the agent says:"
      var rows = [Row(margin: "  ", text: words, style: .dim)]
      guard !verifier else { return (rows, nil) }
      rows += trial.story.flatMap { moment in
        Rows.field("\(decimal(moment.seconds, 2)) s", moment.text, width, indent: 11)
      }
      return (rows, nil)
    }
    let file = verifier ? "verifier.log" : "console.log"
    let verdict = state.isCovered(mechanism) ? nil : trial.answer?.record.verdict
    let cited = verdict?.evidence.filter { $0.file == file } ?? []
    let style = verdict?.ruling.rulingClass.style
    var rows: [Row] = []
    var mark: Int?
    for (index, line) in log.lines.enumerated() {
      // The verifier's log may have lines left out: the text decides, too.
      let isCited = cited.contains { $0.line == index + 1 || (verifier && $0.text == line) }
      if isCited { mark = mark ?? rows.count }
      let text = verifier || width >= 70 ? line : withoutTime(line)
      for piece in Rows.broken(Rows.expandTabs(text, to: 8), width - 1) {
        rows.append(Row(margin: isCited ? "▌" : " ", text: piece, style: isCited ? style : nil))
      }
    }
    return (rows, mark)
  }

  /// What a trial does, or its result; if it takes long, why.
  private func status(of trial: DemoTrial, _ mechanism: Mechanism, _ width: Int) -> [Row] {
    switch trial.status {
    case .ordered: return [Row(margin: "  ", text: "preparing a guest …")]
    case .failed(let reason):
      return Rows.paragraphs("? no answer: \(reason)", width, indent: 2, style: .bold)
    case .running:
      let seconds = decimal(state.now - trial.ordered, 1)
      var rows = Rows.paragraphs(
        "\(trial.story.last?.text ?? "it runs") · \(seconds) s", width, indent: 2)
      rows += Rows.paragraphs(waiting(trial), width, indent: 2, style: .yellow)
      return rows
    case .answered where state.isCovered(mechanism):
      let prediction = state.isArmed ? ["prediction: \(guessWords(mechanism))"] : []
      return Rows.paragraphs("it is over; the verdict is covered", width, indent: 2, style: .bold)
        + prediction.flatMap { Rows.paragraphs($0, width, indent: 4) }
    case .answered(let answer):
      return verdictRows(answer, mechanism, width, isShort: true)
    }
  }

  /// Why nothing happens; empty if something does.
  private func waiting(_ trial: DemoTrial) -> String {
    let silence = decimal(state.now - trial.lastWord, 1)
    if trial.isQuestioned {
      return "silent for \(silence) s: an NMI asks the kernel for a backtrace"
    }
    if trial.isSuspected {
      return
        "silent for \(silence) s: does it hang? Its registers are read until they prove it, or "
        + "the kernel's own watchdog speaks"
    }
    guard state.now - trial.lastWord > 1 else { return "" }
    return "silent for \(silence) s: after 2.3 s a hang is suspected"
  }

  /// - Parameter isShort: without what the reveal shows.
  func verdictRows(
    _ answer: StageAnswer, _ mechanism: Mechanism, _ width: Int, isShort: Bool
  ) -> [Row] {
    let verdict = answer.record.verdict
    let rulingClass = verdict.ruling.rulingClass
    let by = verdict.by.map { " by \($0)" } ?? ""
    var rows = Rows.paragraphs(
      "\(rulingClass.sign) \(verdict.ruling.word(armed: answer.record.id.armed))\(by)"
        + " · \(elapsed(answer.seconds))", width,
      indent: 2, style: rulingClass.style)
    if let title = verdict.title, title != verdict.ruling.rawValue + by {
      rows += Rows.paragraphs(title, width, indent: 4, style: .bold)
    } else if let observed = answer.record.observed {
      rows += Rows.paragraphs("it counted \(observed)", width, indent: 4)
    }
    if let isRight = state.isArmed ? state.isRight(state.index, mechanism) : nil {
      rows += Rows.paragraphs(
        "prediction: \(guessWords(mechanism)) – \(isRight ? "right" : "wrong")", width, indent: 4,
        style: isRight ? .bold : .dim)
    }
    return rows
  }

  private func elapsed(_ seconds: Double) -> String {
    seconds < 1 ? "\(decimal(seconds * 1000, 0)) ms" : duration(seconds)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
package import Reports
import Verdicts

/// The picture of a demo: as many lines as the terminal has rows, none longer than it is wide.
package struct DemoScreen {
  let state: DemoState
  let width: Int
  let height: Int

  private static let smallest = ScreenSize(columns: 60, rows: 18)

  package init(_ state: DemoState) {
    self.state = state
    width = state.size.columns
    height = state.size.rows
  }

  package var lines: [StyledText] {
    guard width >= Self.smallest.columns, height >= Self.smallest.rows else {
      let words =
        "The demo needs \(Self.smallest.columns) columns and \(Self.smallest.rows) rows; this "
        + "terminal has \(width) and \(height). Enlarge it, or use a smaller font. q quits."
      return fit(Rows.paragraphs(words, width).map(\.styled), to: height)
    }
    let body = body
    return [header, rule] + fit(body.lines, to: bodyHeight)
      + [remark(body.scroll), hints.cut(to: width)]
  }

  /// What the keys for scrolling move: the first row that is shown, and the last that can be.
  var scrolling: (offset: Int, last: Int) {
    body.scroll.map { ($0.offset, $0.last) } ?? (0, 0)
  }

  var bodyHeight: Int { height - 4 }

  private var body: Body {
    switch state.overlay {
    case .help: return help
    case .notes: return notes
    case .log(let mechanism, let verifier): return log(mechanism, verifier: verifier)
    case nil: break
    }
    switch state.phase {
    case .question: return question
    case .sources: return columns { sourceColumn($0, width: $1) }
    case .trial: return columns { trialColumn($0, width: $1) }
    case .reveal: return reveal
    case .score: return scores
    }
  }

  /// What is between header and hints.
  struct Body {
    var lines: [StyledText]
    var scroll: Scroll?

    init(lines: [StyledText], scroll: Scroll?) {
      self.lines = lines
      self.scroll = scroll
    }

    init(_ shown: (lines: [StyledText], scroll: Scroll)) {
      self.init(lines: shown.lines, scroll: shown.scroll)
    }
  }

  private func fit(_ lines: [StyledText], to count: Int) -> [StyledText] {
    let lines = lines.prefix(count).map { $0.cut(to: width) }
    return lines + Array(repeating: StyledText(), count: max(0, count - lines.count))
  }

  /// What one twin's column shows: a head that stays, and rows that are scrolled.
  struct Column {
    var head: [Row]
    var rows: [Row]
    /// The first row if nobody scrolled, by the height that is left below the head.
    var start: (_ height: Int) -> Int
  }

  /// Both twins side by side, or the one that is zoomed.
  private func columns(_ column: (Mechanism, _ width: Int) -> Column) -> Body {
    if state.isZoomed {
      let zoomed = column(state.focus, width)
      return Body(shown(zoomed, state.focus, width, headHeight: zoomed.head.count))
    }
    let half = (width - 3) / 2
    let left = column(.lkm, half)
    let right = column(.bpf, width - 3 - half)
    let headHeight = max(left.head.count, right.head.count)
    let first = shown(left, .lkm, half, headHeight: headHeight)
    let second = shown(right, .bpf, width - 3 - half, headHeight: headHeight)
    return Body(
      lines: beside(first.lines, second.lines, half),
      scroll: state.focus == .lkm ? first.scroll : second.scroll)
  }

  private func shown(
    _ column: Column, _ mechanism: Mechanism, _ width: Int, headHeight: Int
  ) -> (lines: [StyledText], scroll: Scroll) {
    let head = column.head.map(\.styled)
    let space = Array(repeating: StyledText(), count: headHeight - head.count)
    let room = bodyHeight - headHeight - 1
    let scroll = Scroll(
      column.rows, height: room, offset: offset(mechanism) ?? column.start(room))
    let rule = StyledText(String(repeating: "─", count: width), .dim)
    return (head + space + [rule] + scroll.rows, scroll)
  }

  /// How far the user scrolled a column.
  private func offset(_ mechanism: Mechanism) -> Int? {
    var place = state.place
    place.focus = mechanism
    return state.scrolls[place]
  }

  private func beside(
    _ left: [StyledText], _ right: [StyledText], _ column: Int
  ) -> [StyledText] {
    (0..<max(left.count, right.count)).map { index in
      let first = index < left.count ? left[index] : StyledText()
      let second = index < right.count ? right[index] : StyledText()
      return first.cut(to: column).padded(to: column) + StyledText(" │ ", .dim) + second
    }
  }

  /// One text that is scrolled as a whole.
  func document(_ rows: [Row]) -> Body {
    let scroll = Scroll(rows, height: bodyHeight, offset: state.scrolls[state.place] ?? 0)
    return Body(lines: scroll.rows, scroll: scroll)
  }
}

// What is around every picture.
extension DemoScreen {
  private var header: StyledText {
    let score = state.score
    let place = "\(state.index + 1)/\(state.scenarios.count)"
    let name = state.phase == .score ? "the score" : "\(place) \(state.scenario.name)"
    let arm = state.isArmed || state.phase == .score ? "" : " · disarmed"
    let left = " Panic Room · \(name)\(arm)"
    let points = score.of == 0 ? "" : " · \(score.right) of \(score.of) right"
    let right = "\(state.isReplay ? "recorded: " : "")\(state.setting)\(points) "
    let room = width - DisplayText.width(left) - 1
    let shown = DisplayText.width(right) <= room ? right : DisplayText.cutStart(right, to: room)
    return
      (StyledText(left, .reversed)
      + StyledText(
        String(repeating: " ", count: max(1, room + 1 - DisplayText.width(shown))), .reversed)
      + StyledText(shown, .reversed)).cut(to: width)
  }

  private var rule: StyledText { StyledText(String(repeating: "─", count: width), .dim) }

  private func remark(_ scroll: Scroll?) -> StyledText {
    var words: [String] = []
    if let remark = state.remark { words.append(remark) }
    if let view = scroll, view.last > 0 {
      let below = view.last - view.offset
      words.append(
        view.offset == 0
          ? "↓ \(below) more"
          : below == 0
            ? "↑ \(view.offset) more"
            : "↑ \(view.offset)  ↓ \(below) more")
    }
    guard !words.isEmpty else { return rule }
    let text = "── " + words.joined(separator: " · ") + " "
    let rest = String(repeating: "─", count: max(0, width - DisplayText.width(text)))
    return StyledText(text + rest, state.remark == nil ? .dim : .bold).cut(to: width)
  }

  private var hints: StyledText {
    let words: [String]
    switch (state.overlay, state.phase) {
    case (.log, _): words = ["esc back", "tab other twin", "v console/verifier", "↑↓ scroll"]
    case (.some, _): words = ["esc back", "↑↓ scroll"]
    case (nil, .question), (nil, .sources):
      words =
        (state.isArmed ? Guess.allCases.map { "\($0.key) \($0.word)" } : [])
        + [state.phase == .question ? "space sources" : "space run", "? keys", "q quit"]
    case (nil, .trial):
      words =
        (!state.isOver ? [] : state.isHeld ? ["space verdict"] : ["space why"])
        + ["l log", "tab pane", "z zoom", "a \(armWord)", "n notes", "? keys", "q quit"]
    case (nil, .reveal):
      words = [
        "space on", "← back", "l log", "a \(armWord)", "n notes", "? keys", "q quit",
      ]
    case (nil, .score): words = ["← back", "q quit"]
    }
    var text = ""
    for word in words where DisplayText.width(text + word) + 3 <= width {
      text += " " + word + " "
    }
    return StyledText(text, .dim)
  }

  private var armWord: String { state.isArmed ? "disarm" : "arm" }
}

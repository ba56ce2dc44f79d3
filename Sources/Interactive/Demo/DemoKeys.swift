// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// What keys do.
extension DemoState {
  mutating func press(_ key: Key) -> [Action] {
    switch key {
    case .control("c"), .character("q"), .character("Q"):
      if overlay != nil, key != .control("c") {
        overlay = nil
        return []
      }
      return [.quit]
    case .control("z"): return [.suspend]
    case .control("l"): return []
    case .up, .character("k"): scroll(by: -1)
    case .down, .character("j"): scroll(by: 1)
    case .pageUp: scroll(by: -pageLines)
    case .pageDown: scroll(by: pageLines)
    case .home: scroll(by: -1_000_000)
    case .end: scroll(by: 1_000_000)
    case .tab, .backTab: changeFocus()
    default: return overlay == nil ? pressInPicture(key) : pressInOverlay(key)
    }
    return []
  }

  private mutating func pressInOverlay(_ key: Key) -> [Action] {
    switch (key, overlay) {
    case (.character("?"), .help), (.character("n"), .notes), (.character("l"), .log),
      (.escape, _), (.left, _), (.backspace, _), (.enter, _), (.character(" "), _):
      overlay = nil
    case (.character("v"), .log(let mechanism, let verifier)):
      overlay = .log(mechanism, verifier: !verifier)
    case (.character(let character), _): open(character)
    default: break
    }
    return []
  }

  private mutating func pressInPicture(_ key: Key) -> [Action] {
    switch key {
    case .enter, .character(" "), .right: return goOn()
    case .left, .backspace, .character("b"): return goBack()
    case .escape:
      isZoomed = false
      return []
    case .character("a"): return toggleArmed()
    case .character("z"):
      if phase == .question || phase == .score {
        remark = "there is nothing to zoom here"
      } else {
        isZoomed.toggle()
      }
      return []
    case .character("t"): return runAgain()
    case .character(let character):
      if !open(character) { guess(character) }
      return []
    default: return []
    }
  }

  /// - Returns: whether the key opens something.
  @discardableResult
  private mutating func open(_ key: Character) -> Bool {
    switch key {
    case "?", "h": overlay = .help
    case "n": overlay = .notes
    case "l": openLog()
    default: return false
    }
    return true
  }

  private mutating func openLog() {
    guard phase >= .trial, phase != .score, let trial = trial(focus) else {
      remark = "there is a log once a trial has run"
      return
    }
    overlay = .log(focus, verifier: !trial.verifier.isEmpty)
  }

  private mutating func changeFocus() {
    focus = focus.other
    if case .log = overlay { openLog() }
  }

  private mutating func guess(_ key: Character) {
    let isForBoth = key.isUppercase
    guard let guess = Guess.allCases.first(where: { String($0.key) == key.lowercased() }) else {
      remark = "\(key) does nothing here; ? shows the keys"
      return
    }
    guard phase == .question || phase == .sources else {
      remark = "predictions are made before the guests run"
      return
    }
    guard isArmed else {
      remark = "predictions are for the armed twins; press a to arm them"
      return
    }
    guard Mechanism.shown.allSatisfy({ trial($0) == nil }) else {
      remark = "the verdict is known already"
      return
    }
    for mechanism in isForBoth ? Mechanism.shown : [focus] {
      guesses[index, default: [:]][mechanism] = guess
    }
    if !isForBoth { focus = focus.other }
  }

  /// Arms or disarms the twins, and shows the sources as they will run.
  private mutating func toggleArmed() -> [Action] {
    guard phase != .score, !isRunning else {
      remark = phase == .score ? "there is nothing to arm here" : "the guests are still running"
      return []
    }
    isArmed.toggle()
    shownSince = now
    (phase, page, isZoomed) = (.sources, .verdicts, false)
    return [.expect(scenario: scenario.name, armed: isArmed)]
  }

  /// The place whose scrolling is meant now.
  var place: Place {
    let overlayName = overlay.map { "\($0)" } ?? ""
    let hasColumns = overlay == nil && (phase == .sources || phase == .trial)
    return Place(
      scenario: index, phase: phase, page: page, overlay: overlayName,
      focus: hasColumns ? focus : nil)
  }

  /// The lines that one page up or down goes by.
  private var pageLines: Int { max(size.rows - 8, 1) }

  /// One page down in a text that is longer than the screen.
  ///
  /// - Returns: false if its end is shown.
  mutating func scrollOn() -> Bool {
    let view = DemoScreen(self).scrolling
    guard view.offset < view.last else { return false }
    scrolls[place] = min(view.offset + max(size.rows - 6, 1), view.last)
    return true
  }

  /// Scrolls from where the view is now; the view knows its bounds.
  private mutating func scroll(by lines: Int) {
    let view = DemoScreen(self).scrolling
    let from = scrolls[place] ?? view.offset
    scrolls[place] = min(max(min(from, view.last) + lines, 0), view.last)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Lab
import Record
package import Trials
import Verdicts

/// A demo as a state machine: events go in, actions come out, and a picture can be made of it at
/// any time. It does nothing by itself, and knows no clock but the one in the events.
package struct DemoState: Sendable {
  package enum Event: Sendable {
    case key(Key)
    /// Time goes by.
    case tick
    case resized(ScreenSize)
    case news(DemoTrialID, TrialNews)
    case answered(DemoTrialID, StageAnswer)
    case failed(DemoTrialID, String)
  }

  package enum Action: Sendable, Equatable {
    /// Guests for this scenario's twins will be needed soon; `armed` is nil if it isn't known how.
    case expect(scenario: String, armed: Bool?)
    case run(DemoTrialID)
    case suspend
    case quit
  }

  /// The demo's position in its scenario.
  package enum Phase: Int, Sendable, Comparable {
    case question, sources, trial, reveal
    /// After the last scenario.
    case score

    package static func < (left: Phase, right: Phase) -> Bool { left.rawValue < right.rawValue }
  }

  enum Overlay: Sendable, Equatable {
    case help
    case notes
    /// A whole log: the verifier's, or else the console.
    case log(Mechanism, verifier: Bool)
  }

  /// What the reveal shows, one after the other.
  enum RevealPage: Int, CaseIterable, Sendable {
    case verdicts, reasons, lesson
  }

  /// What a view is scrolled by: each place remembers its own.
  struct Place: Hashable, Sendable {
    var scenario: Int
    var phase: Phase
    var page: RevealPage
    var overlay: String
    var focus: Mechanism?
  }

  package let scenarios: [DemoScenario]
  /// What the guests are, for the title: `Linux 6.1.0-56-cloud-amd64, TCG`.
  package let setting: String
  /// Whether what is shown was recorded.
  package let isReplay: Bool
  /// Seconds that each picture is shown if the demo plays by itself; nil if the user presses keys.
  package let pace: Double?
  /// Whether verdicts stay covered until the user goes on, so that the audience can read the logs and
  /// make up its mind.
  package let holds: Bool

  package internal(set) var size: ScreenSize
  package internal(set) var now = 0.0
  package internal(set) var index = 0
  package internal(set) var phase = Phase.question
  var page = RevealPage.verdicts
  var overlay: Overlay?
  /// The twin that the next guess is for, and that zoom, log and scrolling mean.
  var focus = Mechanism.lkm
  var isZoomed = false
  var isArmed = true
  var guesses: [Int: [Mechanism: Guess]] = [:]
  var trials: [DemoTrialID: DemoTrial] = [:]
  /// Trials whose verdicts were shown.
  private var uncovered: Set<DemoTrialID> = []
  var scrolls: [Place: Int] = [:]
  /// When the picture that is shown was come to.
  var shownSince = 0.0
  /// Something to say about the last key, until the next one.
  var remark: String?

  package init(
    scenarios: [DemoScenario], setting: String, size: ScreenSize, pace: Double? = nil,
    isReplay: Bool = false, holds: Bool = false
  ) {
    self.scenarios = scenarios
    self.setting = setting
    self.size = size
    self.pace = pace
    self.isReplay = isReplay
    self.holds = holds
  }

  package var scenario: DemoScenario { scenarios[index] }

  /// What is to be done before the first event.
  package var beginning: [Action] { [.expect(scenario: scenario.name, armed: isArmed)] }

  func id(_ mechanism: Mechanism) -> DemoTrialID {
    DemoTrialID(scenario: scenario.name, mechanism: mechanism, armed: isArmed)
  }

  func trial(_ mechanism: Mechanism) -> DemoTrial? { trials[id(mechanism)] }

  /// Whether both trials that are shown have ended.
  var isOver: Bool { Mechanism.shown.allSatisfy { trial($0)?.isOver == true } }

  /// Whether a trial has a verdict that nobody may see yet.
  func isCovered(_ id: DemoTrialID) -> Bool {
    holds && trials[id]?.answer != nil && !uncovered.contains(id)
  }

  func isCovered(_ mechanism: Mechanism) -> Bool { isCovered(id(mechanism)) }

  /// Whether one of the trials that are shown has such a verdict.
  var isHeld: Bool { Mechanism.shown.contains(where: isCovered) }

  var isRunning: Bool { trials.values.contains { !$0.isOver } }

  /// - Parameter now: seconds since the demo began.
  package mutating func handle(_ event: Event, at now: Double) -> [Action] {
    self.now = max(self.now, now)
    switch event {
    case .key(let key):
      remark = nil
      return press(key)
    case .tick: return playOn()
    case .resized(let size): self.size = size
    case .news(let id, let news): trials[id]?.take(news, at: self.now)
    case .answered(let id, let answer):
      trials[id]?.take(answer, at: self.now)
      return endTrial()
    case .failed(let id, let reason):
      trials[id]?.fail(reason, at: self.now)
      return endTrial()
    }
    return []
  }

  /// While the verdicts are read, guests get ready: disarming comes next, perhaps, or another scenario.
  private mutating func endTrial() -> [Action] {
    guard isOver else { return [] }
    shownSince = now
    return [.expect(scenario: scenario.name, armed: nil)]
  }

  /// Continues if the demo plays by itself and the picture was shown long enough.
  private mutating func playOn() -> [Action] {
    guard let pace, overlay == nil, now - shownSince >= pace else { return [] }
    if phase == .trial, !isOver { return [] }
    return phase == .score ? [.quit] : goOn()
  }

  /// To the next picture.
  mutating func goOn() -> [Action] {
    shownSince = now
    isZoomed = false
    switch phase {
    case .question: phase = .sources
    case .sources: return begin()
    case .trial:
      guard isOver else {
        remark = "the guests are still running"
        return []
      }
      if isHeld {
        uncovered.formUnion(Mechanism.shown.map(id))
        return []
      }
      (phase, page) = (.reveal, .verdicts)
    case .reveal:
      // What does not fit is read first.
      if scrollOn() { return [] }
      if let next = RevealPage(rawValue: page.rawValue + 1), isArmed {
        page = next
      } else {
        return nextScenario()
      }
    case .score: return [.quit]
    }
    return []
  }

  /// To the picture before.
  mutating func goBack() -> [Action] {
    guard phase != .trial || isOver else {
      remark = "the guests are still running"
      return []
    }
    shownSince = now
    isZoomed = false
    switch phase {
    case .question:
      guard index > 0 else {
        remark = "this is the first picture"
        return []
      }
      index -= 1
      isArmed = true
      // What was never run starts from the beginning.
      (phase, page) = isOver && !isHeld ? (.reveal, .lesson) : (.sources, .verdicts)
      return [.expect(scenario: scenario.name, armed: isArmed)]
    case .sources: phase = .question
    case .trial: phase = .sources
    case .reveal:
      if let before = RevealPage(rawValue: page.rawValue - 1) {
        page = before
      } else {
        phase = .trial
      }
    case .score: (phase, page) = (.reveal, .lesson)
    }
    return []
  }

  private mutating func nextScenario() -> [Action] {
    (page, isArmed, focus) = (.verdicts, true, .lkm)
    guard index + 1 < scenarios.count else {
      phase = .score
      return []
    }
    index += 1
    phase = .question
    return [.expect(scenario: scenario.name, armed: isArmed)]
  }

  /// Shows both trials; orders those that have no answer yet.
  private mutating func begin() -> [Action] {
    phase = .trial
    return Mechanism.shown.map(id).compactMap { id in
      if let trial = trials[id], !trial.isFailed { return nil }
      trials[id] = DemoTrial(ordered: now)
      return .run(id)
    }
  }

  mutating func runAgain() -> [Action] {
    guard isOver, phase == .trial || phase == .reveal else { return [] }
    guard !isReplay else {
      remark = "a recording has each trial once"
      return []
    }
    for mechanism in Mechanism.shown {
      trials[id(mechanism)] = nil
      uncovered.remove(id(mechanism))
    }
    return begin()
  }

  /// Guessed right, and guessed at all, over all armed trials that have a verdict.
  package var score: (right: Int, of: Int) {
    var score = (right: 0, of: 0)
    for index in scenarios.indices {
      for mechanism in Mechanism.shown {
        guard let isRight = isRight(index, mechanism) else { continue }
        score.of += 1
        if isRight { score.right += 1 }
      }
    }
    return score
  }

  /// Whether the guess was right; nil if none was made, or there is no verdict to compare it with.
  func isRight(_ index: Int, _ mechanism: Mechanism) -> Bool? {
    let id = DemoTrialID(scenario: scenarios[index].name, mechanism: mechanism, armed: true)
    guard let guess = guesses[index]?[mechanism], !isCovered(id), let answer = trials[id]?.answer,
      answer.record.verdict.ruling != .inconclusive
    else { return nil }
    return guess.rulingClass == answer.record.verdict.ruling.rulingClass
  }
}

extension DemoTrial {
  var isFailed: Bool {
    if case .failed = status { true } else { false }
  }
}

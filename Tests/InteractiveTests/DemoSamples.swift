// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Interactive
import Lab
import Record
import Reports
import Scenarios
import TestSupport
import Verdicts

enum Sample {
  /// A real demo, recorded with `panicroom demo --record`.
  static let recording: DemoRecording = {
    do {
      return try DemoRecording(path: Checkout.path("docs/samples/demo.jsonl"))
    } catch {
      fatalError("\(error)")
    }
  }()

  static func state(
    columns: Int = 80, rows: Int = 24, pace: Double? = nil, holds: Bool = false
  ) -> DemoState {
    DemoState(
      scenarios: recording.header.scenarios, setting: recording.header.setting,
      size: ScreenSize(columns: columns, rows: rows), pace: pace, isReplay: true,
      holds: holds)
  }

  static func answer(_ id: DemoTrialID) -> StageAnswer {
    guard let trial = recording.trials[id] else { fatalError("the sample has no \(id)") }
    return trial.answer
  }
}

/// A demo that is driven by hand, with a clock of its own.
struct Player {
  var state: DemoState
  var now = 0.0
  private(set) var actions: [DemoState.Action] = []

  init(_ state: DemoState) { self.state = state }

  mutating func handle(_ event: DemoState.Event) { actions = state.handle(event, at: now) }

  mutating func press(_ keys: String) {
    for key in keys { handle(.key(key == " " ? .character(" ") : .character(key))) }
  }

  /// Goes on to the trials and lets them run as they were recorded.
  mutating func runTrials() {
    while state.phase != .trial { press(" ") }
    for action in actions {
      guard case .run(let id) = action, let trial = Sample.recording.trials[id] else { continue }
      let ordered = now
      for event in trial.events {
        now = ordered + event.seconds
        handle(.news(id, event.news))
      }
      now = ordered + trial.answer.seconds
      handle(.answered(id, trial.answer))
      now = ordered
    }
    now += 10
  }

  var picture: String {
    DemoScreen(state).lines.map { $0.rendered(colour: false) + "\n" }.joined()
  }
}

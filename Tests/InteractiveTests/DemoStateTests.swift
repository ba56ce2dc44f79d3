// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Interactive
import Lab
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct DemoStateTests {
  @Test func theFirstScenariosGuestsAreWantedBeforeAnyKey() {
    let state = Sample.state()
    #expect(state.beginning == [.expect(scenario: state.scenario.name, armed: true)])
  }

  @Test func goingOnRunsBothTwinsOnceAndShowsTheReasons() {
    var player = Player(Sample.state())
    let name = player.state.scenario.name
    player.press(" ")
    #expect(player.state.phase == .sources)
    player.press(" ")
    #expect(player.state.phase == .trial)
    #expect(
      player.actions == [
        .run(.init(scenario: name, mechanism: .lkm, armed: true)),
        .run(.init(scenario: name, mechanism: .bpf, armed: true)),
      ])
    player.press(" ")
    #expect(player.state.phase == .trial, "guests run: nothing to reveal yet")
    player.press("b b")
    #expect(player.actions.isEmpty)
    player = Player(Sample.state())
    player.runTrials()
    player.press("   ")
    #expect(player.state.phase == .reveal)
    player.press("bbbb  ")
    #expect(player.actions.isEmpty, "a trial that has its verdict is not run again")
  }

  @Test func aKeyPredictsOneTwinAfterTheOtherAndACapitalBoth() {
    var player = Player(Sample.state())
    player.press("xr")
    player.runTrials()
    #expect(player.state.score == (2, 2))
    player = Player(Sample.state())
    player.press("X")
    player.runTrials()
    #expect(player.state.score == (1, 2))
  }

  /// With `--hold` the logs are there, and nothing says how it ended, before space is pressed.
  @Test func aHeldVerdictIsCoveredUntilSpace() {
    var player = Player(Sample.state(holds: true))
    player.press("xr")
    player.runTrials()
    let covered = player.picture
    #expect(covered.matches(of: /the verdict is covered/).count == 2)
    #expect(covered.contains("invalid mem access") && covered.contains("space verdict"))
    for word in ["oopsed", "rejected by", "right", "wrong", "▌"] {
      #expect(!covered.contains(word), "\(word)")
    }
    player.press("l")
    #expect(!player.picture.contains("▌"))
    player.press("l")
    #expect(player.state.score == (0, 0))
    player.press(" ")
    #expect(player.state.phase == .trial, "the verdict comes with its log")
    #expect(player.picture.contains("oopsed") && player.picture.contains("space why"))
    #expect(player.state.score == (2, 2))
    player.press(" ")
    #expect(player.state.phase == .reveal)
    player.press("b")
    #expect(player.picture.contains("oopsed"), "what was shown stays so")
    // Another trial has a verdict of its own.
    player.press("a")
    player.runTrials()
    #expect(player.picture.contains("the verdict is covered"))
  }

  @Test func predictionsEndWhenTheGuestsRun() {
    var player = Player(Sample.state())
    player.runTrials()
    player.press("xr")
    #expect(player.state.score == (0, 0))
    player.press("bxr")
    #expect(player.state.score == (0, 0), "the verdict is known")
  }

  @Test func disarmingShowsTheControlAndCountsNoPrediction() {
    var player = Player(Sample.state())
    player.press("xr")
    player.press("a")
    #expect(player.state.phase == .sources)
    #expect(player.actions == [.expect(scenario: player.state.scenario.name, armed: false)])
    player.press(" ")
    #expect(
      player.actions.contains(
        .run(.init(scenario: player.state.scenario.name, mechanism: .bpf, armed: false))))
    player.press("a")
    #expect(player.state.phase == .trial, "guests run: arming waits")
  }

  @Test func backFromTheFirstPictureAndOverlaysStayWhereTheyAre() {
    var player = Player(Sample.state())
    player.press("b")
    #expect(player.state.phase == .question)
    player.press("?")
    let help = player.picture
    player.press("x")
    #expect(player.picture == help, "a prediction is not made behind the help")
    player.press("q")
    #expect(player.actions.isEmpty, "q closes what lies on top first")
    player.press("q")
    #expect(player.actions == [.quit])
  }

  @Test func controlCQuitsFromEverywhere() {
    for keys in ["", "?", " ", "  "] {
      var player = Player(Sample.state())
      player.press(keys)
      player.handle(.key(.control("c")))
      #expect(player.actions == [.quit])
    }
  }

  @Test func byItselfItGoesOnAfterThePaceButNeverBeforeTheVerdict() {
    var player = Player(Sample.state(pace: 5))
    player.now = 4
    player.handle(.tick)
    #expect(player.state.phase == .question)
    player.now = 5
    player.handle(.tick)
    #expect(player.state.phase == .sources)
    player.now = 10
    player.handle(.tick)
    #expect(player.state.phase == .trial)
    let ids = player.actions.compactMap { action -> DemoTrialID? in
      if case .run(let id) = action { id } else { nil }
    }
    player.now = 100
    player.handle(.tick)
    #expect(player.state.phase == .trial)
    for id in ids { player.handle(.answered(id, Sample.answer(id))) }
    player.now = 104
    player.handle(.tick)
    #expect(player.state.phase == .trial)
    player.now = 105
    player.handle(.tick)
    #expect(player.state.phase == .reveal)
  }

  @Test func byItselfItComesToAnEnd() {
    var player = Player(Sample.state(pace: 1))
    for _ in 0..<200 {
      player.now += 1
      player.handle(.tick)
      if player.actions == [.quit] { break }
      for case .run(let id) in player.actions { player.handle(.answered(id, Sample.answer(id))) }
    }
    #expect(player.state.phase == .score)
    #expect(player.actions == [.quit])
  }

  @Test func aTrialWithoutAnAnswerIsToldAndCanBeRunAgain() {
    var player = Player(Sample.state())
    player.press("  ")
    for case .run(let id) in player.actions { player.handle(.failed(id, "QEMU is gone")) }
    #expect(player.picture.contains("QEMU is gone"))
    player.press("b ")
    #expect(player.actions.count == 2)
  }
}

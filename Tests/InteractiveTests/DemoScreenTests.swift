// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Interactive
import Lab
import Record
import Reports
import TestSupport
import Testing
import Trials

@Suite(.lane, .timeLimit(.minutes(5))) struct DemoScreenTests {
  /// Each picture of the first scenario of the sample, in its order.
  private static let pictures: [(name: String, keys: String)] = [
    ("question", "x"), ("sources", " r"), ("trial", " "), ("reveal", " "), ("reasons", " "),
    ("lesson", " "),
  ]

  @Test(arguments: [(80, 24), (120, 40)])
  func picturesAreAsRecorded(columns: Int, rows: Int) throws {
    var player = Player(Sample.state(columns: columns, rows: rows))
    var text = ""
    for picture in Self.pictures {
      if picture.name == "trial" { player.runTrials() } else { player.press(picture.keys) }
      text += "── \(picture.name) ──\n" + player.picture
    }
    try expectGolden(text, "demo-\(columns)x\(rows).txt")
  }

  @Test(arguments: [(80, 24), (60, 18), (132, 43), (33, 7), (300, 90)])
  func everyPictureFitsTheTerminal(columns: Int, rows: Int) {
    for keys in ["", "?", "n", " ", " z", "a", " a"] {
      var player = Player(Sample.state(columns: columns, rows: rows))
      player.press(keys)
      expectFit(player.picture, columns, rows)
    }
    var player = Player(Sample.state(columns: columns, rows: rows))
    player.runTrials()
    expectFit(player.picture, columns, rows)
    for keys in ["z", "z", "l", "v", "l", " ", "z", "z", " ", " ", " "] {
      player.press(keys)
      expectFit(player.picture, columns, rows)
    }
  }

  private func expectFit(_ picture: String, _ columns: Int, _ rows: Int) {
    let lines = picture.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == rows)
    #expect(lines.allSatisfy { $0.count <= columns }, "\(picture)")
  }

  @Test func theArmedLineIsInSightAtOnce() {
    for (columns, rows) in [(80, 24), (120, 40)] {
      var player = Player(Sample.state(columns: columns, rows: rows))
      player.press(" ")
      #expect(player.picture.contains("▶"))
      player.press("a")
      #expect(player.picture.contains("▷") && !player.picture.contains("▶"))
    }
  }

  @Test func aSilentGuestIsExplainedWhileItIsSilent() throws {
    var player = Player(Sample.state())
    player.press("  ")
    let ids = player.actions.compactMap { action -> DemoTrialID? in
      if case .run(let id) = action { id } else { nil }
    }
    let id = try #require(ids.first)
    player.handle(.news(id, .began(.restored)))
    player.handle(.news(id, .step("workload")))
    player.now = 1.8
    player.handle(.tick)
    #expect(player.picture.contains("silent for 1.8 s"))
    player.now = 2.6
    player.handle(.news(id, .suspected))
    #expect(player.picture.contains("does it hang?"))
    player.now = 3.5
    player.handle(.news(id, .questioned))
    #expect(player.picture.contains("NMI"))
  }

  /// - Returns: the first of the trials that are ordered.
  private func beginTrials(_ player: inout Player) throws -> DemoTrialID {
    player.press("  ")
    let runs = player.actions.prefix(1).compactMap { action -> DemoTrialID? in
      if case .run(let id) = action { id } else { nil }
    }
    return try #require(runs.first, "nothing was run")
  }

  @Test func whatAGuestPrintsCanNotSteerTheTerminal() throws {
    var player = Player(Sample.state())
    let id = try beginTrials(&player)
    player.handle(.news(id, .began(.restored)))
    player.handle(.news(id, .console("\u{1b}[2J\u{7}\u{9b}31m\u{202e}evil\r\r\r\nnext\n")))
    let raw = DemoScreen(player.state).lines.map { $0.rendered(colour: false) }.joined()
    #expect(!raw.unicodeScalars.contains { $0.value < 0x20 || (0x7f..<0xa0).contains($0.value) })
    #expect(!raw.unicodeScalars.contains("\u{202e}"))
  }

  @Test func aTrialThatIsMadeOnceMoreShowsItsOwnConsoleOnly() throws {
    var player = Player(Sample.state())
    let id = try beginTrials(&player)
    player.handle(.news(id, .began(.restored)))
    player.handle(.news(id, .console("of the guest that was lost\n")))
    player.handle(.news(id, .said("the laboratory failed; once more")))
    player.handle(.news(id, .began(.restored)))
    player.handle(.news(id, .console("of the second\n")))
    #expect(player.picture.contains("of the second"))
    #expect(!player.picture.contains("that was lost"))
  }

  @Test func aLongLogScrollsToItsEndsAndNoFurther() {
    var player = Player(Sample.state())
    player.runTrials()
    player.press("l")
    let first = player.picture
    for key: Key in [.home, .end, .end, .pageUp, .pageUp, .home, .up, .down, .up] {
      player.handle(.key(key))
    }
    player.press("l")
    player.press("l")
    player.handle(.key(.home))
    #expect(player.picture.split(separator: "\n").count == first.split(separator: "\n").count)
  }
}

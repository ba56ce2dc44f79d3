// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import TestSupport
import Testing

/// The demo in a pseudo-terminal.
@Suite(.lane, .tags(.program), .serialized, .timeLimit(.minutes(5))) struct DemoTests {
  private static let sample = Harness.repository + "/docs/samples/demo.jsonl"
  private static let ownScreen = "\u{1b}[?1049h"
  private static let screenBefore = "\u{1b}[?1049l"

  private func replay(_ options: [String] = []) throws -> PseudoTerminal {
    try PseudoTerminal([Harness.program, "demo", "--replay", Self.sample] + options)
  }

  @Test func aRecordingIsPlayedWithKeysAndLeavesTheTerminalAsItWas() async throws {
    let terminal = try replay()
    let before = terminal.mode
    try await terminal.wait(for: "What happens to the kernel?")
    #expect(terminal.mode != before, "the terminal is raw")
    terminal.send("x")
    try await terminal.wait(for: "✖ crashed")
    terminal.send("r ")
    try await terminal.wait(for: "▶")
    terminal.send(" ")
    try await terminal.wait(for: "✖ oopsed")
    try await terminal.wait(for: "■ rejected by verifier")
    terminal.send(" ")
    try await terminal.wait(for: "rejected at line")
    terminal.send(" ")
    try await terminal.wait(for: "Why: the kernel module")
    // The reasons take two pages here.
    terminal.send("  ")
    try await terminal.wait(for: "The lesson")
    terminal.send("?")
    try await terminal.wait(for: "continue: question")
    terminal.send("\u{1b}")
    try await terminal.wait(for: "The lesson")
    terminal.send("q")
    #expect(try await terminal.end() == 0)
    #expect(terminal.text.contains("2 of 2 right"))
    #expect(terminal.text.hasSuffix(Self.screenBefore))
    #expect(terminal.mode == before)
  }

  @Test func aPictureFollowsTheTerminalsSize() async throws {
    let terminal = try replay()
    try await terminal.wait(for: "What happens to the kernel?")
    terminal.resize(columns: 120, rows: 40)
    for _ in 0..<200 where terminal.screen.count != 40 {
      try await Task.sleep(for: .milliseconds(20))
    }
    #expect(terminal.screen.count == 40)
    terminal.resize(columns: 30, rows: 5)
    try await terminal.wait(for: "The demo needs")
    terminal.send("q")
    #expect(try await terminal.end() == 0)
  }

  @Test(arguments: [SIGTERM, SIGHUP, SIGINT])
  func aSignalGivesTheTerminalBack(number: Int32) async throws {
    let terminal = try replay()
    let before = terminal.mode
    try await terminal.wait(for: "What happens to the kernel?")
    kill(terminal.pid, number)
    #expect(try await terminal.end() == 130)
    #expect(terminal.text.contains(Self.screenBefore))
    #expect(terminal.mode == before)
  }

  @Test func evenAKilledDemoGivesTheTerminalBack() async throws {
    let terminal = try replay()
    let before = terminal.mode
    try await terminal.wait(for: "What happens to the kernel?")
    kill(terminal.pid, SIGKILL)
    #expect(try await terminal.end() == -SIGKILL)
    for _ in 0..<500 where terminal.mode != before || !terminal.text.contains(Self.screenBefore) {
      try await Task.sleep(for: .milliseconds(10))
    }
    #expect(terminal.text.contains(Self.screenBefore))
    #expect(terminal.mode == before)
  }

  @Test func aTerminalThatIsGoneEndsTheDemo() async throws {
    let terminal = try replay()
    try await terminal.wait(for: "What happens to the kernel?")
    terminal.hangUp()
    #expect(try await terminal.end() == 130)
  }

  @Test func controlZGoesToTheShellAndBack() async throws {
    let terminal = try PseudoTerminal(
      ["/bin/bash", "--norc", "-i"], environment: ["PS1": "shell> "])
    try await terminal.waitForText("shell> ")
    terminal.send("'\(Harness.program)' demo --replay '\(Self.sample)'\r")
    try await terminal.wait(for: "What happens to the kernel?")
    terminal.send("\u{1a}")
    try await terminal.waitForText("Stopped")
    #expect(terminal.text.contains(Self.screenBefore))
    terminal.send("fg\r")
    for _ in 0..<500 where terminal.count(of: Self.ownScreen) < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    terminal.send(" ")
    try await terminal.wait(for: "▶")
    terminal.send("q")
    for _ in 0..<500 where terminal.count(of: Self.screenBefore) < 2 {
      try await Task.sleep(for: .milliseconds(10))
    }
    terminal.send("exit\r")
    #expect(try await terminal.end() == 0)
  }

  @Test func withoutATerminalItSaysSoOrPrintsItsPictures() async throws {
    try await Harness.use { harness in
      let refused = try await harness.run(["demo", "--replay", Self.sample])
      #expect(refused.status == 2)
      #expect(refused.errorText.contains("--auto"))
      let printed = try await harness.run(["demo", "--replay", Self.sample, "--auto"])
      #expect(printed.status == 0, "\(printed.errorText)")
      #expect(printed.text.contains("✖ oopsed") && printed.text.contains("The lesson"))
      #expect(!printed.text.contains("\u{1b}"))
      let held = try await harness.run(["demo", "--replay", Self.sample, "--auto", "--hold"])
      let covered = try #require(held.text.firstRange(of: "the verdict is covered"))
      let shown = try #require(held.text.firstRange(of: "✖ oopsed"))
      #expect(covered.upperBound < shown.lowerBound)
    }
  }

  @Test(.tags(.guest)) func guestsRunLiveAndAreGoneAfterAKill() async throws {
    try await Harness.use { harness in
      let file = harness.folder + "/talk.jsonl"
      let terminal = try PseudoTerminal(
        [Harness.program, "demo", "null-map-value", "--record", file])
      try await terminal.wait(for: "What happens to the kernel?", seconds: 240)
      terminal.send("xr  ")
      try await terminal.wait(for: "✖ oopsed", seconds: 120)
      try await terminal.wait(for: "■ rejected by verifier", seconds: 120)
      terminal.send(" ")
      try await terminal.wait(for: "rejected at line")
      let guests = try RunningHarness.guests(of: terminal.pid)
      kill(terminal.pid, SIGKILL)
      #expect(try await terminal.end() == -SIGKILL)
      for guest in guests {
        for _ in 0..<500 where RunningHarness.isAlive(guest) {
          try await Task.sleep(for: .milliseconds(10))
        }
        #expect(!RunningHarness.isAlive(guest))
      }
      let again = try PseudoTerminal([Harness.program, "demo", "--replay", file])
      try await again.wait(for: "What happens to the kernel?")
      again.send("  ")
      try await again.wait(for: "✖ oopsed")
      again.send("q")
      #expect(try await again.end() == 0)
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The workflows only call what can be run here, too. `.ci/metadata` checks them against GitHub's schema.
@Suite(.lane, .timeLimit(.minutes(1))) struct WorkflowTests {
  private static let folder = Checkout.path(".github/workflows")

  private static func workflows() throws -> [(name: String, lines: [Substring])] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted().map { name in
      (name, try Files.text("\(folder)/\(name)").split(separator: "\n"))
    }
  }

  /// What follows `key:` on lines of all workflows.
  private static func values(of key: String) throws -> [String] {
    try workflows().flatMap { _, lines in
      try lines.compactMap { line in
        try Regex("\\s*(?:- )?\(key): (.+)").wholeMatch(in: line)?.output[1].substring
          .map(String.init)
      }
    }
  }

  /// The commands of all steps, those that a matrix holds among them.
  private static func commands() throws -> [String] {
    let matrix = try workflows().flatMap(\.lines).compactMap {
      $0.wholeMatch(of: /\s*- ((?:\.\/|Tests\/).+)/).map { String($0.1) }
    }
    return try values(of: "run").filter { $0 != "${{ matrix.part }}" } + matrix
  }

  @Test func everyStepIsOneCommandOfThisRepositorys() throws {
    let commands = try Self.commands()
    #expect(commands.contains(".ci/run") && commands.contains("Tests/Long/run ladder"))
    for command in commands where !command.hasPrefix("pipx install ") {
      let program = try #require(command.split(separator: " ").first)
      #expect(
        FileManager.default.isExecutableFile(atPath: Checkout.path(String(program))), "\(command)")
    }
  }

  @Test func everyLaneHasItsWorkflow() throws {
    let commands = try Self.commands()
    for lane in Lane.allCases {
      let words = lane == .long ? "./panicroom test long" : ".ci/lanes \(lane.rawValue)"
      #expect(commands.contains { $0.hasPrefix(words) }, "\(lane.rawValue)")
    }
  }

  @Test func noWorkflowMayWriteAndEveryActionHasAVersion() throws {
    for (name, lines) in try Self.workflows() {
      let start = try #require(lines.firstIndex(of: "permissions:"), "\(name)")
      #expect(lines[start + 1] == "  contents: read", "\(name)")
      #expect(!lines.contains { $0.hasSuffix(": write") || $0.contains("write-all") }, "\(name)")
    }
    for action in try Self.values(of: "uses") {
      #expect(action.contains(/@(v\d+|[0-9a-f]{40})$/), "\(action)")
    }
  }

  @Test func theToolchainsImageIsThePinnedOne() throws {
    let version = try Files.text(Checkout.path(".swift-version")).trimmingCharacters(in: .newlines)
    let images = try Self.values(of: "container") + Self.values(of: "image")
    #expect(Set(images) == ["swift:\(version)-bookworm"])
  }
}

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
    for file in ["docs/ci.md", "templates/ci/gitlab.yml"] {
      #expect(try Files.text(Checkout.path(file)).contains(": \(images[0])\n"), "\(file)")
    }
  }
}

/// What other projects call: the Action, and GitLab's job.
extension WorkflowTests {
  private static func text(_ path: String) throws -> String { try Files.text(Checkout.path(path)) }

  /// The steps of the script that a job calls, in their order.
  private static func steps(_ text: String) -> [String] {
    text.matches(of: /\$(?:GITHUB_ACTION_PATH|PANICROOM_HOME)\/templates\/ci\/job (\w+)/).map {
      String($0.1)
    }
  }

  @Test func bothJobsMakeTheSameSteps() throws {
    let action = try Self.text("action.yml")
    let gitlab = try Self.text("templates/ci/gitlab.yml")
    let steps = ["install", "keys", "build", "check", "run", "report", "compare"]
    #expect(Self.steps(action) == steps)
    #expect(Set(Self.steps(gitlab)) == Set(steps).subtracting(["keys"]))
    let script = try Self.text("templates/ci/job")
    let told = script.matches(of: /(?m)^#\s+job (\w+)\s/).map { String($0.1) }
    #expect(Set(told) == Set(steps))
  }

  /// The lines of GitLab's job, as its shell runs them, with a script that fails at some steps.
  @Test(
    .tags(.tool),
    arguments: [
      ([:], 0, "check run compare"), (["run": 1], 1, "check run compare"),
      (["compare": 1], 1, "check run compare"), (["run": 3, "compare": 1], 3, "check run compare"),
      (["check": 1], 1, "check"),
    ] as [([String: Int], Int32, String)])
  func gitlabComparesAfterAnUnmetRun(
    _ failing: [String: Int], _ status: Int32, _ steps: String
  ) async throws {
    let lines = try Self.text("templates/ci/gitlab.yml").split(separator: "\n")
    let script = lines.drop { $0 != "  script:" }.dropFirst().prefix { $0.hasPrefix("    ") }
      .filter { $0.hasPrefix("    - ") }.map { $0.dropFirst(6) }.joined(separator: "\n")
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/templates/ci")
      let fails = failing.map { "[ $1 != \($0.key) ] || exit \($0.value)\n" }.joined()
      try Files.write(
        "#!/bin/sh\necho $1 >>\(folder)/steps\n\(fails)", to: "\(folder)/templates/ci/job")
      try Files.makeExecutable("\(folder)/templates/ci/job")
      let output = try await Tool("bash").run(
        ["-eo", "pipefail", "-c", script], environment: ["PANICROOM_HOME": folder])
      #expect(output.status == status)
      let made = try Files.text("\(folder)/steps").split(separator: "\n").joined(separator: " ")
      #expect(made == steps)
    }
  }

  /// An input that a step puts into its script could be a command.
  @Test func inputsReachTheScriptAsVariables() throws {
    let action = try Self.text("action.yml")
    let script = try Self.text("templates/ci/job")
    let declared = action.matches(of: /(?m)^  (\w+):\n    description/).map { String($0.1) }
    let used = action.matches(of: /\$\{\{ inputs\.(\w+) \}\}/).map { String($0.1) }
    #expect(Set(used) == Set(declared).subtracting(["run"]))
    for line in action.split(separator: "\n") where line.contains("run: ") {
      #expect(!line.contains("${{"), "\(line)")
    }
    let variables = action.matches(of: /PANICROOM_[A-Z]+/).map { String($0.0) }
    for variable in variables { #expect(script.contains(variable), "\(variable)") }
    let page = try Files.text(Checkout.path("docs/ci.md"))
    for input in declared where input != "run" { #expect(page.contains("`\(input)`"), "\(input)") }
  }

  @Test func itsActionsHaveVersions() throws {
    let action = try Self.text("action.yml")
    let uses = action.matches(of: /uses: (\S+)/).map { String($0.1) }
    #expect(!uses.isEmpty)
    for use in uses { #expect(use.contains(/@(v\d+|[0-9a-f]{40})$/), "\(use)") }
  }
}

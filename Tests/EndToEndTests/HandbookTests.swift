// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// The commands that docs/workshop.md gives teachers work.
@Suite(.lane, .tags(.guest), .timeLimit(.minutes(10))) struct HandbookTests {
  private static var text: String {
    get throws { try Files.text(Harness.repository + "/docs/workshop.md") }
  }

  private struct Command {
    var words: [String]
    /// What is typed at the prompt of the shell that it starts.
    var typed: [String] = []
  }

  /// The lines in boxes, without the entry script's name or the prompt.
  private static func commands() throws -> [Command] {
    let prompt = "guest:/scenario# "
    var commands: [Command] = []
    var isBox = false
    for line in try text.split(separator: "\n") {
      if line.hasPrefix("```") { isBox.toggle() }
      guard isBox, !line.hasPrefix("```") else { continue }
      if line.hasPrefix(prompt), commands.last?.words.first == "shell" {
        commands[commands.count - 1].typed.append(String(line.dropFirst(prompt.count)))
        continue
      }
      try #require(line.hasPrefix("./panicroom "), "\(line)")
      let words = line.dropFirst("./panicroom ".count).split(separator: " ").map(String.init)
      commands.append(Command(words: words))
    }
    return commands
  }

  /// The fast ones as they are; `prepare` for one scenario instead of all.
  @Test(.timeLimit(.minutes(10)))
  func everyCommandWorks() async throws {
    let commands = try Self.commands()
    #expect(commands.count > 10)
    try await Harness.use { harness in
      for command in commands {
        var words = command.words
        if words[0] == "prepare" { words.append("null-map-value") }
        if let option = words.firstIndex(of: "--offline-bundle") {
          words[option + 1] = harness.folder + "/" + words[option + 1]
          words.append("--without-packages")
        }
        if words[0] == "run" { words += ["--runs", harness.runs] }
        if words[0] == "try" { words[1] = Harness.repository + "/" + words[1] }
        if words[0] == "demo" { words[2] = Harness.repository + "/" + words[2] }
        // Each of them must work, not the last one only.
        let typed = (["set -e"] + command.typed).joined(separator: "\n") + "\n"
        let output = try await harness.run(words, input: words[0] == "shell" ? typed : "")
        #expect(output.status == 0, "\(words): \(output.errorText)")
        #expect(words[0] == "prepare" || !output.text.isEmpty, "\(words)")
      }
    }
  }

  /// A solution loads and runs, what it fixes does not.
  @Test(
    .timeLimit(.minutes(5)),
    arguments: [
      ("lookup.bpf.c", "rejected"), ("lookup-fixed.bpf.c", "survived"),
      ("pointer.c", "oopsed"), ("loop.bpf.c", "rejected"), ("loop-fixed.bpf.c", "survived"),
    ])
  func anExerciseEndsAsItsTextSays(_ file: String, _ verdict: String) async throws {
    try await Harness.use { harness in
      let path = Harness.repository + "/docs/exercises/" + file
      let output = try await harness.run(["try", path, "--format", "json"])
      let report = try JSONSerialization.jsonObject(with: Data(output.text.utf8))
      let trials = try #require((report as? [String: Any])?["trials"] as? [[String: Any]])
      #expect(trials.map { $0["verdict"] as? String } == [verdict])
    }
  }

  @Test func everyScenarioThatItNamesIsThere() throws {
    let folder = Harness.repository + "/scenarios"
    let known = Set(try Files.list(folder).map { String($0.dropLast(".yaml".count)) })
    // In backticks, with a hyphen: what else looks so is an option or has a dot or a blank.
    let named = try Self.text.matches(of: /`([a-z]+(?:-[a-z]+)+)`/).map { String($0.1) }
    #expect(named.count > 20)
    for name in named { #expect(known.contains(name), "\(name)") }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import TestSupport
import Testing

/// What a newcomer meets: help, the manual page, and what is said to a slip of the finger.
@Suite(.lane, .tags(.program), .timeLimit(.minutes(5))) struct FirstContactTests {
  private struct Command {
    /// Without `panicroom`.
    var words: [String]
    var discussion: String
  }

  /// Every command, from the parser's own list.
  private static func commands(_ harness: Harness) async throws -> [Command] {
    let output = try await harness.run(["--experimental-dump-help"])
    let help = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
    func commands(_ command: [String: Any], _ before: [String]) -> [Command] {
      guard let name = command["commandName"] as? String, name != "help",
        command["shouldDisplay"] as? Bool ?? true
      else { return [] }
      let own = before + [name]
      let below = command["subcommands"] as? [[String: Any]] ?? []
      return [
        Command(
          words: Array(own.dropFirst()), discussion: command["discussion"] as? String ?? "")
      ] + below.flatMap { commands($0, own) }
    }
    return commands(try #require(help?["command"] as? [String: Any]), [])
  }

  /// The command lines in a command's examples: without a word before them (`Debian:`), and what
  /// they do, which stands behind two blanks. A backslash at a line's end goes on in the next.
  private static func examples(in discussion: String) -> [String] {
    let parts = discussion.components(separatedBy: "Examples:\n")
    guard parts.count == 2 else { return [] }
    let lines = parts[1].replacing(/\\\n +/, with: "").split(separator: "\n")
    return lines.compactMap { line in
      let text = line.drop { $0 == " " }.replacing(/^[A-Z][a-z]+: +/, with: "")
      guard text.contains("panicroom ") else { return nil }
      return text.components(separatedBy: "  ")[0]
    }
  }

  @Test func everyCommandsHelpHasExamplesThatAreCommandLines() async throws {
    try await Harness.use { harness in
      let commands = try await Self.commands(harness)
      #expect(commands.count > 15)
      for command in commands {
        let examples = Self.examples(in: command.discussion)
        let name = (["panicroom"] + command.words).joined(separator: " ")
        #expect(examples.contains { $0.contains(name) }, "\(name)")
        for text in examples {
          let script = """
            panicroom() { "$0" parse-only -- "$@"; }
            dmesg() { :; }; bpftool() { :; }; man() { cat; }; less() { cat; }
            cd "$1" && GITHUB_STEP_SUMMARY=summary && mkdir -p docs && set -e
            \(text)
            """
          let output = try await Tool("sh").run(["-c", script, Harness.program, harness.folder])
          #expect(output.status == 0 && output.errorText.isEmpty, "\(text): \(output.errorText)")
        }
      }
    }
  }

  /// Another user's, seen by a user without rights there; the one by root, whom no rights stop, is on
  /// a mount that can't be written.
  @Test func aCheckoutThatCannotBeWrittenIsNamedWithTheCause() async throws {
    try await Harness.use { harness in
      let checkout = harness.folder + "/checkout"
      try Files.makeFolder(checkout + "/Sources")
      try Files.write("", to: checkout + "/Package.swift")
      let script = checkout + "/panicroom"
      try Files.write(try Files.read(Harness.repository + "/panicroom"), to: script)
      try Files.makeExecutable(script)
      let isRoot = geteuid() == 0
      if isRoot {
        try await Tool("mount").checked(["--bind", "-o", "ro", checkout, checkout])
      } else {
        try #require(chmod(checkout, 0o555) == 0)
      }
      let output = try await Tool(script).run(["list"])
      if isRoot {
        try await Tool("umount").checked([checkout])
      } else {
        try #require(chmod(checkout, 0o755) == 0)
      }
      #expect(output.status == 2)
      let cause = isRoot ? "Read-only file system" : "Permission denied"
      #expect(
        output.errorText.contains("\(checkout)/.build can't be written (\(cause))"),
        "\(output.errorText)")
    }
  }

  @Test(arguments: [
    (["rnu"], "\"run\""), (["kernel", "ftch"], "\"fetch\""), (["run", "--colt"], "'--cold'"),
    (["run", "null-map-valu"], "\"null-map-value\""),
    (["show", "divide-by-zer"], "divide-by-zero"),
    (["run", "--kernel", "6.13"], "\"6.12\""), (["run", "--profile", "sensitiv"], "\"sensitive\""),
    (["try", "x.bpf.c", "--attach", "a=xpd"], "\"xdp\""),
    (["list", "--family", "lokcs"], "\"locks\""),
    (["report", "x", "--format", "htlm"], "Did you mean 'html'?"),
    (["run", "--suite", "verifer-selftests"], "Did you mean 'verifier-selftests'?"),
    (["run", "--accelerator", "kwm"], "Did you mean 'kvm'?"),
    (["new", "some-name", "--family", "memry"], "Did you mean 'memory'?"),
    (["kernel", "build", "debgu"], "\"debug\""),
    (["kernel", "build", "debug", "--series", "6.2"], "\"6.1\""),
    (["try", "x.bpf.c", "--workload", "{syscall: getpdi, times: 3}"], "\"getpid\""),
    (["doctor", "--hlep"], "'--help'"),
  ])
  func aSlipIsAnsweredByWhatWasMeant(_ words: [String], _ meant: String) async throws {
    try await Harness.use { harness in
      let output = try await harness.run(words)
      #expect(output.status == 2)
      #expect(output.errorText.contains(meant), "\(output.errorText)")
    }
  }

  @Test func aFileOfAnotherNameIsOffered() async throws {
    try await Harness.use { harness in
      let folder = harness.folder
      try Files.write("int x;\n", to: folder + "/probe.bpf.c")
      for (words, meant) in [
        (["try", folder + "/prob.bpf.c"], folder + "/probe.bpf.c"),
        (["classify", folder + "/probe.bpf.d"], folder + "/probe.bpf.c"),
        (["prepare", "--from-bundle", folder + "/probe.bpfc"], folder + "/probe.bpf.c"),
        (["demo", "--auto", "--replay", folder + "/probe.bpf"], folder + "/probe.bpf.c"),
      ] {
        let output = try await harness.run(words)
        #expect(output.status == 2)
        #expect(output.errorText.contains("did you mean \"\(meant)\"?"), "\(output.errorText)")
      }
    }
  }

  @Test(.tags(.tool)) func theManualPageHasEveryCommandAndIsSoundRoff() async throws {
    try await Harness.use { harness in
      let output = try await harness.run(["man"])
      #expect(output.status == 0, "\(output.errorText)")
      let page = harness.folder + "/panicroom.1"
      try Files.write(output.text, to: page)
      let plain = output.text.replacing("\\-", with: "-")
      for command in try await Self.commands(harness) where !command.words.isEmpty {
        #expect(plain.contains(".SS \"panicroom " + command.words.joined(separator: " ")))
      }
      let checkers = [["groff", "-man", "-ww", "-z"], ["mandoc", "-T", "lint", "-W", "warning"]]
      for checker in checkers {
        guard try Self.isHere(checker[0]) else { continue }
        let checked = try await Tool(checker[0]).run(checker.dropFirst() + [page])
        let words = checked.text + checked.errorText
        #expect(checked.status == 0 && words.isEmpty, "\(words)")
      }
    }
  }

  /// In CI all tools must be here.
  static func isHere(_ tool: String) throws -> Bool {
    if Tool(tool).locate() != nil { return true }
    try #require(ProcessInfo.processInfo.environment["CI"] == nil, "\(tool) is missing")
    return false
  }
}

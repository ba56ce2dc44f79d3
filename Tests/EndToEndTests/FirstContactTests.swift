import Foundation
import Host
import Testing

/// What a newcomer meets: help, the manual page, and what is said to a slip of the finger.
@Suite struct FirstContactTests {
  /// The words of every command, from the parser's own list.
  private static func commands(_ harness: Harness) async throws -> [[String]] {
    let output = try await harness.run(["--experimental-dump-help"])
    let help = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
    func words(_ command: [String: Any], _ before: [String]) -> [[String]] {
      guard let name = command["commandName"] as? String, name != "help",
        command["shouldDisplay"] as? Bool ?? true
      else { return [] }
      let own = before + [name]
      let below = command["subcommands"] as? [[String: Any]] ?? []
      return [own] + below.flatMap { words($0, own) }
    }
    let root = try #require(help?["command"] as? [String: Any])
    return words(root, []).map { Array($0.dropFirst()) }
  }

  @Test func everyCommandsHelpHasExamplesThatAreCommandLines() async throws {
    try await Harness.use { harness in
      let commands = try await Self.commands(harness)
      #expect(commands.count > 15)
      for command in commands {
        let help = try await harness.run(command + ["--help"]).text
        let parts = help.components(separatedBy: "Examples:\n")
        try #require(parts.count == 2, "\(command)")
        let lines = parts[1].split(separator: "\n", omittingEmptySubsequences: false)
          .prefix { $0.hasPrefix("  ") }
        #expect(!lines.isEmpty, "\(command)")
        for line in lines {
          // Behind two blanks the line says what it does.
          let text = String(line.drop { $0 == " " }).components(separatedBy: "  ")[0]
          let script = """
            panicroom() { "$0" parse-only -- "$@"; }
            dmesg() { :; }; bpftool() { :; }; man() { cat; }
            cd "$1" && GITHUB_STEP_SUMMARY=summary && mkdir -p docs && set -e
            \(text)
            """
          let output = try await Tool("sh").run(["-c", script, Harness.program, harness.folder])
          #expect(output.status == 0, "\(text): \(output.errorText)")
          #expect(text.contains("panicroom \(command.joined(separator: " "))"), "\(text)")
        }
      }
    }
  }

  @Test(arguments: [
    (["rnu"], "\"run\""), (["kernel", "ftch"], "\"fetch\""), (["run", "--colt"], "'--cold'"),
    (["run", "null-map-valu"], "\"null-map-value\""),
    (["show", "divide-by-zer"], "divide-by-zero"),
    (["run", "--kernel", "6.13"], "\"6.12\""), (["run", "--profile", "sensitiv"], "\"sensitive\""),
    (["try", "x.bpf.c", "--attach", "a=xpd"], "\"xdp\""),
    (["list", "--family", "lokcs"], "\"locks\""),
    (["report", "x", "--format", "htlm"], "'html'"),
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
      ] {
        let output = try await harness.run(words)
        #expect(output.status == 2)
        #expect(output.errorText.contains("did you mean \"\(meant)\"?"), "\(output.errorText)")
      }
    }
  }

  @Test func theManualPageHasEveryCommandAndIsSoundRoff() async throws {
    try await Harness.use { harness in
      let output = try await harness.run(["man"])
      #expect(output.status == 0, "\(output.errorText)")
      let page = harness.folder + "/panicroom.1"
      try Files.write(output.text, to: page)
      let plain = output.text.replacing("\\-", with: "-")
      for command in try await Self.commands(harness) where !command.isEmpty {
        #expect(plain.contains(".SS \"panicroom " + command.joined(separator: " ")))
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

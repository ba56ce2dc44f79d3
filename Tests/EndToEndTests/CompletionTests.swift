// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// What bash offers when somebody presses Tab.
@Suite(.lane, .tags(.tool), .timeLimit(.minutes(10))) struct CompletionTests {
  private func offered(_ words: [String]) async throws -> [String] {
    let script = """
      source <("$0" --generate-completion-script bash)
      COMP_WORDS=("$0" "$@")
      COMP_CWORD=$#
      COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE}
      _panicroom "$0" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
      printf '%s\\n' "${COMPREPLY[@]}"
      """
    let output = try await Tool("bash").run(
      ["-c", script, Harness.program] + words,
      environment: ["PANICROOM_REPOSITORY": Harness.repository])
    #expect(output.status == 0, "\(output.errorText)")
    return output.text.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  @Test(arguments: [
    (["run", "null-m"], "null-map-value"), (["show", "divide-"], "divide-by-zero"),
    (["run", "--kernel", "6.12"], "6.12"), (["run", "--profile", "sens"], "sensitive"),
    (["kernel", "fetch", "al"], "all"), (["cla"], "classify"),
  ])
  func namesAreCompleted(_ words: [String], _ name: String) async throws {
    #expect(try await offered(words) == [name])
  }

  /// What is typed before Tab, and what stands there afterwards.
  private static let typed = [
    ("run null-map-", "null-map-value"), ("show divide-by-", "divide-by-zero"),
    ("run --kernel si", "sid"), ("run --profile sens", "sensitive"),
    ("kernel fetch al", "all"), ("cla", "classify"), ("prepare --offline-b", "--offline-bundle"),
  ]

  @Test(arguments: typed) func fishCompletes(_ words: String, _ whole: String) async throws {
    guard try FirstContactTests.isHere("fish") else { return }
    try await complete(
      words, whole, in: "fish --no-config",
      setUp: ["panicroom --generate-completion-script fish | source"])
  }

  @Test(arguments: typed) func zshCompletes(_ words: String, _ whole: String) async throws {
    try await complete(
      words, whole, in: "zsh -f -i",
      setUp: [
        "autoload -Uz compinit; compinit -D -u",
        "eval \"$(panicroom --generate-completion-script zsh)\"; compdef _panicroom panicroom",
      ])
  }

  /// Both shells complete only where they have a terminal: one of zsh's zpty, into which Tab is typed.
  private func complete(
    _ words: String, _ whole: String, in shell: String, setUp: [String]
  ) async throws {
    guard try FirstContactTests.isHere("zsh") else { return }
    let script = """
      zmodload zsh/zpty
      zpty shell \(shell)
      read_until() { local text; while zpty -r shell text "*$1*"; do print -r -- $text; return; done }
      for line in "${(f)SETUP}"; do zpty -w shell $line; done
      # Not as it is typed, which comes back at once.
      zpty -w shell 'echo re""ady'
      read_until ready
      zpty -w -n shell "panicroom $WORDS"$'\t'
      read_until $WHOLE
      """
    let folder = URL(fileURLWithPath: Harness.program).deletingLastPathComponent().path
    let output = try await Tool("timeout").run(
      ["60", "zsh", "-f", "-c", script],
      environment: [
        "PANICROOM_REPOSITORY": Harness.repository, "PATH": "\(folder):\(Tool.searchPath)",
        "WORDS": words, "WHOLE": whole, "SETUP": setUp.joined(separator: "\n"), "TERM": "xterm",
        "HOME": NSTemporaryDirectory(),
      ])
    #expect(output.status == 0, "\(output.text)\(output.errorText)")
    #expect(output.text.contains(whole), "\(output.text)\(output.errorText)")
  }
}

import Foundation
import Host
import Testing

/// What bash offers when somebody presses Tab.
@Suite struct CompletionTests {
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

  private static let expected: [(line: String, name: String)] = [
    ("panicroom run null-m", "null-map-value"), ("panicroom show divide-", "divide-by-zero"),
    ("panicroom run --kernel 6.12", "6.12"), ("panicroom run --profile sens", "sensitive"),
    ("panicroom kernel fetch al", "all"), ("panicroom cla", "classify"),
    ("panicroom prepare --offline-b", "--offline-bundle"),
  ]

  @Test(arguments: expected)
  func fishCompletes(_ line: String, _ name: String) async throws {
    guard try FirstContactTests.isHere("fish") else { return }
    // fish asks the program by the name that is typed.
    let script = """
      function panicroom; $PROGRAM $argv; end
      $PROGRAM --generate-completion-script fish | source
      complete --do-complete "$LINE"
      """
    let output = try await Tool("fish").run(
      ["--no-config", "-c", script], environment: environment(line))
    #expect(output.status == 0, "\(output.errorText)")
    let offered = output.text.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
    #expect(offered.contains { $0 == name }, "\(output.text)\(output.errorText)")
  }

  /// zsh completes only where it has a terminal: one of zpty's, into which Tab is typed.
  @Test(arguments: expected)
  func zshCompletes(_ line: String, _ name: String) async throws {
    guard try FirstContactTests.isHere("zsh") else { return }
    let script = """
      zmodload zsh/zpty
      zpty shell zsh -f -i
      read_until() { local text; while zpty -r shell text "*$1*"; do print -r -- $text; return; done }
      zpty -w shell "PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -D -u"
      zpty -w shell 'panicroom() { $PROGRAM "$@" }'
      zpty -w shell 'eval "$($PROGRAM --generate-completion-script zsh)"; compdef _panicroom panicroom'
      zpty -w shell 'print re""ady'
      read_until ready
      zpty -w -n shell "$LINE"$'\t'
      read_until $NAME
      """
    var variables = environment(line)
    variables["NAME"] = name
    let output = try await Tool("timeout").run(
      ["60", "zsh", "-f", "-c", script], environment: variables)
    #expect(output.status == 0, "\(output.text)\(output.errorText)")
    #expect(output.text.contains(name), "\(output.text)\(output.errorText)")
  }

  private func environment(_ line: String) -> [String: String?] {
    [
      "PANICROOM_REPOSITORY": Harness.repository, "PROGRAM": Harness.program, "LINE": line,
      "TERM": "xterm", "HOME": NSTemporaryDirectory(),
    ]
  }
}

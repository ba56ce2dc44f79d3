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

  @Test(arguments: ["zsh", "fish"]) func otherShellsHaveAScript(_ shell: String) async throws {
    let output = try await Tool(Harness.program).run(["--generate-completion-script", shell])
    #expect(output.status == 0)
    #expect(output.text.contains("classify"))
  }
}

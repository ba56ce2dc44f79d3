// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct ToolTests {
  @Test func handsOverArgumentsInputAndEnvironmentAndReturnsWhatWasPrinted() async throws {
    let output = try await Tool("sh").run(
      ["-c", "cat; echo \"$WORD $1\" >&2; exit 3", "sh", "two words"],
      environment: ["WORD": "first"], input: Array("in".utf8))
    #expect(output.status == 3)
    #expect(output.text == "in")
    #expect(output.errorText == "first two words\n")
  }

  /// More than any pipe holds: swift-subprocess ended this program here.
  @Test func aProgramNeedNotReadItsInput() async throws {
    let input = [UInt8](repeating: 1, count: 8 << 20)
    for _ in 0..<20 {
      #expect(try await Tool("true").run(input: input).status == 0)
      let output = try await Tool("sh").run(["-c", "head -c 5; exit 4"], input: input)
      #expect(output.status == 4)
      #expect(output.standardOutput.count == 5)
    }
  }

  @Test func aVariableCanBeTakenAway() async throws {
    let output = try await Tool("sh").run(
      ["-c", "echo ${HOME-none}"], environment: ["HOME": nil])
    #expect(output.text == "none\n")
  }

  @Test func runsInTheFolderAndWritesToTheFile() async throws {
    try await withTemporaryFolder { folder in
      let output = try await Tool("pwd").checked(directory: folder, outputFile: "\(folder)/out")
      #expect(output.standardOutput.isEmpty)
      #expect(try Files.text("\(folder)/out") == folder + "\n")
    }
  }

  @Test func aMissingProgramNamesItsPackage() async throws {
    await #expect(throws: ToolError.missing(program: "no-such-program", package: nil)) {
      try await Tool("no-such-program").run()
    }
    let error = ToolError.missing(
      program: "eu-addr2line", package: ToolError.package(of: "eu-addr2line"))
    #expect(error.description.contains("apt-get install elfutils"))
  }

  @Test func aFailureCarriesTheCommandAndTheLastWords() async throws {
    let error = await #expect(throws: ToolError.self) {
      try await Tool("sh").checked(["-c", "echo first >&2; echo last >&2; exit 4"])
    }
    guard case .failed(let command, 4, let words)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(command.hasPrefix("sh -c"))
    #expect(words.hasSuffix("last"))
  }

  @Test func findsWhatLiesInTheFoldersForAdministration() {
    #expect(Tool("ldconfig").locate()?.hasSuffix("/ldconfig") == true)
  }

  @Test func cancellationEndsTheProgramAndItsChildren() async throws {
    try await withTemporaryFolder { folder in
      let task = Task {
        // The child of the shell is the one that would go on writing.
        try await Tool("sh").run([
          "-c",
          "(while :; do echo . >> \(folder)/ticks; sleep 0.05; done) & echo $! > \(folder)/pid; wait",
        ])
      }
      try await waitUntil("the first tick") { Files.exists("\(folder)/ticks") }
      let began = ContinuousClock.now
      task.cancel()
      await #expect(throws: CancellationError.self) { try await task.value }
      #expect(ContinuousClock.now - began < .seconds(60))
      let ticks = try Files.read("\(folder)/ticks").count
      try await Task.sleep(for: .milliseconds(300))
      #expect(try Files.read("\(folder)/ticks").count == ticks)
    }
  }
}

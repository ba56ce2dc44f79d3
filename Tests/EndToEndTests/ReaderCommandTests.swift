// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// `classify` and `explain`, as a user would call them.
@Suite(.lane, .tags(.program), .serialized, .timeLimit(.minutes(5))) struct ReaderCommandTests {
  private static let fixtures = Harness.repository + "/Tests/VerdictsTests/Fixtures"

  @Test func aFileThatCannotBeReadIsNamedAndTheOthersAreAnswered() async throws {
    try await Harness.use { harness in
      let output = try await harness.run([
        "classify", "--format", "json", "/nowhere", Self.fixtures + "/6.1-null-read.log", "/",
      ])
      #expect(output.status == 2)
      #expect(output.errorText.contains("/nowhere") && output.errorText.contains("/: "))
      let list = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [[String: Any]]
      #expect(list?.map { $0["verdict"] as? String } == ["oopsed"])
    }
  }

  @Test func answersSucceedWhateverTheySay() async throws {
    try await Harness.use { harness in
      for name in ["6.1-clean-boot", "6.1-panic", "verifier-6.1-uninit"] {
        for command in ["classify", "explain"] {
          for format in ["terminal", "json"] {
            let output = try await harness.run([
              command, "--format", format, "\(Self.fixtures)/\(name).log",
            ])
            #expect(output.status == 0)
            #expect(!output.text.isEmpty && output.errorText.isEmpty)
          }
        }
      }
    }
  }

  @Test func badRequestsAreRefused() async throws {
    try await Harness.use { harness in
      for arguments in [
        ["classify"], ["explain"], ["explain", "/nowhere"], ["classify", "--follow", "/nowhere"],
      ] {
        let output = try await harness.run(arguments)
        #expect(output.status == 2)
        #expect(output.standardOutput.isEmpty)
      }
    }
  }

  @Test func classifyComparesWithWhatIsExpected() async throws {
    try await Harness.use { harness in
      let expected = harness.folder + "/expected.txt"
      func status(_ text: String, _ log: String, _ more: [String] = []) async throws -> Int {
        try Files.write(Array(text.utf8), to: expected)
        return try await harness.run(["classify", "--expect", expected] + more + [log]).status
      }
      let oops = Self.fixtures + "/6.1-null-read.log"
      let clean = Self.fixtures + "/6.1-clean-boot.log"
      var found: [Int] = []
      found.append(try await status("null-dereference in null_read exactly 1\nany else", oops))
      found.append(try await status("", oops, ["--format", "junit"]))
      found.append(try await status("warning", clean, ["--format", "ktap"]))
      found.append(try await status("", clean))
      found.append(try await status("", expected))
      found.append(try await status("warming", clean))
      found.append(try await harness.run(["classify", "--format", "junit", oops]).status)
      #expect(found == [0, 1, 1, 0, 3, 2, 0])
    }
  }

  @Test func explainFailsOnTheKindsThatAreNamed() async throws {
    try await Harness.use { harness in
      let refused = Self.fixtures + "/verifier-6.1-null-map-value.log"
      let clean = Self.fixtures + "/6.1-clean-boot.log"
      func status(_ arguments: String...) async throws -> Int {
        try await harness.run(["explain"] + arguments).status
      }
      var found: [Int] = []
      found.append(try await status(refused))
      found.append(try await status("--fail-on", "any", refused))
      found.append(try await status("--fail-on", "libbpf", "--fail-on", "verifier", refused))
      found.append(try await status("--fail-on", "libbpf", "--fail-on", "attach", refused))
      found.append(try await status("--fail-on", "verifyer", refused))
      found.append(try await status("--fail-on", "any", clean))
      found.append(try await status("--fail-on", "any", harness.folder + "/none.log"))
      #expect(found == [0, 1, 1, 0, 2, 0, 2])
    }
  }

  @Test func packedLogsAreReadAndWhatIsNoTextIsSaid() async throws {
    try await Harness.use { harness in
      let log = harness.folder + "/console.log"
      let text = "[    1.0] Kernel panic - not syncing: Attempted to kill init!\n"
      try Files.write(Array(text.utf8), to: log)
      try await Tool("gzip").checked([log])
      let output = try await harness.run(["classify", log + ".gz"])
      #expect(output.status == 0)
      #expect(output.text.contains("init-died"))
      let core = harness.folder + "/core"
      try Files.write([UInt8](repeating: 0, count: 5000), to: core)
      let refused = try await harness.run(["classify", core])
      #expect(refused.status == 2)
      #expect(refused.errorText.contains("this is no text"))
    }
  }

  @Test func followingPrintsReportsAsTheyCome() async throws {
    try await Harness.use { harness in
      let log = Self.fixtures + "/6.1-warn.log"
      let output = try await harness.run(
        ["classify", "--follow"], input: String(decoding: try Files.read(log), as: UTF8.self))
      #expect(output.status == 0)
      #expect(output.text.contains("warning in warn"))
    }
  }
}

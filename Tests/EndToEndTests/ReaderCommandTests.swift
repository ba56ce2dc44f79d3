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
      for arguments in [["classify"], ["explain"], ["explain", "/nowhere"]] {
        let output = try await harness.run(arguments)
        #expect(output.status == 2)
        #expect(output.standardOutput.isEmpty)
      }
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import TestSupport
import Testing

/// What a scenario's author starts from, and the page that is made of all scenarios.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct CatalogueTests {
  @Test func aNewPairRunsAsItStands() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      #expect(try await copy.run(["new", "my-fault", "--family", "lifetime"]).status == 0)
      let checked = try await copy.run(["check"])
      #expect(!checked.text.contains("my-fault") && !checked.text.contains("my_fault"))
      let (output, record) = try await copy.runTrials(["my-fault"])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(record.currentTrials.count == 4)
    }
  }

  @Test func nothingIsOverwritten() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let source = copy.repository + "/lkm/my_fault.c"
      try "mine".write(toFile: source, atomically: true, encoding: .utf8)
      let output = try await copy.run(["new", "my-fault"])
      #expect(output.status == 2)
      #expect(output.errorText.contains("lkm/my_fault.c"))
      #expect(try String(contentsOfFile: source, encoding: .utf8) == "mine")
      #expect(!FileManager.default.fileExists(atPath: copy.repository + "/bpf/my_fault.bpf.c"))
      #expect(try await copy.run(["new", "../evil"]).status == 2)
    }
  }

  @Test func theCataloguesPageIsNotStale() async throws {
    try await Harness.use { harness in
      let output = try await harness.run(["list", "--format", "markdown"])
      let page = try String(
        contentsOfFile: Harness.repository + "/docs/catalogue.md", encoding: .utf8)
      #expect(output.text == page, "make it again: ./panicroom list --format markdown")
    }
  }
}

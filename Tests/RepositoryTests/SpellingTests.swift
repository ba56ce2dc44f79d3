// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// codespell finds the usual misspellings in what people read.
@Suite(
  .lane, .tags(.tool), .timeLimit(.minutes(1)),
  .enabled(if: Codespell.isThere, "codespell is missing: apt-get install codespell"))
struct SpellingTests {
  @Test func documentsAndSourcesAreSpeltRight() async throws {
    let output = try await Codespell.run(
      PlainEnglishTests.documents() + ["Sources", "bpf", "lkm", "scenarios", "vm", "panicroom"])
    #expect(output.status == 0, "\(output.text)\(output.errorText)")
  }

  @Test func aMisspellingIsFound() async throws {
    try await withTemporaryFolder { folder in
      // Put together, so that this file has none.
      try Files.write("It occ" + "ured to us.\n", to: "\(folder)/sample.md")
      let output = try await Codespell.run(["\(folder)/sample.md"])
      #expect(output.status != 0 && output.text.contains("sample.md:1"), "\(output.text)")
    }
  }
}

private enum Codespell {
  /// On a CI machine a missing codespell is a failure, elsewhere a reason to skip.
  static let isThere =
    Tool("codespell").locate() != nil || ProcessInfo.processInfo.environment["CI"] != nil

  /// Right here, though codespell's list has them: names in the kernel, in Swift and in its compiler,
  /// and parts of words that logs are searched for.
  private static let names = [
    "borken", "damon", "erro", "filp", "inout", "iput", "nknown", "ofmodule", "ot", "reate",
    "regist",
    "uncorrect", "upto",
  ]

  static func run(_ paths: [String]) async throws -> Tool.Output {
    let places = paths.map { $0.hasPrefix("/") ? $0 : Checkout.path($0) }
    return try await Tool("codespell").run(
      ["--ignore-words-list", names.joined(separator: ",")] + places)
  }
}

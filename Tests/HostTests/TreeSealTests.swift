// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct TreeSealTests {
  private func withTree(_ body: (_ folder: String) async throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/include/deep")
      try Files.write("abc", to: "\(folder)/include/deep/a b.h")
      try Files.write("", to: "\(folder)/empty")
      for index in 0..<50 { try Files.write("\(index)", to: "\(folder)/include/\(index).h") }
      try #require(symlink("../include", "\(folder)/include/link") == 0)
      try await TreeSeal.close(folder)
      try await body(folder)
    }
  }

  @Test func aWholeTreeHasNoDamage() async throws {
    try await withTree { folder in
      #expect(TreeSeal.exists(in: folder))
      #expect(try await TreeSeal.damage(of: folder) == nil)
      // Tools leave files of their own.
      try Files.write("more", to: "\(folder)/include/more.h")
      #expect(try await TreeSeal.damage(of: folder) == nil)
      let tool = try await Tool("sha256sum").run(
        ["--check", "--quiet", "SHA256SUMS"], directory: folder)
      #expect(tool.status == 0, "\(tool.errorText)")
    }
  }

  @Test(arguments: ["include/7.h", "include/deep/a b.h", "empty"])
  func aFileThatWasChangedOrIsGoneIsNamed(path: String) async throws {
    try await withTree { folder in
      try Files.write("x", to: "\(folder)/\(path)")
      #expect(try await TreeSeal.damage(of: folder) == "\(path) was changed")
      try Files.remove("\(folder)/\(path)")
      #expect(try await TreeSeal.damage(of: folder)?.hasPrefix("\(path) can't be read") == true)
    }
  }

  @Test func onlyWhatIsAskedForIsChecked() async throws {
    try await withTree { folder in
      try Files.write("x", to: "\(folder)/include/7.h")
      try Files.remove("\(folder)/include/link")
      #expect(try await TreeSeal.damage(of: folder, where: { !$0.hasPrefix("include") }) == nil)
      let damage = try await TreeSeal.damage(of: folder) { $0 == "include/7.h" }
      #expect(damage == "include/7.h was changed")
    }
  }

  @Test func aLinkThatLeadsElsewhereIsNamed() async throws {
    try await withTree { folder in
      try Files.remove("\(folder)/include/link")
      #expect(try await TreeSeal.damage(of: folder)?.contains("include/link") == true)
      try #require(symlink("/etc", "\(folder)/include/link") == 0)
      #expect(try await TreeSeal.damage(of: folder)?.contains("include/link") == true)
    }
  }

  @Test func aSealThatIsCutShortIsADamage() async throws {
    try await withTree { folder in
      let seal = try Files.read("\(folder)/SHA256SUMS")
      try Files.write(Array(seal.dropLast(10)), to: "\(folder)/SHA256SUMS")
      #expect(try await TreeSeal.damage(of: folder) == "SHA256SUMS can't be read")
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import TestSupport
import Testing

/// What is worked out before a user's own source is compiled.
@Suite(.lane, .timeLimit(.minutes(5))) struct UserCodeTests {
  @Test func flagsAreSplitAsAShellSplitsThem() {
    #expect(
      CompilerOptions.words("-DX='a b' -O1  \"-I two words\"") == [
        "-DX=a b", "-O1", "-I two words",
      ])
    #expect(CompilerOptions.words("") == [])
    #expect(CompilerOptions.words("'open") == nil)
  }

  @Test func aRepositoryIsVisibleToItsCompilerAsAWhole() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/.git")
      try Files.makeFolder("\(folder)/a/b/c")
      let real = try Files.real(folder)
      #expect(try SourceTree(around: "\(folder)/a/b/c").root == real)
    }
  }

  @Test func withoutARepositoryItIsTheFolderAboveTheSource() async throws {
    try await withTemporaryFolder { folder in
      try Files.makeFolder("\(folder)/a/b/c")
      let tree = try SourceTree(around: "\(folder)/a/b/c")
      #expect(tree.root == (try Files.real("\(folder)/a/b")))
      #expect(!tree.isShallow)
    }
  }

  @Test(arguments: ["/tmp", "/"])
  func aFolderForEverybodyIsNotVisible(folder: String) throws {
    #expect(try SourceTree(around: folder).isShallow)
  }

  @Test func aFolderNamesItsModulesInAMakefile() async throws {
    try await withTemporaryFolder { folder in
      #expect(try ModuleSource.of(folder) == nil)
      try Files.write(
        "# mine\nobj-$(CONFIG_X) += whole.o\nwhole-y := one.o \\\n  two.o\nccflags-y := -DX\n",
        to: "\(folder)/Makefile")
      #expect(try ModuleSource.of(folder)?.file == nil)
      #expect(try ModuleSource.of("\(folder)/Makefile")?.folder == folder)
      #expect(try ModuleSource(folder: folder, file: "two.c").module() == "whole")
      #expect(try ModuleSource(folder: folder, file: "three.c").module() == "three")
    }
  }
}

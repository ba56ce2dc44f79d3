// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import TestSupport
import Testing

/// A makefile asks as kbuild does, of a compiler that notes what it is called with.
@Suite(.lane, .tags(.compiler), .timeLimit(.minutes(5))) struct CompilerAnswersTests {
  private struct Lab {
    let folder: String
    let kernel: Kernel
    let kbuild: Kbuild
    let compiler: Compiler

    init(_ folder: String) async throws {
      self.folder = folder
      kernel = try await ForgeFixture(folder).kernel
      kbuild = Kbuild(source: "\(folder)/common", output: "\(folder)/headers", tools: nil)
      try Files.write(
        """
        option = $(shell $(CC) -Werror $(1) -c -x c /dev/null -o $(M)/tmp 2>/dev/null && echo $(1))
        options := $(call option,-O1) $(call option,-fno-such-option) $(call option,$(EXTRA))
        modules:
        \t@echo 'int x;' | $(CC) $(options) -x c -c -o $(M)/probe.ko -
        \t@echo $(options) >$(M)/options

        """, to: "\(folder)/common/Makefile")
      let path = "\(folder)/noting-gcc"
      try Files.write(
        "#!/bin/sh\necho \"$*\" >>\(folder)/calls\nexec gcc \"$@\"\n", to: path)
      try Files.makeExecutable(path)
      try Files.write("", to: "\(folder)/calls")
      compiler = try await Compiler(path: path)
    }

    func answers() async throws -> CompilerAnswers? {
      let cache = CacheDirectory(root: "\(folder)/cache")
      return try await CompilerAnswers.of(compiler, for: kernel, kbuild, in: cache)
    }

    /// The options that a makefile finds by this compiler, and the questions that reached the real one.
    func options(by compiler: String, _ extra: String = "") async throws -> (String, asked: Int) {
      try Files.write("", to: "\(folder)/calls")
      try Files.makeFolder("\(folder)/module")
      let output = try await kbuild.make(
        "\(folder)/module", compiler: compiler, arguments: ["EXTRA=\(extra)"])
      try #require(output.status == 0, "\(output.errorText)")
      let calls = try Files.text("\(folder)/calls").split(separator: "\n")
      return (
        try Files.text("\(folder)/module/options"), calls.count { $0.contains("/dev/null") }
      )
    }
  }

  @Test func aQuestionIsAskedOnce() async throws {
    try await withTemporaryFolder { folder in
      let lab = try await Lab(folder)
      let plain = try await lab.options(by: lab.compiler.path)
      #expect(plain == ("-O1\n", 3))
      let script = try #require(try await lab.answers()).script
      #expect(try await lab.options(by: script) == ("-O1\n", 0))
      // What wasn't asked before goes to the compiler.
      #expect(try await lab.options(by: script, "-O2") == ("-O1 -O2\n", 1))
      #expect(try await lab.options(by: script, "-fnone") == ("-O1\n", 1))
    }
  }

  @Test func aScriptThatWasChangedIsMadeAgain() async throws {
    try await withTemporaryFolder { folder in
      let lab = try await Lab(folder)
      let first = try #require(try await lab.answers()).script
      let text = try Files.text(first)
      try Files.write(text.replacing("exit 1", with: "exit 0"), to: first)
      let second = try #require(try await lab.answers()).script
      #expect(try Files.text(second) == text)
    }
  }
}

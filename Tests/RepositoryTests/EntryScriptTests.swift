// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// When `./panicroom` builds, and when it says so, with a compiler and a dpkg that only note that they were called.
@Suite(
  .lane, .tags(.program), .timeLimit(.minutes(1)),
  .enabled(if: Files.exists("/var/lib/dpkg/status")))
struct EntryScriptTests {
  /// A checkout of one source, and the tools that the script calls.
  private struct Entry {
    let folder: String
    var checkout: String { "\(folder)/checkout" }
    var state: String { "\(checkout)/.build/panicroom" }

    init(in folder: String) throws {
      self.folder = folder
      try Files.makeFolder("\(checkout)/Sources")
      try Files.makeFolder("\(folder)/bin")
      try Files.write("int", to: "\(checkout)/Sources/Main.swift")
      try Files.write("package", to: "\(checkout)/Package.swift")
      try tool("checkout/panicroom", try Files.text(Checkout.path("panicroom")))
      try tool(
        "bin/swift",
        """
        #!/bin/sh
        [ "$1" = build ] || { echo "Swift version 6.3"; exit; }
        echo "swift $*" >>"\(folder)/calls"
        mkdir -p .build/release
        printf '  "%s/Sources/Main.swift"\\n' "$(pwd -P)" >.build/release.yaml
        echo "Building for production..."
        if [ ! -e .build/release/panicroom ] || [ Sources/Main.swift -nt .build/release/panicroom ]; then
          echo "[1/2] Compiling Main.swift"
          printf '#!/bin/sh\\necho "ran $*"\\n' >.build/release/panicroom
          chmod +x .build/release/panicroom
        fi
        echo "Build complete!"
        """)
      try versions("1.1")
    }

    private func tool(_ path: String, _ text: String) throws {
      try Files.write(text, to: "\(folder)/\(path)")
      try Files.makeExecutable("\(folder)/\(path)")
    }

    /// What dpkg says of every package that it is asked for.
    func versions(_ version: String) throws {
      try tool(
        "bin/dpkg-query",
        """
        #!/bin/sh
        echo dpkg-query >>"\(folder)/calls"
        shift 3
        for package; do echo "ii |$package \(version)"; done
        """)
    }

    /// dpkg's files are younger than what the script noted.
    func somethingWasInstalled() throws {
      for name in try Files.list(state) where name.hasPrefix("packages-") {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 0)], ofItemAtPath: "\(state)/\(name)")
      }
    }

    /// - Returns: what the script printed to stderr, and the tools that it called.
    func run(
      _ words: String..., in other: String? = nil
    ) async throws -> (said: String, calls: [String]) {
      try Files.write("", to: "\(folder)/calls")
      let output = try await Tool("\(other ?? checkout)/panicroom").run(
        words,
        environment: [
          "PATH": "\(folder)/bin:/usr/bin:/bin", "PANICROOM_CONFIGURATION": nil,
        ])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(output.text.hasPrefix("ran \(words.joined(separator: " "))"), "\(output.text)")
      let calls = try Files.text("\(folder)/calls").split(separator: "\n").map(String.init)
      return (output.errorText, calls)
    }
  }

  private func withEntry(_ body: (Entry) async throws -> Void) async throws {
    try await withTemporaryFolder { try await body(try Entry(in: $0)) }
  }

  private static let build = "swift build -c release --no-color-diagnostics"

  @Test func itBuildsOnceAndSaysSo() async throws {
    try await withEntry { entry in
      let first = try await entry.run("list")
      #expect(first.calls == ["dpkg-query", Self.build])
      #expect(first.said.contains("building") && first.said.contains("built after"))
      for command in ["list", "--version", "report"] {
        let next = try await entry.run(command)
        #expect(next.calls.isEmpty && next.said.isEmpty, "\(next)")
      }
      // Other packages, the same build.
      let run = try await entry.run("run")
      #expect(run.calls == ["dpkg-query"] && run.said.isEmpty, "\(run)")
      #expect(try await entry.run("run").calls.isEmpty)
    }
  }

  @Test func packagesOfOthersChangeNothing() async throws {
    try await withEntry { entry in
      _ = try await entry.run("run")
      try entry.somethingWasInstalled()
      #expect(try await entry.run("list").calls.isEmpty)
      #expect(try await entry.run("run", "--help").calls.isEmpty)
      let run = try await entry.run("run")
      #expect(run.calls == ["dpkg-query"] && run.said.isEmpty, "\(run)")
      #expect(try await entry.run("run").calls.isEmpty)
    }
  }

  @Test func anotherVersionOfWhatIsLinkedBuildsAgain() async throws {
    try await withEntry { entry in
      _ = try await entry.run("run")
      try entry.versions("1.5")
      try entry.somethingWasInstalled()
      let run = try await entry.run("run")
      #expect(run.calls == ["dpkg-query", Self.build])
      // Nothing was compiled, so nothing is said.
      #expect(run.said.isEmpty, "\(run.said)")
      #expect(try await entry.run("run").calls.isEmpty)
    }
  }

  @Test func whatOnlyReadsTakesAnyProgramThatIsNewerThanTheSources() async throws {
    try await withEntry { entry in
      _ = try await entry.run("list")
      // As `swift test` leaves it.
      try Files.remove(entry.state)
      #expect(try await entry.run("show").calls.isEmpty)
      try FileManager.default.setAttributes(
        [.modificationDate: Date.now.addingTimeInterval(2)],
        ofItemAtPath: "\(entry.checkout)/Sources/Main.swift")
      let edited = try await entry.run("show")
      #expect(edited.calls == ["dpkg-query", Self.build])
      #expect(edited.said.contains("building"))
    }
  }

  @Test func aMovedCheckoutGoesOnAndIsBuiltAgainWhenASourceChanges() async throws {
    try await withEntry { entry in
      _ = try await entry.run("run")
      let moved = "\(entry.folder)/moved"
      try Files.rename(entry.checkout, to: moved)
      let same = try await entry.run("run", in: moved)
      #expect(same.calls.isEmpty && same.said.isEmpty, "\(same)")
      try Files.write("", to: "\(moved)/.build/old")
      // Newer than the stamp, whatever the clock's grain.
      try FileManager.default.setAttributes(
        [.modificationDate: Date.now.addingTimeInterval(2)],
        ofItemAtPath: "\(moved)/Sources/Main.swift")
      let changed = try await entry.run("run", in: moved)
      #expect(changed.calls == [Self.build])
      #expect(changed.said.contains("was made in another folder"), "\(changed.said)")
      #expect(!Files.exists("\(moved)/.build/old"))
    }
  }
}

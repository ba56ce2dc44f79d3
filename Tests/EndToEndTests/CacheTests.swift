// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import TestSupport
import Testing

/// A cache that is damaged or can't be written, and a runs folder that is full: the verdicts are the
/// same, or the cause is named.
@Suite(.lane, .tags(.guest), .timeLimit(.minutes(10))) struct CacheTests {
  private func withOwnCache(_ body: (_ harness: Harness) async throws -> Void) async throws {
    try await Harness.use { shared in
      let harness = try await shared.withOwnCache()
      let made = try await run(harness)
      try #require(made.status == 0, "\(made.errorText)")
      try await body(harness)
    }
  }

  private func run(_ harness: Harness, runs: String? = nil) async throws -> Tool.Output {
    try await harness.run(["run", "null-map-value", "--runs", runs ?? harness.runs])
  }

  /// Of the same size, and with the same time of modification.
  private func flipAByte(of path: String) throws {
    var before = stat()
    try #require(stat(path, &before) == 0)
    let file = open(path, O_RDWR)
    try #require(file >= 0)
    defer { close(file) }
    var byte: UInt8 = 0
    try #require(pread(file, &byte, 1, before.st_size / 2) == 1)
    byte ^= 1
    try #require(pwrite(file, &byte, 1, before.st_size / 2) == 1)
    var times = [before.st_atim, before.st_mtim]
    try #require(futimens(file, &times) == 0)
  }

  @Test func aTemplateWithOneBitChangedIsMadeAgain() async throws {
    try await withOwnCache { harness in
      let templates = harness.cache.path("templates")
      let name = try #require(try Files.list(templates).first { !$0.hasPrefix(".") })
      for file in ["memory", "state"] {
        let path = "\(templates)/\(name)/\(file)"
        try #require(chmod(path, 0o600) == 0)
        try flipAByte(of: path)
        let healed = try await run(harness)
        #expect(healed.status == 0, "\(healed.errorText)")
        #expect(healed.errorText.contains("\(name) is not what it was"), "\(healed.errorText)")
        #expect(healed.errorText.contains("made again"))
      }
      let whole = try await run(harness)
      #expect(!whole.errorText.contains("prepared a template"), "\(whole.errorText)")
    }
  }

  /// The headers are read if a module is built, and only then.
  @Test func aDamagedHeaderIsFoundBeforeAModuleIsBuiltWithIt() async throws {
    try await withOwnCache { harness in
      let sources = harness.cache.path("kernels", "6.1", "root", "usr", "src")
      let common = try #require(try Files.list(sources).first { $0.hasSuffix("-common") })
      try flipAByte(of: "\(sources)/\(common)/include/linux/kprobes.h")
      let warm = try await run(harness)
      #expect(warm.status == 0, "\(warm.errorText)")
      #expect(!warm.errorText.contains("kprobes.h"), "\(warm.errorText)")
      try Files.remove(harness.cache.path("objects"))
      let output = try await harness.run(
        ["run", "null-map-value", "--runs", harness.runs],
        environment: ["PANICROOM_DEBIAN_MIRROR": "http://127.0.0.1:9"])
      #expect(output.status != 0 && output.status != 1, "\(output.errorText)")
      #expect(output.errorText.contains("kprobes.h was changed"), "\(output.errorText)")
    }
  }

  @Test(.enabled(if: geteuid() == 0, "a mount takes root"))
  func aWholeCacheServesWithoutBeingWrittenTo() async throws {
    try await withOwnCache { harness in
      let root = harness.cache.root
      try await Tool("mount").checked(["--bind", "-o", "ro", root, root])
      let output: Tool.Output
      do {
        output = try await run(harness)
      } catch {
        try await Tool("umount").checked([root])
        throw error
      }
      try await Tool("umount").checked([root])
      #expect(output.status == 0, "\(output.errorText)")
      #expect(!output.errorText.contains("boots instead"), "\(output.errorText)")
    }
  }

  /// The template is not to blame, and stays.
  @Test(.enabled(if: geteuid() == 0, "a mount takes root"))
  func aRunsFolderWithoutRoomIsNamed() async throws {
    try await withOwnCache { harness in
      let small = harness.folder + "/small"
      try Files.makeFolder(small)
      for bound in ["size=100k", "nr_inodes=20"] {
        try await Tool("mount").checked(["-t", "tmpfs", "-o", bound, "none", small])
        let output: Tool.Output
        do {
          output = try await run(harness, runs: small + "/runs")
        } catch {
          try await Tool("umount").checked([small])
          throw error
        }
        try await Tool("umount").checked([small])
        #expect(output.status == 2)
        let words = output.errorText
        #expect(words.contains(small), "\(words)")
        #expect(words.contains("no space") || words.contains("no inodes"), "\(words)")
        #expect(!words.contains("XDG_CACHE_HOME"), "\(words)")
      }
      let again = try await run(harness)
      #expect(again.status == 0)
      #expect(!again.errorText.contains("made again"), "\(again.errorText)")
    }
  }
}

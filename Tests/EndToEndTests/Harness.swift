// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Record
import TestSupport
import Testing

/// The built program, run as a user would run it.
struct Harness: Sendable {
  static let repository = Checkout.root.path

  /// Built beside the test program.
  static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "panicroom").path

  /// The folder for this test's runs, gone when the test ends.
  let folder: String
  var repository = Harness.repository
  /// The user's, unless the test has one of its own.
  var cache: CacheDirectory

  static func use<Result>(_ body: (Harness) async throws -> Result) async throws -> Result {
    let folder = NSTemporaryDirectory() + "panicroom-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do {
      let result = try await body(Harness(folder: folder, cache: try CacheDirectory.standard()))
      try FileManager.default.removeItem(atPath: folder)
      return result
    } catch {
      try FileManager.default.removeItem(atPath: folder)
      throw error
    }
  }

  var runs: String { folder + "/runs" }

  func run(
    _ arguments: [String], environment: [String: String?] = [:], input: String = ""
  ) async throws -> Tool.Output {
    var variables = environment
    variables["PANICROOM_REPOSITORY"] = .some(repository)
    if variables["XDG_CACHE_HOME"] == nil {
      variables["XDG_CACHE_HOME"] = .some(Files.parent(of: cache.root))
    }
    return try await Tool(Self.program).run(
      arguments, environment: variables, input: Array(input.utf8))
  }

  /// `panicroom run … --runs <folder>/runs`, its JSON read back.
  func runTrials(_ arguments: [String]) async throws -> (output: Tool.Output, record: RunRecord) {
    let output = try await run(["run", "--runs", runs, "--format", "json"] + arguments)
    return (output, try RunDirectory.read(runs + "/latest"))
  }

  /// With a cache of the test's own, to be spoilt: a copy of what the user's has of the default
  /// kernel, its files and what was compiled for it.
  func withOwnCache() async throws -> Harness {
    let fetched = try await run(["kernel", "fetch", "6.1"])
    try #require(fetched.status == 0, "\(fetched.errorText)")
    var harness = self
    harness.cache = CacheDirectory(root: folder + "/cache/panicroom")
    for shelf in ["kernels", "objects"] where Files.exists(cache.path(shelf, "6.1")) {
      try Files.makeFolder(harness.cache.path(shelf))
      // Not hard links: what is spoilt in the copy must stay whole here.
      try await Tool("cp").checked([
        "-a", "--reflink=auto", cache.path(shelf, "6.1"), harness.cache.path(shelf, "6.1"),
      ])
    }
    return harness
  }

  /// A copy of what a scenario author edits, to be spoilt.
  func copyOfRepository() throws -> Harness {
    let copy = folder + "/repository"
    try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
    for part in ["scenarios", "bpf", "lkm", "vm", "templates"] {
      try FileManager.default.copyItem(
        atPath: "\(Self.repository)/\(part)", toPath: "\(copy)/\(part)")
    }
    var harness = self
    harness.repository = copy
    return harness
  }
}

/// A harness that was started to be interrupted.
final class RunningHarness: Sendable {
  let pid: pid_t

  init(_ harness: Harness, _ arguments: [String]) throws {
    let words = [Harness.program, "run", "--runs", harness.runs] + arguments
    var variables = ProcessInfo.processInfo.environment
    variables["PANICROOM_REPOSITORY"] = harness.repository
    variables["XDG_CACHE_HOME"] = Files.parent(of: harness.cache.root)
    let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let envp: [UnsafeMutablePointer<CChar>?] =
      variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, 2, harness.folder + "/stderr.log", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    var started: pid_t = 0
    try #require(posix_spawn(&started, Harness.program, &actions, nil, argv, envp) == 0)
    pid = started
  }

  /// The processes that this harness started and that still live.
  var children: [pid_t] { get throws { try Self.children(of: pid) } }

  /// Those of them that are QEMU.
  var guests: [pid_t] { get throws { try Self.guests(of: pid) } }

  private static func children(of pid: pid_t) throws -> [pid_t] {
    try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { pid_t($0) }
      .filter { parent(of: $0) == pid }
  }

  static func guests(of pid: pid_t) throws -> [pid_t] {
    try children(of: pid).filter {
      FileManager.default.contents(atPath: "/proc/\($0)/comm")
        .map { String(decoding: $0, as: UTF8.self).hasPrefix("qemu") } ?? false
    }
  }

  /// Wait until so many trials are in the journal and a guest is running.
  func waitForTrials(_ count: Int, in harness: Harness) async throws -> [pid_t] {
    for _ in 0..<6000 {
      let journal = FileManager.default.contents(atPath: harness.runs + "/latest/trials.jsonl")
      let lines = journal?.count { $0 == UInt8(ascii: "\n") } ?? 0
      let guests = try guests
      if lines >= count && !guests.isEmpty { return guests }
      try await Task.sleep(for: .milliseconds(50))
    }
    Issue.record("no guest was seen after \(count) trials")
    return []
  }

  /// Reap the harness.
  ///
  /// - Returns: its exit status, or the negative number of the signal that ended it.
  func wait() async throws -> Int32 {
    for _ in 0..<6000 {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("the harness did not end")
    return Int32.min
  }

  static func isAlive(_ pid: pid_t) -> Bool {
    guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return false }
    let text = String(decoding: stat, as: UTF8.self)
    // A zombie that nobody has reaped yet is no longer running.
    return text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst(2).first != "Z"
  }

  private static func parent(of pid: pid_t) -> pid_t? {
    guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return nil }
    let text = String(decoding: stat, as: UTF8.self)
    guard let end = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 1 ? pid_t(fields[1]) : nil
  }
}

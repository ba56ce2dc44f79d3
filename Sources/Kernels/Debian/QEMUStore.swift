// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
public import Host
public import Logging

/// A newer QEMU than the machine's own, unpacked into the cache like kernels and never installed.
///
/// It comes from Debian 12's backports (10.0.2 at the time of writing: 13 MiB to fetch, 86
/// unpacked) and is linked with libraries that QEMU 7.2 of Debian 12 also needs. On another
/// distribution it may not start; ``program()`` says so.
public struct QEMUStore: Sendable {
  static let suite = "bookworm-backports"
  /// What `qemu-system-x86` can't do without. Its remaining dependencies are libraries of the host's.
  static let packages = ["qemu-system-x86", "qemu-system-common", "qemu-system-data", "seabios"]
  /// Its folder, below the cache's root.
  public static let entry = "qemu/backports"
  private static let obstacleFile = "qemu/obstacle"

  let cache: CacheDirectory
  let logger: Logger
  let wishes: Mirror.Wishes

  /// - Parameter wishes: mirrors to use instead of the host's; from the environment if nil.
  public init(cache: CacheDirectory, logger: Logger, wishes: Mirror.Wishes? = nil) {
    self.cache = cache
    self.logger = logger
    self.wishes = wishes ?? .ofEnvironment()
  }

  /// The program in the cache; nil if it isn't there.
  public var cached: String? {
    let path = cache.path(Self.entry) + "/usr/bin/qemu-system-x86_64"
    return Files.exists(path) ? path : nil
  }

  /// Why it could not be fetched within the last day; nil if nobody tried, or longer ago. Consulted
  /// so that a machine without a network does not wait for it in every run.
  public func recentObstacle() throws -> String? {
    let path = cache.path(Self.obstacleFile)
    guard let age = try Files.age(of: path), age < 86_400 else { return nil }
    return try Files.text(path)
  }

  /// The program, fetched first if it is not in the cache.
  ///
  /// - Throws: ``KernelError`` if no mirror has it or it doesn't start here, which is remembered for a
  ///   day; `ToolError`, `HostError`.
  public func program() async throws -> String {
    if let cached { return cached }
    try Tool.require(["apt-get", "apt-cache", "apt-config", "dpkg-deb"])
    return try await cache.withLock(Self.entry) {
      logger.notice("waiting for another harness that fetches QEMU")
    } _: {
      if let cached { return cached }
      try cache.requireSpace(128 << 20)
      do {
        try await cache.atomically(Self.entry) { try await fetch(into: $0) }
      } catch let error as KernelError {
        try Files.makeFolder(Files.parent(of: cache.path(Self.obstacleFile)))
        try Files.write(error.what, to: cache.path(Self.obstacleFile))
        throw error
      }
      guard let cached else {
        throw KernelError(
          what: "Debian's package qemu-system-x86 has no qemu-system-x86_64",
          remedy: "look into \(cache.path(Self.entry))")
      }
      return cached
    }
  }

  private func fetch(into folder: String) async throws {
    let entry = KernelEntry(
      name: "qemu", suites: [.init(name: Self.suite, security: false)], image: Self.packages[0],
      headers: Self.packages[0])
    let sources = try await Mirror.sources(for: entry, wishes: wishes)
    let apt = try PrivateApt(root: "\(folder)/apt", sources: sources)
    try await apt.update()
    var packages: [PrivateApt.Package] = []
    for name in Self.packages { packages.append(try await apt.show(name)) }
    let downloads = "\(folder)/packages"
    try Files.makeFolder(downloads)
    try await apt.unpack(try await apt.download(packages, into: downloads), into: folder)
    try Files.remove(apt.root)
    try Files.remove(downloads)
    let output = try await Tool("\(folder)/usr/bin/qemu-system-x86_64").run(["--version"])
    guard output.status == 0 else {
      throw KernelError(
        what: "QEMU of \(Self.suite) does not start here: "
          + (output.errorText.split(separator: "\n").first.map(String.init) ?? "no reason given"),
        remedy: "install a newer QEMU: qemu-system-x86 8.1 or later", isUnavailable: true)
    }
  }
}

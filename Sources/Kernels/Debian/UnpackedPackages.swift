// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Logging

/// Packages of one of Debian's suites, unpacked into a folder of the cache and never installed.
struct UnpackedPackages: Sendable {
  /// For messages: `QEMU`.
  let what: String
  let suite: String
  let names: [String]
  /// The folder, below the cache's root.
  let entry: String
  /// What fetching takes on disk.
  let mebibytes: UInt64

  let cache: CacheDirectory
  let logger: Logger
  let wishes: Mirror.Wishes

  var folder: String { cache.found(entry) }
  private var obstacleFile: String { Files.parent(of: cache.path(entry)) + "/obstacle" }

  /// Why they could not be fetched within the last day; nil if nobody tried, or longer ago. Consulted
  /// so that a machine without a network does not wait for them in every run.
  func recentObstacle() throws -> String? {
    guard let age = try Files.age(of: obstacleFile), age < 86_400 else { return nil }
    return try Files.text(obstacleFile)
  }

  /// Fetches them unless they are there.
  ///
  /// - Parameters:
  ///   - isUsable: whether what is in the cache serves.
  ///   - finish: turns what was unpacked into what is kept, and checks it.
  /// - Throws: ``KernelError`` if no mirror has them or they are of no use here, which is remembered for a
  ///   day; `ToolError`, `HostError`.
  func fetch(
    unless isUsable: () async throws -> Bool,
    finish: (_ folder: String, _ packages: [PrivateApt.Package]) async throws -> Void
  ) async throws {
    try Tool.require(["apt-get", "apt-cache", "apt-config", "dpkg-deb"])
    try await cache.withLock(entry) {
      logger.notice("waiting for another harness that fetches \(what)")
    } _: {
      if try await isUsable() { return }
      try cache.requireSpace(mebibytes << 20)
      do {
        try await cache.atomically(entry) { folder in
          try await finish(folder, try await unpack(into: folder))
        }
      } catch let error as KernelError {
        try Files.makeFolder(Files.parent(of: obstacleFile))
        try Files.write(error.what, to: obstacleFile)
        throw error
      }
    }
  }

  private func unpack(into folder: String) async throws -> [PrivateApt.Package] {
    let entry = KernelEntry(
      name: what, suites: [.init(name: suite, security: false)], image: names[0],
      headers: names[0])
    let sources = try await Mirror.sources(for: entry, wishes: wishes)
    let apt = try PrivateApt(root: "\(folder)/apt", sources: sources)
    try await apt.update()
    var packages: [PrivateApt.Package] = []
    for name in names { packages.append(try await apt.show(name)) }
    let downloads = "\(folder)/packages"
    try Files.makeFolder(downloads)
    try await apt.unpack(try await apt.download(packages, into: downloads), into: folder)
    try Files.remove(apt.root)
    try Files.remove(downloads)
    return packages
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Logging

/// Fetches the source package of a kernel and unpacks it, without root.
struct KernelSource {
  let cache: CacheDirectory
  let logger: Logger
  let wishes: Mirror.Wishes

  struct Tree {
    var root: String
    /// Debian's version of the package.
    var version: String
  }

  /// What is needed while it is unpacked, and what it takes then, in bytes.
  private static let space: UInt64 = 2 << 30

  /// The source, fetched if it is missing: complete, or not at all.
  ///
  /// - Parameter entry: its folder in the cache.
  func tree(of series: KernelBuildPlan.Series, at entry: String) async throws -> Tree {
    let place = "\(cache.root)/\(entry)"
    if !Files.exists("\(place)/version") {
      try cache.requireSpace(Self.space)
      // Kept until it is unpacked, so that an interrupted download can be resumed.
      let downloads = "\(place)-package"
      try Files.makeFolder(downloads)
      try await cache.atomically(entry) {
        try await fetch(series, downloads: downloads, into: $0)
      }
      try Files.remove(downloads)
    }
    return Tree(root: "\(place)/linux", version: try Files.text("\(place)/version"))
  }

  private func fetch(
    _ series: KernelBuildPlan.Series, downloads: String, into folder: String
  ) async throws {
    let entry = KernelEntry(
      name: series.name, suites: series.suites, image: series.source, headers: series.source)
    let sources = try await Mirror.sources(for: entry, wishes: wishes)
    let apt = try PrivateApt(root: "\(folder)/apt", sources: sources)
    logger.info("fetching the lists of \(sources.map(\.suite).joined(separator: ", "))")
    try await apt.update()
    let package = try await apt.show(series.source)
    logger.info("fetching \(package.exact), \(package.size >> 20) MiB")
    let files = try await apt.download([package], into: downloads)
    logger.info("unpacking \(package.exact)")
    try await apt.unpack(files, into: "\(folder)/root")
    let unpacked = "\(folder)/root/usr/src"
    guard
      let archive = try Files.list(unpacked).first(where: { $0.hasPrefix("\(series.source).tar") })
    else {
      throw KernelError(
        what: "\(package.exact) holds no archive of the source",
        remedy: "check the package's name in vm/builds.yaml")
    }
    try Files.makeFolder("\(folder)/linux")
    try await Tool("tar").checked([
      "-x", "-C", "\(folder)/linux", "--strip-components=1", "-f", "\(unpacked)/\(archive)",
    ])
    for name in try Files.list(folder) where name != "linux" {
      try Files.remove("\(folder)/\(name)")
    }
    try Files.write(package.version, to: "\(folder)/version")
  }
}

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

  private let store: UnpackedPackages

  /// - Parameter wishes: mirrors to use instead of the host's; from the environment if nil.
  public init(cache: CacheDirectory, logger: Logger, wishes: Mirror.Wishes? = nil) {
    store = UnpackedPackages(
      what: "QEMU", suite: Self.suite, names: Self.packages, entry: Self.entry, mebibytes: 128,
      cache: cache, logger: logger, wishes: wishes ?? .ofEnvironment())
  }

  /// The program in the cache; nil if it isn't there.
  public var cached: String? {
    let path = store.folder + "/usr/bin/qemu-system-x86_64"
    return Files.exists(path) ? path : nil
  }

  /// Why it could not be fetched within the last day; nil if nobody tried, or longer ago.
  public func recentObstacle() throws -> String? { try store.recentObstacle() }

  /// The program, fetched first if it is not in the cache.
  ///
  /// - Throws: ``KernelError`` if no mirror has it or it doesn't start here, which is remembered for a
  ///   day; `ToolError`, `HostError`.
  public func program() async throws -> String {
    if let cached { return cached }
    try await store.fetch(unless: { cached != nil }, finish: Self.check)
    guard let cached else {
      throw KernelError(
        what: "Debian's package qemu-system-x86 has no qemu-system-x86_64",
        remedy: "look into \(store.folder)")
    }
    return cached
  }

  private static func check(_ folder: String, _ packages: [PrivateApt.Package]) async throws {
    let output = try await Tool("\(folder)/usr/bin/qemu-system-x86_64").run(["--version"])
    guard output.status == 0 else {
      throw KernelError(
        what: "QEMU of \(suite) does not start here: "
          + (output.errorText.split(separator: "\n").first.map(String.init) ?? "no reason given"),
        remedy: "install a newer QEMU: qemu-system-x86 8.1 or later", isUnavailable: true)
    }
  }
}

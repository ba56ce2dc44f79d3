// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import Host
public import Logging

/// The libraries of a newer suite of Debian than the machine's own, for guests: libbpf, all that the
/// agent and bpftool are linked with, and the C library, without which they would not start.
public struct GuestLibraries: Sendable {
  public static let suite = "trixie"
  /// libbpf-dev has the headers that programs include. libkmod loads liblzma5 by itself.
  static let packages = [
    "libbpf1", "libbpf-dev", "libc6", "libcap2", "libelf1t64", "libgcc-s1", "libkmod2", "liblzma5",
    "libssl3t64", "libstdc++6", "libzstd1", "zlib1g",
  ]
  /// The folder, below the cache's root.
  public static let entry = "libraries/\(suite)"
  /// What is unpacked of them, below a package's root.
  static let place = "usr/lib/x86_64-linux-gnu"
  private static let recordName = "libraries.json"

  private let store: UnpackedPackages
  private let logger: Logger

  /// - Parameter wishes: mirrors to use instead of the host's; from the environment if nil.
  public init(cache: CacheDirectory, logger: Logger, wishes: Mirror.Wishes? = nil) {
    self.logger = logger
    store = UnpackedPackages(
      what: "the guests' libraries", suite: Self.suite, names: Self.packages, entry: Self.entry,
      mebibytes: 128, cache: cache, logger: logger, wishes: wishes ?? .ofEnvironment())
  }

  /// What is in the cache.
  public struct Tree: Codable, Sendable, Equatable {
    public internal(set) var folder = ""
    /// libbpf's: `1.5.0`.
    public let libbpf: String
    /// The exact packages: `libbpf1=1:1.5.0-3`.
    public let packages: [String]

    /// The folder of all libraries.
    public var libraries: String { "\(folder)/lib" }
    /// The folder that has `bpf/bpf_helpers.h`.
    public var headers: String { "\(folder)/include" }
    /// The dynamic loader, which lists what a program needs of ``libraries``.
    public var loader: String { "\(libraries)/ld-linux-x86-64.so.2" }
    /// Changes with any of the files.
    public var identity: String { get throws { try Files.text("\(folder)/\(TreeSeal.name)") } }

    enum CodingKeys: String, CodingKey { case libbpf, packages }
  }

  /// The libraries, if they are in the cache; whether they are intact is not checked.
  public var cached: Tree? {
    let path = "\(store.folder)/\(Self.recordName)"
    guard Files.exists(path) else { return nil }
    do {
      var tree = try JSONDecoder().decode(Tree.self, from: Data(try Files.read(path)))
      tree.folder = store.folder
      return tree
    } catch {
      logger.warning("the record of the guests' libraries can't be read: \(path): \(error)")
      return nil
    }
  }

  /// The libraries, if they are in the cache and intact.
  public func whole() async throws -> Tree? {
    guard let cached, TreeSeal.exists(in: cached.folder) else { return nil }
    guard let damage = try await TreeSeal.damage(of: cached.folder) else { return cached }
    logger.warning("the guests' libraries in \(cached.folder) are damaged: \(damage)")
    return nil
  }

  /// Why they could not be fetched within the last day; nil if nobody tried, or longer ago.
  public func recentObstacle() throws -> String? { try store.recentObstacle() }

  /// Fetches the libraries.
  ///
  /// - Throws: ``KernelError`` if no mirror has them, which is remembered for a day; `ToolError`,
  ///   `HostError`.
  public func fetch() async throws -> Tree {
    try await store.fetch(unless: { try await whole() != nil }, finish: Self.finish)
    guard let cached else {
      throw KernelError(
        what: "Debian's packages for the guests' libraries could not be put together",
        remedy: "look into \(store.folder)")
    }
    return cached
  }

  /// Keeps the libraries, under the names that programs ask for, and libbpf's headers.
  private static func finish(_ folder: String, _ packages: [PrivateApt.Package]) async throws {
    try Files.makeFolder("\(folder)/lib")
    for name in try Files.list("\(folder)/\(place)") where isLibrary(name) {
      let path = try Files.real("\(folder)/\(place)/\(name)")
      try Files.write(try Files.read(path), to: "\(folder)/lib/\(name)")
    }
    try Files.rename("\(folder)/usr/include", to: "\(folder)/include")
    for name in try Files.list(folder) where name != "lib" && name != "include" {
      try Files.remove("\(folder)/\(name)")
    }
    guard let libbpf = packages.first(where: { $0.name == "libbpf1" }),
      Files.exists("\(folder)/lib/libbpf.so.1"),
      Files.exists("\(folder)/include/bpf/bpf_helpers.h")
    else {
      throw KernelError(
        what: "\(suite) has no libbpf 1", remedy: "look at its package libbpf1",
        isUnavailable: true)
    }
    let tree = Tree(libbpf: upstream(libbpf.version), packages: packages.map(\.exact))
    try Files.makeExecutable("\(folder)/lib/ld-linux-x86-64.so.2")
    try Files.write(json: tree, to: "\(folder)/\(recordName)")
    try await TreeSeal.close(folder)
    try await Tool("sync").checked(["--file-system", folder])
  }

  /// `libc.so.6`, `ld-linux-x86-64.so.2`; not `libbpf.so` (for linking) and not `libbpf.so.1.5.0`.
  package static func isLibrary(_ name: String) -> Bool {
    name.wholeMatch(of: /[^.]+\.so\.\d+/) != nil
  }

  /// A package's version without Debian's own parts: `1.5.0` for `1:1.5.0-3`.
  package static func upstream(_ version: String) -> String {
    let text = version.split(separator: ":").last ?? ""
    return String(text.prefix { $0 != "-" && $0 != "+" && $0 != "~" })
  }
}

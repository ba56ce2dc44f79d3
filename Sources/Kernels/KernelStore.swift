// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
public import Host
public import Logging

/// The kernels in the cache; fetches missing ones.
public struct KernelStore: Sendable {
  public let cache: CacheDirectory
  let logger: Logger
  let wishes: Mirror.Wishes

  /// - Parameter wishes: mirrors to use instead of the host's; by default from the environment.
  public init(cache: CacheDirectory, logger: Logger, wishes: Mirror.Wishes? = nil) {
    self.cache = cache
    self.logger = logger
    self.wishes = wishes ?? .ofEnvironment()
  }

  /// The programs that are needed to fetch a kernel.
  public static let tools = [
    "apt-get", "apt-cache", "apt-config", "dpkg-deb", "depmod", "bpftool", "xz", "sync",
    "find", "make",
  ]

  /// The kernel, if it is in the cache and complete; starts no process and fetches nothing.
  public func cached(_ entry: KernelEntry) -> Kernel? {
    let folder = cache.found("kernels/\(entry.name)")
    let path = "\(folder)/kernel.json"
    guard Files.exists(path) else { return nil }
    do {
      let record = try JSONDecoder().decode(KernelRecord.self, from: Data(try Files.read(path)))
      guard record.schema == KernelRecord.currentSchema,
        entry.ways.contains(where: { $0.fetched == record.entry.fetched })
      else { return nil }
      var kernel = Kernel(record, in: folder)
      kernel.parameters = entry.parameters ?? []
      guard let gone = kernel.missing.first else { return kernel }
      logger.warning("a file of kernel \(entry.name) is gone from the cache: \(gone)")
    } catch {
      logger.warning("the record of kernel \(entry.name) can't be read: \(path): \(error)")
    }
    return nil
  }

  /// The kernel, fetched first if that is needed.
  ///
  /// - Parameter extent: which of its files are checked for damage before it is used.
  /// - Throws: ``KernelError``, `ToolError`, `HostError`; `CancellationError` if the task is
  ///   cancelled. Nothing half-done remains.
  public func kernel(
    _ entry: KernelEntry, checking extent: KernelCheck = .all
  ) async throws -> Kernel {
    if let kernel = cached(entry), try await isWhole(kernel, extent) { return kernel }
    try Tool.require(Self.tools)
    guard !isLocal(entry.name) else {
      throw KernelError(
        what: "the cache has a kernel \(entry.name) that was added here, and vm/kernels.yaml has "
          + "one of that name by now",
        remedy: "remove it with: panicroom kernel remove \(entry.name)")
    }
    let place = "kernels/\(entry.name)"
    return try await cache.withLock(place) {
      logger.notice("waiting for another harness that fetches kernel \(entry.name)")
    } _: {
      // Another harness may have made it in the meantime.
      if let kernel = cached(entry), try await isWhole(kernel, .all, locked: true) { return kernel }
      // A kernel unpacked, a compiler, its packages and apt's lists take 700 MiB while it is made.
      try cache.requireSpace(750 << 20)
      do {
        try await cache.atomically(place) { try await fetch(entry, orElse: entry.others, into: $0) }
      } catch let error as ToolError {
        throw failure(error, of: entry)
      }
      try Files.remove(downloads(entry))
      guard let kernel = cached(entry) else {
        throw KernelError(
          what: "the packages of kernel \(entry.name) don't hold all of a kernel's files",
          remedy: "check the names in vm/kernels.yaml")
      }
      return kernel
    }
  }

  /// Whether a kernel's files are as they were unpacked: with a damaged header it would look as if
  /// the compiler refused a twin.
  ///
  /// - Parameter locked: whether this harness holds the kernel's lock.
  private func isWhole(
    _ kernel: Kernel, _ extent: KernelCheck, locked: Bool = false
  ) async throws -> Bool {
    let folder = cache.found("kernels/\(kernel.name)")
    // A kernel that an older version fetched is sealed at its next use.
    guard TreeSeal.exists(in: folder) else {
      guard locked else { return false }
      do {
        try await TreeSeal.close(folder)
      } catch let error as HostError {
        logger.debug("kernel \(kernel.name) can't be sealed: \(error)")
      }
      return true
    }
    guard let damage = try await extent.damage(of: kernel, in: folder) else { return true }
    if locked {
      logger.warning("kernel \(kernel.name) is fetched again: in \(folder) \(damage)")
    }
    return false
  }

  /// Where packages are kept until the kernel is ready, so that the next try need not fetch them
  /// again.
  func downloads(_ entry: KernelEntry) -> String { cache.path("downloads", entry.name) }

  /// If a tool fails on what was fetched, the kernel is to blame; if a tool is missing, it is not.
  private func failure(_ error: ToolError, of entry: KernelEntry) -> any Error {
    if let full = HostError(spaceFailure: error, path: cache.root) { return full }
    guard case .failed = error else { return error }
    return KernelError(
      what: "kernel \(entry.name) could not be put together: \(error)",
      remedy: "run again; if this continues, the mirror's packages are damaged: see "
        + "PANICROOM_DEBIAN_MIRROR in docs/commands.md")
  }

  /// Of the packages of one release some are listed and gone, and some headers need a compiler that is:
  /// then the kernel still takes programs.
  private func fetch(
    _ entry: KernelEntry, orElse others: [KernelEntry]?, into folder: String
  ) async throws {
    do {
      return try await fetch(entry, into: folder)
    } catch let error as KernelError {
      guard var rest = others else { throw error }
      var next = entry
      if error.isUnavailable {
        guard !rest.isEmpty else { throw error }
        next = rest.removeFirst()
      } else {
        guard entry.headers != nil else { throw error }
        next.headers = nil
      }
      logger.info("kernel \(entry.name): \(next.packages) instead of \(entry.packages): \(error)")
      for name in try Files.list(folder) { try Files.remove("\(folder)/\(name)") }
      try await fetch(next, orElse: rest, into: folder)
    }
  }

  private func fetch(_ entry: KernelEntry, into folder: String) async throws {
    let sources = try await Mirror.sources(for: entry.withBases, wishes: wishes)
    let apt = try PrivateApt(
      root: "\(folder)/apt", sources: sources, preferred: entry.backports)
    logger.info(
      "kernel \(entry.name): fetching the lists of \(sources.map(\.suite).joined(separator: ", "))")
    try await apt.update()
    let resolver = Resolver(apt: apt)
    let packages = try await resolver.packages(of: entry)
    try await unpack(packages.all, "kernel", of: entry, by: apt, into: folder)
    var record = try await KernelAssembly(folder: folder).assemble(
      entry: entry, version: packages.image.version, packages: packages.all.map(\.exact))
    if let obstacle = try await obstacle(record, in: folder) {
      logger.info("kernel \(entry.name): this machine builds no modules for it: \(obstacle)")
      let tools = try await resolver.tools(for: packages)
      try await unpack(tools, "compiler", of: entry, by: apt, into: folder)
      record.files.tools = "root/" + (try await Toolchain(root: "\(folder)/root").adapt())
      record.packages = (record.packages + tools.map(\.exact)).sorted()
      if let obstacle = try await self.obstacle(record, in: folder) {
        throw KernelError(
          what: "no module can be built for kernel \(entry.name), \(record.release): \(obstacle)",
          remedy: "see with --verbose which compiler was fetched")
      }
    }
    try Files.remove(apt.root)
    try await TreeSeal.close(folder)
    // Thousands of files.
    try await Tool("sync").checked(["--file-system", folder])
    try Files.write(json: record, to: "\(folder)/kernel.json")
    logger.info("kernel \(entry.name): \(record.release) is ready")
  }

  private func unpack(
    _ packages: [PrivateApt.Package], _ what: String, of entry: KernelEntry, by apt: PrivateApt,
    into folder: String
  ) async throws {
    let size = packages.reduce(0) { $0 + $1.size } >> 20
    logger.info("kernel \(entry.name): fetching \(packages.count) packages, \(size) MiB")
    let downloads = "\(downloads(entry))/\(what)"
    try Files.makeFolder(downloads)
    let files = try await apt.download(packages, into: downloads)
    logger.info("kernel \(entry.name): unpacking")
    try await apt.unpack(files, into: "\(folder)/root")
  }

  private func obstacle(_ record: KernelRecord, in folder: String) async throws -> String? {
    try await Kernel(record, in: folder).kbuild?.obstacle(in: "\(folder)/probe")
  }
}

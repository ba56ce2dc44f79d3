// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The folder of everything that can be regenerated: kernels, objects, images, templates.
///
/// Its entries are always complete: an entry is made in a staging folder next to its place and
/// renamed when it is done.
public struct CacheDirectory: Sendable {
  public let root: String
  /// The root of another cache, whose complete entries are used as they are; nothing is written to it,
  /// and no lock is taken in it. Nil if there is none.
  public let shared: String?

  /// A cache at `root`, an absolute path; made when something is put into it.
  public init(root: String, shared: String? = nil) {
    self.root = root
    self.shared = shared
  }

  /// `$XDG_CACHE_HOME/panicroom`, or `~/.cache/panicroom` (XDG Base Directory Specification: a
  /// path that isn't absolute is ignored). Next to it `$PANICROOM_SHARED_CACHE`, if that is set.
  public static func standard() throws(HostError) -> CacheDirectory {
    try standard(
      cacheHome: getenv("XDG_CACHE_HOME").map { String(cString: $0) },
      home: getenv("HOME").map { String(cString: $0) },
      shared: getenv("PANICROOM_SHARED_CACHE").map { String(cString: $0) })
  }

  package static func standard(
    cacheHome: String?, home: String?, shared: String? = nil
  ) throws(HostError) -> CacheDirectory {
    let shared = shared == "" ? nil : shared
    if let shared, !shared.hasPrefix("/") || !Files.isFolder(shared + "/kernels") {
      throw HostError(
        what: "this is no cache that could be shared: it has no folder kernels", path: shared,
        remedy: "set PANICROOM_SHARED_CACHE to the absolute path of a cache that is filled")
    }
    if let cacheHome, cacheHome.hasPrefix("/") {
      return CacheDirectory(root: cacheHome + "/panicroom", shared: shared)
    }
    guard let home, home.hasPrefix("/") else {
      throw HostError(
        what: "no folder for the cache", path: "~/.cache",
        remedy: "set HOME or XDG_CACHE_HOME to an absolute path")
    }
    return CacheDirectory(root: home + "/.cache/panicroom", shared: shared)
  }

  /// The path of an entry: `path("kernels", "6.1")`.
  public func path(_ components: String...) -> String {
    ([root] + components).joined(separator: "/")
  }

  /// The place that an entry (a path below the root) is read from: here, or the shared cache if only that
  /// has it.
  public func found(_ entry: String) -> String {
    let own = root + "/" + entry
    guard let shared, !Files.exists(own), Files.exists("\(shared)/\(entry)") else { return own }
    return "\(shared)/\(entry)"
  }

  /// Whether nothing can be added.
  public var isReadOnly: Bool { access(root, W_OK) != 0 && errno != ENOENT }

  /// Makes the folder `entry` (a path below the root) as a whole or not at all.
  ///
  /// `make` fills the staging folder that it is given. If it returns, the staging folder replaces
  /// the entry (and what was there before is removed); if it throws, nothing is left. Staging
  /// folders of processes that are gone are swept.
  ///
  /// - Returns: the entry's path.
  @discardableResult
  public func atomically(
    _ entry: String, _ make: (_ staging: String) async throws -> Void
  ) async throws -> String {
    let target = root + "/" + entry
    let staging = try StagingFolder(beside: target)
    // Its lock is held to the end.
    defer { withExtendedLifetime(staging) {} }
    do {
      try await make(staging.path)
      try Self.sync(staging.path)
      // What was there before now has the staging folder's name.
      if let old = try Files.put(staging.path, at: target) { try Files.remove(old) }
    } catch {
      Self.discard(staging.path)
      throw error
    }
    return target
  }

  /// Has the file system write the files directly in the folder, so that a power cut never leaves a
  /// name without its content. Damage to larger files, such as templates' memory, shows in their
  /// stamps.
  private static func sync(_ folder: String) throws(HostError) {
    for name in try Files.list(folder) { try Files.sync("\(folder)/\(name)", upTo: 64 << 20) }
  }

  /// Gives `body` an empty folder in the file system of `entry`, or, if the cache can't be written, in
  /// the one for temporary files; removes it afterwards.
  public func temporarily<Result>(
    beside entry: String, _ body: (_ folder: String) async throws -> Result
  ) async throws -> Result {
    if isReadOnly {
      return try await Self.lending(try Self.temporaryFolder(), to: body)
    }
    let staging = try StagingFolder(beside: root + "/" + entry)
    defer { withExtendedLifetime(staging) {} }
    return try await Self.lending(staging.path, to: body)
  }

  private static func lending<Result>(
    _ folder: String, to body: (_ folder: String) async throws -> Result
  ) async throws -> Result {
    let result: Result
    do {
      result = try await body(folder)
    } catch {
      discard(folder)
      throw error
    }
    try Files.remove(folder)
    return result
  }

  private static func temporaryFolder() throws(HostError) -> String {
    let home = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var path = Array("\(home)/panicroom-XXXXXX".utf8CString)
    guard mkdtemp(&path) != nil else {
      throw HostError(errno: errno, doing: "make a folder", path: home)
    }
    return String(decoding: path.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Removes a folder after a failure. Whatever remains is left to the next sweep, because the
  /// failure is the error to report. (This is a separate function because the optimiser of Swift
  /// 6.3.1 crashes on this `do` in an async one.)
  private static func discard(_ folder: String) {
    do {
      try Files.remove(folder)
    } catch {
      return
    }
  }

  /// Runs `body` while no other harness holds the lock of this entry.
  ///
  /// - Parameter waiting: called once if another harness holds it.
  public func withLock<Result>(
    _ entry: String, waiting: () -> Void = {}, _ body: () async throws -> Result
  ) async throws -> Result {
    guard let file = try lockFile(of: entry) else { return try await body() }
    defer { close(file) }
    var told = false
    // Asked again instead of waited for: a blocked flock would hold a thread of the cooperative
    // pool and could not be cancelled.
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR else {
        throw HostError(errno: errno, doing: "lock", path: path(entry))
      }
      if !told { waiting() }
      told = true
      try await Task.sleep(for: .milliseconds(100))
    }
    return try await body()
  }

  /// - Returns: a descriptor to be locked and closed; nil if this user can't write to the cache and
  ///   it has no such file. Complete entries are then used as they are.
  private func lockFile(of entry: String) throws(HostError) -> Int32? {
    let target = root + "/" + entry
    let lock = "\(Files.parent(of: target))/.lock-\(Files.name(of: target))"
    // Closed on exec, so that a child that outlives us doesn't hold the lock. A lock can be held
    // through a descriptor that only reads, too.
    let held = open(lock, O_RDONLY | O_CLOEXEC)
    if held >= 0 { return held }
    do {
      try Files.makeFolder(Files.parent(of: target))
      return try call("lock", lock) { open(lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o644) }
    } catch {
      guard Files.isFolder(found(entry)), access(root, W_OK) != 0 else { throw error }
      return nil
    }
  }

  /// Throws if the cache's file system has fewer than this many bytes left.
  public func requireSpace(_ bytes: UInt64) throws(HostError) {
    try Files.makeFolder(root)
    var status = statvfs()
    try call("look at the free space", root) { statvfs(root, &status) }
    let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
    guard free >= bytes else {
      var error = HostError(
        what: "\(free >> 20) MiB are free, \(bytes >> 20) MiB are needed", path: root,
        remedy: "free some, or set XDG_CACHE_HOME to a folder that has them")
      error.isSpace = true
      throw error
    }
  }
}

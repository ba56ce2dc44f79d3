// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A folder in which an entry of the cache is made, next to its final place.
///
/// Its owner holds a lock on it, which ends with the owner, however that ends. A process ID would
/// not do: it means nothing in another PID namespace, such as a container with the same cache.
final class StagingFolder: Sendable {
  let path: String
  private let lock: Int32

  private static let prefix = ".staging-"

  /// Makes an empty one, and removes those whose owners are gone.
  ///
  /// - Parameter target: the entry's place; the folder above it is made if it is missing.
  init(beside target: String) throws(HostError) {
    let parent = Files.parent(of: target)
    try Files.makeFolder(parent)
    try Self.sweep(parent)
    while true {
      let unique = String(UInt64.random(in: 0...UInt64.max), radix: 36)
      let folder = "\(parent)/\(Self.prefix)\(unique)-\(Files.name(of: target))"
      try call("make the folder", folder) { mkdir(folder, 0o755) }
      let lock = try Self.open(folder)
      guard let lock else { continue }
      guard flock(lock, LOCK_EX | LOCK_NB) == 0, Self.is(lock, at: folder) else {
        let code = errno
        close(lock)
        // Another process's sweep took it for one whose owner is gone.
        if code == EWOULDBLOCK || !Files.exists(folder) { continue }
        throw HostError(errno: code, doing: "lock", path: folder)
      }
      (path, self.lock) = (folder, lock)
      return
    }
  }

  deinit { close(lock) }

  private static func sweep(_ parent: String) throws(HostError) {
    for name in try Files.list(parent) where name.hasPrefix(prefix) {
      let folder = "\(parent)/\(name)"
      guard let lock = try open(folder) else { continue }
      defer { close(lock) }
      if flock(lock, LOCK_EX | LOCK_NB) == 0 { try Files.remove(folder) }
    }
  }

  /// Nil if it is gone.
  private static func open(_ folder: String) throws(HostError) -> Int32? {
    let file = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if file >= 0 { return file }
    if errno == ENOENT { return nil }
    throw HostError(errno: errno, doing: "lock", path: folder)
  }

  private static func `is`(_ file: Int32, at path: String) -> Bool {
    var (own, found) = (stat(), stat())
    return fstat(file, &own) == 0 && stat(path, &found) == 0 && own.st_ino == found.st_ino
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Removes what was replaced in the cache and has not been used for a day: another harness may
/// still use it.
public struct CacheSweep: Sendable {
  let cache: CacheDirectory

  /// How long after their last use entries are kept, in seconds.
  private static let life = 86_400

  public init(cache: CacheDirectory) {
    self.cache = cache
  }

  /// Removes the old entries on a shelf whose names are `family` and a key, but not `current`.
  /// An entry's modification time is that of its last use.
  public func sweep(
    _ shelf: String, family: String, except current: String
  ) throws(HostError) {
    let folder = cache.path(shelf)
    for name in try Files.list(folder) where name.hasPrefix(family) && name != current {
      // "6.1-rt-<key>" does not belong to the family "6.1-".
      if name.dropFirst(family.count).contains("-") { continue }
      let path = "\(folder)/\(name)"
      var status = stat()
      // Another harness may have removed it in the meantime.
      guard stat(path, &status) == 0 else { continue }
      if time(nil) - status.st_mtim.tv_sec > Self.life { try Files.remove(path) }
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Removes a file, or a folder with all that is in it; follows no link.
enum Removal {
  /// - Parameters:
  ///   - folder: the open folder above it.
  ///   - shown: the path as messages name it. An error is about what stood in the way, which may lie
  ///     deep below.
  static func remove(
    _ name: String, in folder: Int32 = AT_FDCWD, shownAs shown: String
  ) throws(HostError) {
    if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return }
    // For a folder Linux returns EISDIR; POSIX allows EPERM, which has other causes, too.
    let code = errno
    guard code == EISDIR || code == EPERM, isFolder(name, in: folder) else {
      throw HostError(errno: code, doing: "remove", path: shown)
    }
    try removeContents(of: name, in: folder, shownAs: shown)
    if unlinkat(folder, name, AT_REMOVEDIR) != 0, errno != ENOENT {
      throw HostError(errno: errno, doing: "remove", path: shown)
    }
  }

  private static func isFolder(_ name: String, in folder: Int32) -> Bool {
    var status = stat()
    return fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  private static func removeContents(
    of name: String, in folder: Int32, shownAs shown: String
  ) throws(HostError) {
    let own = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
    if own < 0, errno == ENOENT { return }
    // The stream takes the descriptor over.
    guard own >= 0, let stream = fdopendir(own) else {
      throw HostError(errno: errno, doing: "remove", path: shown)
    }
    defer { closedir(stream) }
    for entry in Files.names(of: stream) {
      try remove(entry, in: own, shownAs: "\(shown)/\(entry)")
    }
  }
}

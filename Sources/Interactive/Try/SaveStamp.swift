// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Distinguishes one save of some files from the next.
package struct SaveStamp: Equatable, Sendable {
  private struct File: Equatable, Sendable {
    var path: String
    var inode: UInt
    var size: Int
    var seconds: Int
    var nanoseconds: Int
  }

  private var files: [File] = []

  /// Nil if one of the files doesn't exist: an editor that saves by renaming is in between.
  package init?(of paths: [String]) {
    for path in paths {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      files.append(
        File(
          path: path, inode: UInt(status.st_ino), size: Int(status.st_size),
          seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec))
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The files of a run directory, opened only below it.
///
/// A run directory may come from somebody else. Any name in it can be a symlink, a pipe or a
/// device, so every part of a path is opened from the folder above it without following symlinks,
/// and only regular files are read, each up to a limit. The directory itself is the user's choice
/// and may be named by a symlink, as `runs/latest` is.
final class RunFolder: Sendable {
  let path: String
  private let top: OpenFile

  /// - Throws: ``SystemFailure``.
  init(_ path: String) throws {
    self.path = path
    top = try OpenFile(path, O_RDONLY | O_DIRECTORY, action: "read")
  }

  /// A regular file; nil if there is none of that name.
  ///
  /// - Parameter name: its path from the run directory, such as `scenarios/bpf/a.bpf.c`.
  /// - Throws: ``RunDirectoryError/foreign(file:what:)``, ``SystemFailure``.
  func open(_ name: String, _ flags: Int32 = O_RDONLY) throws -> OpenFile? {
    guard let (folder, last) = try enter(name) else { return nil }
    // Without O_NONBLOCK the open of a pipe waits for its other end.
    guard let file = try descend(last, from: folder, flags | O_NONBLOCK, name) else { return nil }
    guard try file.kind() == S_IFREG else {
      throw RunDirectoryError.foreign(file: shown(name), what: "is not a regular file")
    }
    return file
  }

  /// All bytes of a regular file; nil if there is none of that name.
  ///
  /// - Parameter limit: a file with more bytes is refused.
  /// - Throws: ``RunDirectoryError/foreign(file:what:)``, ``SystemFailure``.
  func read(_ name: String, upTo limit: Int) throws -> [UInt8]? {
    guard let file = try open(name) else { return nil }
    // A file that grows while it is read is cut off one byte past the limit.
    let bytes = try file.length() > limit ? [] : try file.read(from: 0, limit + 1)
    guard try file.length() <= limit, bytes.count <= limit else {
      throw RunDirectoryError.foreign(
        file: shown(name), what: "has more than \(limit >> 20) MiB, the most that is read of it")
    }
    return bytes
  }

  /// The names in a folder, sorted; nil if there is no such folder.
  ///
  /// - Throws: ``RunDirectoryError/foreign(file:what:)`` also if it has more than
  ///   ``mostNames`` entries, ``SystemFailure``.
  func names(in name: String) throws -> [String]? {
    guard let folder = try folder(name) else { return nil }
    // fdopendir takes the descriptor over.
    let own = dup(folder.descriptor)
    guard own >= 0, let stream = fdopendir(own) else {
      throw SystemFailure(action: "list", path: shown(name), errno: errno)
    }
    defer { closedir(stream) }
    rewinddir(stream)
    var names: [String] = []
    while let entry = readdir(stream) {
      let found = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if found == "." || found == ".." { continue }
      guard names.count < Self.mostNames else {
        throw RunDirectoryError.foreign(
          file: shown(name), what: "has more than \(Self.mostNames) entries")
      }
      names.append(found)
    }
    return names.sorted()
  }

  /// More in one folder than any run has trials.
  static let mostNames = 1_000_000

  /// What it is that has that name (`S_IFREG`, `S_IFDIR`…), whatever it may link to; nil if there is
  /// nothing.
  func kind(of name: String) throws -> mode_t? {
    guard let (above, last) = try enter(name) else { return nil }
    var status = stat()
    let code = fstatat(above.descriptor, last, &status, AT_SYMLINK_NOFOLLOW)
    return code == 0 ? status.st_mode & S_IFMT : nil
  }

  private func folder(_ name: String) throws -> OpenFile? {
    guard let (above, last) = try enter(name) else { return nil }
    return try descend(last, from: above, O_RDONLY | O_DIRECTORY, name)
  }

  /// The folder that holds what a path names, and the last part of the path.
  private func enter(_ name: String) throws -> (folder: OpenFile, last: String)? {
    var parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let last = parts.popLast(), (parts + [last]).allSatisfy(Self.isPlain) else {
      throw RunDirectoryError.foreign(file: shown(name), what: "leads out of the run directory")
    }
    var folder = top
    for part in parts {
      guard let next = try descend(part, from: folder, O_RDONLY | O_DIRECTORY, name) else {
        return nil
      }
      folder = next
    }
    return (folder, last)
  }

  private static func isPlain(_ part: String) -> Bool {
    !part.isEmpty && part != "." && part != ".." && !part.utf8.contains(0)
  }

  /// One part of a path; nil if there is nothing of that name.
  private func descend(
    _ part: String, from folder: OpenFile, _ flags: Int32, _ name: String
  ) throws -> OpenFile? {
    do {
      return try OpenFile(part, in: folder, flags | O_NOFOLLOW, shownAs: shown(name))
    } catch let error as SystemFailure {
      switch error.errno {
      case ENOENT: return nil
      // ELOOP for a symlink; for one to a folder ENOTDIR, as it is not followed.
      case ELOOP: throw RunDirectoryError.foreign(file: shown(name), what: "is a symlink")
      case ENOTDIR:
        throw RunDirectoryError.foreign(
          file: shown(name), what: "is a symlink, or no folder, at \"\(part)\"")
      // A socket, a folder that was to be written to.
      case ENXIO, EISDIR:
        throw RunDirectoryError.foreign(file: shown(name), what: "is not a regular file")
      default: throw error
      }
    }
  }

  private func shown(_ name: String) -> String { "\(path)/\(name)" }
}

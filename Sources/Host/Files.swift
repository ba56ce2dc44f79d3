// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CHost
import FoundationEssentials
import Glibc

/// Files and folders by path, with errors that people can read.
public enum Files {
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// All bytes of a file.
  public static func read(_ path: String) throws(HostError) -> [UInt8] {
    let file = try call("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
    defer { close(file) }
    var status = stat()
    try call("stat", path) { fstat(file, &status) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Int(status.st_size))
    var chunk = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = try call("read", path) { Glibc.read(file, &chunk, chunk.count) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
    }
  }

  /// This many bytes of a file, from an offset; fewer if it ends before.
  public static func read(
    _ path: String, from offset: Int = 0, upTo wanted: Int
  ) throws(HostError) -> [UInt8] {
    let file = try call("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: wanted)
    var count = 0
    while count < wanted {
      let got = try call("read", path) {
        bytes.withUnsafeMutableBytes {
          pread(file, $0.baseAddress! + count, wanted - count, off_t(offset + count))
        }
      }
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }

  /// Writes a value as JSON, indented, its keys sorted.
  ///
  /// - Throws: ``HostError``, `EncodingError`.
  public static func write(json value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try write(Array(try encoder.encode(value)), to: path)
  }

  /// A file's text; bytes that are not UTF-8 become replacement characters.
  public static func text(_ path: String) throws(HostError) -> String {
    String(decoding: try read(path), as: UTF8.self)
  }

  /// Writes a file from the beginning.
  public static func write(_ bytes: [UInt8], to path: String) throws(HostError) {
    let file = try call("create", path) {
      open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    }
    defer { close(file) }
    var written = 0
    while written < bytes.count {
      written += try call("write", path) {
        bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress! + written, $0.count - written) }
      }
    }
  }

  public static func write(_ text: String, to path: String) throws(HostError) {
    try write(Array(text.utf8), to: path)
  }

  /// Lets everybody run a file.
  public static func makeExecutable(_ path: String) throws(HostError) {
    try call("make executable", path) { chmod(path, 0o755) }
  }

  /// Waits until a file's content is on the disk. A file larger than the limit is skipped, and so
  /// is anything that is not a regular file.
  static func sync(_ path: String, upTo limit: Int) throws(HostError) {
    var status = stat()
    try call("stat", path) { lstat(path, &status) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else { return }
    let file = try call("open", path) { open(path, O_RDONLY | O_CLOEXEC) }
    defer { close(file) }
    try call("sync", path) { fsync(file) }
  }

  /// The size of a file in bytes; nil if there is none.
  public static func size(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      ? Int(status.st_size) : nil
  }

  /// Whether the file system that holds a folder is out of space or inodes, or nearly so.
  public static func isFull(_ folder: String) -> Bool {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return false }
    return status.f_bavail * UInt(status.f_frsize) < 1 << 20
      || (status.f_files > 0 && status.f_favail == 0)
  }

  /// Changes whenever a file is rewritten: its size and time of modification.
  public static func stamp(_ path: String) throws(HostError) -> String {
    var status = stat()
    try call("stat", path) { stat(path, &status) }
    return "\(status.st_size)-\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)"
  }

  /// Seconds of wall time since a file was last written; nil if there is none.
  public static func age(of path: String) throws(HostError) -> Double? {
    guard exists(path) else { return nil }
    var status = stat()
    try call("stat", path) { stat(path, &status) }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec - status.st_mtim.tv_sec)
      + Double(now.tv_nsec - status.st_mtim.tv_nsec) / 1e9
  }

  /// Says that a file or folder was used now, if it can be said: what this user can't write, it
  /// doesn't sweep by age either.
  public static func touch(_ path: String) throws(HostError) {
    if utimensat(AT_FDCWD, path, nil, 0) == 0 || [EROFS, EACCES, EPERM].contains(errno) { return }
    throw HostError(errno: errno, doing: "touch", path: path)
  }

  /// The names in a folder, sorted, without `.` and `..`.
  public static func list(_ folder: String) throws(HostError) -> [String] {
    guard let stream = opendir(folder) else {
      throw HostError(errno: errno, doing: "list", path: folder)
    }
    defer { closedir(stream) }
    return names(of: stream).sorted()
  }

  static func names(of stream: OpaquePointer) -> [String] {
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// The target of a symlink; nil for anything else.
  public static func link(_ path: String) -> String? {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = readlink(path, &target, target.count)
    guard length >= 0 else { return nil }
    return String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Makes a folder and those above it; one that already exists is fine.
  public static func makeFolder(_ path: String) throws(HostError) {
    if isFolder(path) { return }
    let parent = parent(of: path)
    if parent != path, !parent.isEmpty { try makeFolder(parent) }
    if mkdir(path, 0o755) != 0, errno != EEXIST {
      throw HostError(errno: errno, doing: "make the folder", path: path)
    }
  }

  /// Removes a file, or a folder with everything in it; one that doesn't exist is fine.
  public static func remove(_ path: String) throws(HostError) {
    try Removal.remove(path, shownAs: path)
  }

  /// Replaces a folder by another in one step: a reader sees one or the other.
  ///
  /// - Returns: the old one's place, so that it can be removed; nil if there was none.
  static func put(_ folder: String, at target: String) throws(HostError) -> String? {
    if Glibc.rename(folder, target) == 0 { return nil }
    guard [ENOTEMPTY, EEXIST, ENOTDIR].contains(errno) else {
      throw HostError(errno: errno, doing: "rename", path: target)
    }
    if chost_exchange(folder, target) == 0 { return folder }
    // Some network file systems can't.
    guard [EINVAL, ENOSYS, ENOTSUP].contains(errno) else {
      throw HostError(errno: errno, doing: "replace", path: target)
    }
    let old = folder + "-old"
    try rename(target, to: old)
    try rename(folder, to: target)
    return old
  }

  /// Gives a file or folder another name in the same file system.
  public static func rename(_ path: String, to other: String) throws(HostError) {
    try call("rename", other) { Glibc.rename(path, other) }
  }

  /// The path without links, `.` and `..`.
  public static func real(_ path: String) throws(HostError) -> String {
    guard let found = realpath(path, nil) else {
      throw HostError(errno: errno, doing: "resolve", path: path)
    }
    defer { free(found) }
    return String(cString: found)
  }

  public static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The folder of a path that somebody typed: `.` if it names none.
  public static func folder(of path: String) -> String {
    path.contains("/") ? parent(of: path) : "."
  }

  public static func name(of path: String) -> String {
    String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
  }
}

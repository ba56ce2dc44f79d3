// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call that failed: what was to be done, to what, and the kernel's answer.
public struct SystemFailure: Error, Sendable, Equatable, CustomStringConvertible {
  public var action: String
  public var path: String
  public var errno: Int32

  public init(action: String, path: String, errno: Int32) {
    self.action = action
    self.path = path
    self.errno = errno
  }

  public var description: String {
    let cause =
      switch errno {
      case ENOSPC, EDQUOT: "no space is left there; free some, or choose another folder"
      case EACCES, EPERM: "no permission; change the folder's owner, or choose another folder"
      case EROFS: "the file system is read-only; choose another folder"
      case ENOENT: "there is no such file or folder"
      default: String(cString: strerror(errno))
      }
    return "can't \(action) \(path): \(cause)"
  }
}

/// Calls until the call isn't interrupted by a signal.
///
/// Not generic, no closure that throws, no typed `throws` here: Swift 6.3.1's optimiser (its pass
/// ClosureLifetimeFixup) crashes or never ends on these.
/// - Returns: what the call returned, never -1.
@discardableResult
func system(_ action: String, _ path: String, _ call: () -> Int) throws -> Int {
  while true {
    let result = call()
    if result != -1 { return result }
    let code = errno
    if code != EINTR { throw SystemFailure(action: action, path: path, errno: code) }
  }
}

/// A file that is closed when the last reference to it goes.
final class OpenFile: Sendable {
  let path: String
  let descriptor: Int32

  /// The descriptor isn't passed on to programs that the harness starts.
  init(_ path: String, _ flags: Int32, action: String) throws {
    self.path = path
    descriptor = Int32(
      try system(action, path) { Int(Glibc.open(path, flags | O_CLOEXEC, 0o644)) })
  }

  /// - Parameters:
  ///   - name: relative to `folder`.
  ///   - shown: what messages call it.
  init(_ name: String, in folder: OpenFile, _ flags: Int32, shownAs shown: String) throws {
    path = shown
    let above = folder.descriptor
    descriptor = Int32(
      try system("open", shown) { Int(openat(above, name, flags | O_CLOEXEC, 0o644)) })
  }

  deinit {
    // A child that is being started has the descriptor until it becomes its program, and with it the lock.
    flock(descriptor, LOCK_UN)
    close(descriptor)
  }

  /// The file's type: `S_IFREG`, `S_IFDIR`, …
  func kind() throws -> mode_t {
    var status = stat()
    try system("read", path) { Int(fstat(descriptor, &status)) }
    return status.st_mode & S_IFMT
  }

  func write(_ bytes: [UInt8]) throws {
    let descriptor = descriptor
    var written = 0
    while written < bytes.count {
      let start = written
      written += try system("write", path) {
        bytes.withUnsafeBytes {
          Glibc.write(descriptor, $0.baseAddress! + start, $0.count - start)
        }
      }
    }
  }

  func synchronise() throws {
    try system("write", path) { Int(fsync(descriptor)) }
  }

  func length() throws -> Int {
    try system("read", path) { lseek(descriptor, 0, SEEK_END) }
  }

  func truncate(to length: Int) throws {
    try system("shorten", path) { Int(ftruncate(descriptor, length)) }
  }

  /// - Returns: false if another process has locked the file.
  func tryLock() throws -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EWOULDBLOCK { return false }
      if code != EINTR { throw SystemFailure(action: "lock", path: path, errno: code) }
    }
    return true
  }

  func readAll() throws -> [UInt8] { try read(from: 0, .max) }

  /// At most `limit` bytes from `offset`; less only if the file ends.
  func read(from offset: Int, _ limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < limit {
      let pieceSize = min(1 << 16, limit - bytes.count)
      var failure: Int32?
      let piece = [UInt8](unsafeUninitializedCapacity: pieceSize) { buffer, count in
        let result = pread(descriptor, buffer.baseAddress, pieceSize, offset + bytes.count)
        failure = result < 0 ? errno : nil
        count = max(result, 0)
      }
      if let failure, failure != EINTR {
        throw SystemFailure(action: "read", path: path, errno: failure)
      }
      if failure == nil, piece.isEmpty { return bytes }
      bytes += piece
    }
    return bytes
  }
}

/// Puts a file in place completely or not at all: written next to it, synced, renamed.
func replaceFile(_ path: String, with bytes: [UInt8]) throws {
  let beside = "\(path).new"
  // Left by a harness that was killed; in somebody else's run directory possibly a symlink to a
  // file elsewhere.
  unlink(beside)
  let file = try OpenFile(beside, O_WRONLY | O_CREAT | O_EXCL, action: "create")
  do {
    try file.write(bytes)
    try file.synchronise()
    try system("put in place", path) { Int(rename(beside, path)) }
  } catch {
    unlink(beside)
    throw error
  }
}

/// Makes a folder and those above it that are missing.
func makeFolders(_ path: String) throws {
  if mkdir(path, 0o755) == 0 { return }
  let code = errno
  var status = stat()
  if code == EEXIST, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { return }
  let above = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
  guard code == ENOENT, !above.isEmpty else {
    throw SystemFailure(action: "create the folder", path: path, errno: code)
  }
  try makeFolders(above.joined(separator: "/"))
  try system("create the folder", path) { Int(mkdir(path, 0o755)) }
}

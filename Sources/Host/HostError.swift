// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Something on this machine that is not as it should be: what, where, and what to do about it.
public struct HostError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, in a few words: `no space left to write`.
  public var what: String
  /// The file or folder it happened to.
  public var path: String
  /// What the reader can do next.
  public var remedy: String
  /// Whether there was no room for what should have been written.
  public var isSpace = false

  public init(what: String, path: String, remedy: String) {
    self.what = what
    self.path = path
    self.remedy = remedy
  }

  public var description: String { "\(path): \(what); \(remedy)" }

  /// The error for an `errno` of a system call on `path`.
  public init(errno code: Int32, doing: String, path: String) {
    let elsewhere = Self.elsewhere(path)
    func make(_ cause: String, _ remedy: String) -> HostError {
      HostError(what: "\(cause) (\(doing))", path: path, remedy: remedy)
    }
    switch code {
    case ENOSPC:
      self =
        Self.hasRoom(path)
        ? make(
          "no file can be added: the file system has no inodes left",
          "remove some files, or \(elsewhere)")
        : make("no space left", "free some, or \(elsewhere)")
    case EDQUOT: self = make("this user's disk quota is used up", "free some, or \(elsewhere)")
    case EFBIG: self = make("the file is too long for its file system or limit", elsewhere)
    case EACCES: self = make("no permission", "make it accessible to this user, or \(elsewhere)")
    case EPERM:
      self = make(
        "not permitted",
        "see who owns it, and with lsattr whether it may be changed, or \(elsewhere)")
    case EROFS: self = make("the file system is read-only", elsewhere)
    case EBUSY: self = make("it is in use", "see with findmnt whether something is mounted there")
    case ENOENT: self = make("is not there", "check the path")
    case ENOTDIR: self = make("what should be a folder is none", "check the path")
    case EMFILE, ENFILE: self = make("too many files are open", "raise the limit: ulimit -n")
    default:
      self.init(
        what: "\(doing) failed: \(String(cString: strerror(code)))", path: path,
        remedy: "check the path and the file system")
    }
    isSpace = code == ENOSPC || code == EDQUOT
  }

  /// The alternative to fixing it in place.
  private static func elsewhere(_ path: String) -> String {
    // If there is no place for the cache, the path is not in it.
    if let cache = try? CacheDirectory.standard().root, "\(path)/".hasPrefix("\(cache)/") {
      return "set XDG_CACHE_HOME to a folder that has what is needed"
    }
    return "choose another folder"
  }

  /// Whether the file system that holds a file, or will hold it, has free blocks.
  private static func hasRoom(_ path: String) -> Bool {
    var status = statvfs()
    for place in [path, Files.parent(of: path)] where statvfs(place, &status) == 0 {
      return status.f_bavail > 0 && status.f_files > 0 && status.f_favail == 0
    }
    return false
  }

  /// The error for a tool that failed for lack of space; nil if it failed for another reason.
  public init?(spaceFailure error: ToolError, path: String) {
    guard case .failed(_, _, let words) = error, words.contains("No space left on device") else {
      return nil
    }
    self.init(errno: ENOSPC, doing: "write", path: path)
  }
}

/// The one way to system calls: repeats what a signal interrupted, turns `errno` into an error.
@discardableResult
func call<Result: SignedInteger>(
  _ doing: String, _ path: String, _ body: () -> Result
) throws(HostError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let code = errno
    if code != EINTR { throw HostError(errno: code, doing: doing, path: path) }
  }
}

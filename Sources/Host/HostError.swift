import Glibc

/// Something of this machine's that is not as it must be: which, where, and what to do about it.
public struct HostError: Error, Sendable, Equatable, CustomStringConvertible {
  /// What happened, in a few words: `no space left to write`.
  public var what: String
  /// The file or folder it happened to.
  public var path: String
  /// What the reader can do next.
  public var remedy: String
  /// Whether there is no room for what was to be written.
  public var isSpace = false

  public init(what: String, path: String, remedy: String) {
    self.what = what
    self.path = path
    self.remedy = remedy
  }

  public var description: String { "\(path): \(what); \(remedy)" }

  /// The error behind an `errno` of a system call on `path`.
  public init(errno code: Int32, doing: String, path: String) {
    let elsewhere = "set XDG_CACHE_HOME to a folder that has what is needed"
    switch code {
    case ENOSPC, EDQUOT:
      self.init(
        what: "no space left (\(doing))", path: path,
        remedy: "free some, or \(elsewhere)")
      isSpace = true
    case EACCES, EPERM, EROFS:
      self.init(
        what: "no permission (\(doing))", path: path,
        remedy: "make it accessible to this user, or \(elsewhere)")
    case ENOENT:
      self.init(what: "is not there (\(doing))", path: path, remedy: "check the path")
    default:
      self.init(
        what: "\(doing) failed: \(String(cString: strerror(code)))", path: path,
        remedy: "check the path and the file system")
    }
  }

  /// The error for a tool that failed for want of space, nil where it failed of something else.
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

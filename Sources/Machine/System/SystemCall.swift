// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call that failed: which, on what, and why.
public struct SystemCallError: Error, Equatable, CustomStringConvertible, Sendable {
  public var call: String
  public var subject: String
  public var errno: Int32

  package init(call: String, subject: String, errno: Int32) {
    self.call = call
    self.subject = subject
    self.errno = errno
  }

  /// The `call` of an error that says that a thread could not be started.
  static let threadCall = "pthread_create"

  /// A program, or a thread for it, could not be started at all: no trial is to blame.
  package var isFailedStart: Bool { call == Keeper.startCall || call == Self.threadCall }

  public var description: String {
    let cause =
      switch errno {
      case ENOSPC, EDQUOT: "no space is left there; free some, or choose another folder"
      case EROFS: "the file system is read-only; choose another folder"
      default: String(cString: strerror(errno))
      }
    return "\(call) of \(subject) failed: \(cause)"
  }
}

/// Every system call of this target goes through here: repeated on EINTR, an error on -1.
func systemCall<Result: SignedInteger>(
  _ name: String, on subject: String, _ body: () -> Result
) throws(SystemCallError) -> Result {
  while true {
    let result = body()
    if result != -1 { return result }
    let code = errno
    if code != EINTR { throw SystemCallError(call: name, subject: subject, errno: code) }
  }
}

/// A descriptor that is closed when its owner goes. `GuestKernel` has the same for the guest's side.
package struct Descriptor: ~Copyable, Sendable {
  package let number: Int32

  package init(owning number: Int32) { self.number = number }

  init(opening path: String, _ flags: Int32, mode: mode_t = 0o600) throws(SystemCallError) {
    number = try systemCall("open", on: path) { open(path, flags | O_CLOEXEC, mode) }
  }

  deinit { close(number) }

  /// Leaves the closing to the caller.
  consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}

/// Two connected non-blocking stream sockets. (QEMU would make its own end non-blocking anyway.)
package struct SocketPair: ~Copyable {
  package let ours: Descriptor
  package let theirs: Descriptor

  package init() throws(SystemCallError) {
    var numbers: [Int32] = [-1, -1]
    let type = [SOCK_STREAM, SOCK_CLOEXEC, SOCK_NONBLOCK].reduce(0) { $0 | Int32($1.rawValue) }
    _ = try systemCall("socketpair", on: "a guest's channel") {
      socketpair(AF_UNIX, type, 0, &numbers)
    }
    ours = Descriptor(owning: numbers[0])
    theirs = Descriptor(owning: numbers[1])
  }
}

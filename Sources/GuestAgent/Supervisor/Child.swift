// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
internal import Wire

/// A process of this same executable, and the supervisor's end of the socket to it.
struct Child: Sendable {
  enum Role: String {
    case worker, examiner
  }

  /// The descriptor at which a child finds its socket.
  static let socket: Int32 = 3

  let process: pid_t
  var channel: FrameChannel

  /// Starts a child. Its libraries are bound at once (LD_BIND_NOW), so that no trial pays for that.
  init(_ role: Role) throws(SystemError) {
    var ends: [Int32] = [0, 0]
    _ = try system("make a socket pair") {
      socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
    }
    let child = Descriptor(owning: ends[1])
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, child.number, Child.socket)
    // The supervisor's blocked signals are not the child's.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    let arguments: [UnsafeMutablePointer<CChar>?] =
      [strdup("/proc/self/exe"), strdup(role.rawValue), nil]
    let environment: [UnsafeMutablePointer<CChar>?] =
      [strdup("LD_BIND_NOW=1"), strdup("PATH=/sbin:/bin"), nil]
    defer { for pointer in arguments + environment { free(pointer) } }
    var process: pid_t = 0
    let result = posix_spawn(
      &process, "/proc/self/exe", &actions, &attributes, arguments, environment)
    if result != 0 {
      close(ends[0])
      throw SystemError("start the \(role.rawValue)", errno: result)
    }
    _ = try system("set a socket to non-blocking") { fcntl(ends[0], F_SETFL, O_NONBLOCK) }
    self.process = process
    channel = FrameChannel(ends[0])
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel
internal import Wire

/// The user's shell: a session on its own terminal, or a process between pipes. Its owner never
/// blocks on it.
struct GuestShell: Sendable {
  static let program = "/bin/busybox"

  let process: pid_t
  /// The terminal's master side, or this side's end of a socket.
  private let descriptor: Int32
  private let isTerminal: Bool
  private var input: [UInt8] = []
  private var written = 0
  private var inputEnded = false
  /// Bytes of output that the host has not taken yet.
  private var ahead = 0
  private var isOpen = true
  /// Set when the process is gone; what it has already written is reported first.
  var status: Int32?

  /// - Throws: `SystemError` if there is no shell in the guest's image, or no terminal.
  init(_ plan: ShellPlan) throws(SystemError) {
    guard access(GuestShell.program, X_OK) == 0 else {
      throw SystemError("find \(GuestShell.program) in the guest's image", errno: errno)
    }
    // So that scripts find it, too.
    symlink(GuestShell.program, "/bin/sh")
    isTerminal = plan.size != nil
    if let size = plan.size {
      var name = [CChar](repeating: 0, count: 64)
      let opened = cguest_open_terminal(&name, name.count)
      if opened < 0 { throw SystemError("open a terminal", errno: -opened) }
      descriptor = opened
      process = try GuestShell.start(plan, on: .terminal(name))
      resize(size)
    } else {
      var ends: [Int32] = [0, 0]
      let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
      _ = try system("make a socket pair") { socketpair(AF_UNIX, type, 0, &ends) }
      let theirs = Descriptor(owning: ends[1])
      descriptor = ends[0]
      _ = try system("set a socket to non-blocking") { fcntl(ends[0], F_SETFL, O_NONBLOCK) }
      process = try GuestShell.start(plan, on: .socket(theirs.number))
    }
  }

  private enum Place {
    /// The name of a terminal's slave side.
    case terminal([CChar])
    case socket(Int32)
  }

  private static func start(_ plan: ShellPlan, on place: Place) throws(SystemError) -> pid_t {
    // A login shell reads /etc/profile.
    let words = [strdup("sh"), strdup("-l"), nil]
    let environment = [
      strdup("TERM=\(plan.terminal)"), strdup("PATH=/sbin:/usr/sbin:/bin:/usr/bin"),
      strdup("HOME=/"), strdup("USER=root"), nil,
    ]
    defer { for pointer in words + environment { free(pointer) } }
    let folder = access("/scenario", F_OK) == 0 ? "/scenario" : "/"
    var process: pid_t = 0
    let result =
      switch place {
      case .terminal(let name):
        cguest_start_session(
          GuestShell.program, words, environment, name, nil, folder, &process)
      case .socket(let number):
        cguest_start_session(
          GuestShell.program, words, environment, nil, [number, number, number], folder, &process)
      }
    if result != 0 { throw SystemError("start \(GuestShell.program)", errno: result) }
    return process
  }

  func resize(_ size: TerminalSize) {
    guard isTerminal else { return }
    var window = winsize(
      ws_row: UInt16(clamping: size.rows), ws_col: UInt16(clamping: size.columns), ws_xpixel: 0,
      ws_ypixel: 0)
    // The kernel notifies the foreground processes (SIGWINCH). A size it refuses changes nothing.
    _ = ioctl(descriptor, UInt(TIOCSWINSZ), &window)
  }

  /// What to wait for; if there is nothing, a negative descriptor, which poll(2) skips.
  var polled: pollfd {
    let wantsOutput = isOpen && ahead < ShellPlan.window
    let wantsInput = isOpen && written < input.count
    let events = (wantsOutput ? POLLIN : 0) | (wantsInput ? POLLOUT : 0)
    return pollfd(fd: events == 0 ? -1 : descriptor, events: Int16(events), revents: 0)
  }

  mutating func take(_ bytes: [UInt8]) { input += bytes }

  mutating func endInput() { inputEnded = true }

  mutating func hostTook(_ bytes: Int) { ahead = max(0, ahead - bytes) }

  /// Hands on as much input as the shell takes now.
  ///
  /// - Returns: how many bytes.
  mutating func flush() -> Int {
    let before = written
    while isOpen, written < input.count {
      let count = input.withUnsafeBytes {
        write(descriptor, $0.baseAddress! + written, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      // If the shell is gone, its end is reported separately.
      if count <= 0 { break }
      written += count
    }
    let count = written - before
    if written == input.count {
      input = []
      written = 0
      if inputEnded {
        inputEnded = false
        if isTerminal { input = [4] } else { shutdown(descriptor, Int32(SHUT_WR)) }
      }
    }
    return count
  }

  /// What the shell has written, as much as the host has room for; empty if there is nothing.
  mutating func output() -> [UInt8] {
    var bytes: [UInt8] = []
    while isOpen, ahead < ShellPlan.window, bytes.count < 1 << 15 {
      let room = min(ShellPlan.window - ahead, 4096)
      var piece = [UInt8](repeating: 0, count: room)
      let count = read(descriptor, &piece, room)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN { break }
      // EIO: the terminal's other side has no user any more.
      if count <= 0 {
        isOpen = false
        break
      }
      ahead += count
      bytes += piece[..<count]
    }
    return bytes
  }

  /// Whether the process is gone and nothing more of it will come.
  var isOver: Bool { status != nil && (!isOpen || ahead < ShellPlan.window) }

  func close() { Glibc.close(descriptor) }
}

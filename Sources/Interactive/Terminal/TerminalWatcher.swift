// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A child that does nothing until this process dies without having put its terminal right; then it
/// does that.
///
/// It is a shell that reads from a pipe. Whatever the death, the kernel closes the pipe's other end.
struct TerminalWatcher: Sendable {
  private let process: pid_t
  private let pipe: Int32

  /// `$0` is the mode as stty(1) takes it, `$1` what to write. It has its own process group, and
  /// would be stopped (SIGTTOU) when it sets a terminal that is not its group's.
  private static let script = """
    trap '' INT TERM HUP QUIT TSTP TTIN TTOU
    read -r word || { stty "$0" <&1; printf %s "$1"; }
    """

  /// - Returns: nil if it can't be started. Everything works without it, but a killed process
  ///   leaves its terminal as it is.
  init?(terminal: Int32, original: termios, leaving: String) {
    var ends: [Int32] = [-1, -1]
    guard Glibc.pipe(&ends) == 0 else { return nil }
    defer { close(ends[0]) }
    // Guests and tools that start between the two calls close everything not meant for them.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_adddup2(&actions, ends[0], 0)
    posix_spawn_file_actions_adddup2(&actions, terminal, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // libdispatch's threads block all signals, and a child would, too.
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
    let texts = ["sh", "-c", Self.script, Self.words(for: original), leaving]
    let words: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = -1
    guard posix_spawn(&process, "/bin/sh", &actions, &attributes, words, environ) == 0 else {
      close(ends[1])
      return nil
    }
    self.process = process
    pipe = ends[1]
  }

  /// Ends it; the terminal is not touched.
  func dismiss() {
    var newline = UInt8(ascii: "\n")
    // A watcher that was killed takes nothing (SIGPIPE is ignored), and is reaped just the same.
    _ = write(pipe, &newline, 1)
    close(pipe)
    while waitpid(process, nil, 0) < 0, errno == EINTR {}
  }

  /// As `stty -g` prints it (coreutils, stty.c `display_recoverable`): flags and characters in hex.
  static func words(for mode: termios) -> String {
    let flags = [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag].map { UInt64($0) }
    let characters = withUnsafeBytes(of: mode.c_cc) { $0.map { UInt64($0) } }
    return (flags + characters).map { String($0, radix: 16) }.joined(separator: ":")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel

/// One line for the guest's shell.
enum GuestCommand {
  private static let output = "/tmp/panicroom-shell"
  /// A trial has 20 by default.
  private static let seconds = 5
  /// Of what the line printed, in bytes.
  private static let most = 400

  /// - Throws: if the line doesn't end with status 0 in time, with the beginning of what it printed.
  static func run(_ line: String) throws(SystemError) {
    guard access(GuestShell.program, X_OK) == 0 else {
      throw SystemError("find \(GuestShell.program) in the guest's image", errno: errno)
    }
    let nothing = try Descriptor(opening: "/dev/null", O_RDONLY)
    let printed = try Descriptor(opening: output, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
    defer { unlink(output) }
    let words = [strdup("sh"), strdup("-c"), strdup(line), nil]
    let environment = [strdup("PATH=/sbin:/usr/sbin:/bin:/usr/bin"), strdup("HOME=/"), nil]
    defer { for pointer in words + environment { free(pointer) } }
    var process: pid_t = 0
    let started = cguest_start_session(
      GuestShell.program, words, environment, nil,
      [nothing.number, printed.number, printed.number], "/", &process)
    if started != 0 { throw SystemError("start \(GuestShell.program)", errno: started) }
    let ending = try wait(for: process)
    guard let failure = ending else { return }
    let said = String(decoding: try contents(of: output).prefix(most), as: UTF8.self)
    throw SystemError(
      "shell '\(line)' \(failure)" + (said.isEmpty ? "" : ": \(said)"), errno: 0)
  }

  /// - Returns: how it ended, if that isn't well.
  private static func wait(for process: pid_t) throws(SystemError) -> String? {
    var status: Int32 = 0
    var pause = timespec(tv_sec: 0, tv_nsec: 10_000_000)
    for _ in 0..<seconds * 100 {
      let ended = try system("wait for the shell") { waitpid(process, &status, WNOHANG) }
      if ended == process {
        let signal = status & 0x7f
        if signal != 0 { return "was killed by signal \(signal)" }
        return status == 0 ? nil : "ended with status \(status >> 8 & 0xff)"
      }
      nanosleep(&pause, nil)
    }
    // It leads a session of its own, whose processes end with it.
    kill(-process, SIGKILL)
    _ = try system("wait for the shell") { waitpid(process, &status, 0) }
    return "did not end within \(seconds) s and was killed"
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Synchronization
import Testing

/// A program in a pseudo-terminal: keys in, screen out.
final class PseudoTerminal: Sendable {
  let pid: pid_t
  private let master: Int32
  private let output = Mutex<[UInt8]>([])
  private let isHungUp = Mutex(false)
  /// Whether nothing more will come.
  private let isRead = Mutex(false)

  /// - Parameter words: the program and its arguments.
  init(
    _ words: [String], columns: Int = 80, rows: Int = 24, environment: [String: String] = [:]
  ) throws {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    var (master, slave): (Int32, Int32) = (-1, -1)
    var path = [CChar](repeating: 0, count: 128)
    let opened = openpty(&master, &slave, &path, nil, &size)
    try #require(opened == 0)
    let name = String(decoding: path.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    // The child opens it by its name, as a session's leader must.
    close(slave)
    _ = fcntl(master, F_SETFD, FD_CLOEXEC)
    self.master = master
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // A session's leader gets the first terminal that it opens for its own.
    posix_spawn_file_actions_addopen(&actions, 0, name, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, 0, 1)
    posix_spawn_file_actions_adddup2(&actions, 0, 2)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    let newSession: Int32 = 0x80  // POSIX_SPAWN_SETSID
    posix_spawnattr_setflags(&attributes, Int16(newSession | Int32(POSIX_SPAWN_SETSIGMASK)))
    var variables = ProcessInfo.processInfo.environment
    variables["TERM"] = "xterm-256color"
    variables["PANICROOM_REPOSITORY"] = Harness.repository
    variables.merge(environment) { $1 }
    let argv: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    let envp: [UnsafeMutablePointer<CChar>?] =
      variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in argv + envp { free(text) } }
    var pid: pid_t = 0
    try #require(posix_spawn(&pid, words[0], &actions, &attributes, argv, envp) == 0)
    self.pid = pid
    startReading()
  }

  private func startReading() {
    let thread = Thread { [self] in
      defer { isRead.withLock { $0 = true } }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        // A read under way would keep the master open behind a close.
        var poller = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        let ready = poll(&poller, 1, 20)
        if isHungUp.withLock({ $0 }) {
          close(master)
          return
        }
        guard ready > 0 else { continue }
        let count = read(master, &bytes, bytes.count)
        if count > 0 {
          output.withLock { $0 += bytes[..<count] }
        } else if count == 0 || errno != EINTR {
          return
        }
      }
    }
    thread.start()
  }

  /// Everything that was written so far.
  var text: String { output.withLock { String(decoding: $0, as: UTF8.self) } }

  /// The lines of the newest whole picture.
  var screen: [String] {
    let pictures = text.components(separatedBy: "\u{1b}[H")
    guard let last = pictures.dropFirst().last else { return [] }
    return last.components(separatedBy: "\r\n").map { line in
      line.replacing(/\u{1b}\[[0-9;?]*[A-Za-z]/, with: "")
    }
  }

  func send(_ keys: String) {
    let bytes = Array(keys.utf8)
    _ = write(master, bytes, bytes.count)
  }

  func resize(columns: Int, rows: Int) {
    var size = winsize(
      ws_row: UInt16(rows), ws_col: UInt16(columns), ws_xpixel: 0, ws_ypixel: 0)
    _ = ioctl(master, UInt(TIOCSWINSZ), &size)
  }

  /// The terminal goes away.
  func hangUp() { isHungUp.withLock { $0 = true } }

  /// The flags of the terminal's mode.
  var mode: [UInt32] {
    var mode = termios()
    tcgetattr(master, &mode)
    return [mode.c_iflag, mode.c_oflag, mode.c_cflag, mode.c_lflag]
  }

  /// Waits until a picture has this text.
  @discardableResult
  func wait(
    for words: String, seconds: Double = 60, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [String] {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      let screen = screen
      if screen.contains(where: { $0.contains(words) }) { return screen }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record(
      "\(words) never came; the screen is:\n\(screen.joined(separator: "\n"))\n\(text.suffix(500))",
      sourceLocation: sourceLocation)
    kill()
    throw Absent()
  }

  struct Absent: Error {}

  /// Waits until this was written, on whatever screen.
  func waitForText(_ words: String, seconds: Double = 60) async throws {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if text.contains(words) { return }
      try await Task.sleep(for: .milliseconds(20))
    }
    Issue.record("\(words) was never written: \(text.suffix(500))")
    kill()
    throw Absent()
  }

  /// A test that fails leaves nothing behind.
  private func kill() {
    Glibc.kill(pid, SIGKILL)
    waitpid(pid, nil, 0)
  }

  func count(of words: String) -> Int { text.components(separatedBy: words).count - 1 }

  /// - Returns: the exit status, or the negative number of the signal that ended it.
  func end(seconds: Double = 60) async throws -> Int32 {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      var status: Int32 = 0
      if waitpid(pid, &status, WNOHANG) == pid {
        while !isRead.withLock({ $0 }), ContinuousClock.now < deadline {
          try await Task.sleep(for: .milliseconds(10))
        }
        return status & 0x7f == 0 ? status >> 8 & 0xff : -(status & 0x7f)
      }
      try await Task.sleep(for: .milliseconds(10))
    }
    kill()
    Issue.record("the program did not end")
    return Int32.min
  }
}

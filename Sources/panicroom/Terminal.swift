// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Lab
import Logging
import Scenarios
import Synchronization

/// stderr: messages, and on a terminal a status line that stays below them.
final class Terminal: Sendable {
  static let standard = Terminal()

  let isTerminal = isatty(STDERR_FILENO) == 1 && !isDumb
  private let status = Mutex("")
  /// What is kept until the screen is ours again; nil if nothing is.
  private let heldBack = Mutex<[String]?>(nil)

  /// Keep what is said: a full-screen command has the terminal.
  func hold() { heldBack.withLock { $0 = $0 ?? [] } }

  /// Say what was kept.
  func release() {
    let lines = heldBack.withLock { lines in
      defer { lines = nil }
      return lines ?? []
    }
    for line in lines { say(line) }
  }

  /// A line that stays. Whatever it cites is made harmless here: nothing else writes to stderr.
  func say(_ text: String) {
    let text = VisibleText.escapeLines(text)
    let isHeld = heldBack.withLock { lines in
      lines?.append(text)
      return lines != nil
    }
    if isHeld { return }
    status.withLock { status in
      write(clearing(status) + text + "\n" + status)
    }
  }

  /// Replaces the status line; an empty text removes it. Only on a terminal.
  func show(status text: String) {
    guard isTerminal, heldBack.withLock({ $0 == nil }) else { return }
    status.withLock { status in
      let shown = String(VisibleText.escape(text).prefix(width - 1))
      write(clearing(status) + shown)
      status = shown
    }
  }

  /// Columns of the terminal, else 80.
  var width: Int { Terminal.columns(STDERR_FILENO) }

  static func columns(_ descriptor: Int32) -> Int {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether a full-screen command can have the terminal.
  static var isFullScreen: Bool {
    isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1 && getenv("TERM") != nil && !isDumb
  }

  /// Whether stdout takes colour (no-color.org).
  static var outputTakesColour: Bool {
    isatty(STDOUT_FILENO) == 1 && getenv("NO_COLOR") == nil && !isDumb
  }

  private static var isDumb: Bool { getenv("TERM").map { String(cString: $0) } == "dumb" }

  private func clearing(_ status: String) -> String {
    status.isEmpty ? "" : "\r\u{1b}[K"
  }

  private func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
      // Nobody reads stderr any more: there is no place left to say so.
      if count < 0 && errno != EINTR { return }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}

/// stdout: the answer to a command, and nothing else.
enum Output {
  /// A value for programs.
  static func print(json value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    try print(String(decoding: try encoder.encode(value), as: UTF8.self) + "\n")
  }

  /// A reader that has gone away (`panicroom list | head`) is not a failure; a full disk is.
  static func print(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
      let code = errno
      if count < 0 && code == EPIPE { return }
      if count < 0 && code != EINTR {
        throw LabError("stdout can't be written: \(String(cString: strerror(code)))")
      }
      rest = rest.dropFirst(max(count, 0))
    }
  }
}

/// Log messages as lines for people.
struct TerminalLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let details = metadata.merging(event.metadata ?? [:]) { $1 }
      .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
    let prefix = event.level >= .warning ? "panicroom: \(event.level): " : "panicroom: "
    Terminal.standard.say("\(prefix)\(event.message)\(details)")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Machine
import Synchronization

/// How many characters a terminal shows.
package struct ScreenSize: Equatable, Hashable, Sendable {
  package var columns: Int
  package var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// What keeps a terminal from being taken over.
package struct TerminalError: Error, CustomStringConvertible, Sendable {
  package let description: String
}

/// The user's terminal in raw mode, on a separate screen or on the present one.
///
/// Whoever makes one must ``leave()`` it. It is also left at once when SIGINT, SIGTERM or SIGHUP
/// arrives; ending the program is left to whoever cancels its work then. If the process dies
/// without a chance to clean up (SIGKILL, a crash), a small child restores the terminal. Ctrl-Z and
/// `fg` are supported.
package final class RawTerminal: Sendable {
  package enum Event: Sendable, Equatable {
    case bytes([UInt8])
    /// The size has changed, or the process was stopped and continues: redraw everything.
    case redraw(ScreenSize)
    /// The terminal is gone. Nothing comes after this.
    case gone
  }

  package enum Screen: Sendable {
    /// The alternate screen, without a cursor: what was on the terminal is there again afterwards.
    case own
    /// The screen that is there.
    case shared

    var entering: String { self == .own ? "\u{1b}[?1049h\u{1b}[?25l\u{1b}[2J" : "" }
    /// CAN (0x18) ends a sequence that was cut off.
    var leaving: String { "\u{18}\u{1b}[0m\u{1b}[?25h" + (self == .own ? "\u{1b}[?1049l" : "") }
  }

  private enum Mode { case raw, suspended, left }

  private struct State {
    var mode = Mode.raw
    var original: termios
    var watcher: TerminalWatcher?
    /// The newest picture that was not begun yet.
    var frame: [UInt8]?
    var isDrawing = false
  }

  /// Everything that the terminal does, for one reader. It ends with ``leave()``.
  package let events: AsyncStream<Event>

  private let sink: AsyncStream<Event>.Continuation
  private let screen: Screen
  /// A separate open file: other programs that share the terminal must not find it non-blocking.
  private let file: Int32
  private let state: Mutex<State>
  private let suspensionNumber = Mutex<Int?>(nil)
  private let writing = DispatchQueue(label: "panicroom.terminal.write")
  // libdispatch's sources may be used from any thread; Swift's overlay doesn't say so.
  private nonisolated(unsafe) let reader: any DispatchSourceRead
  private nonisolated(unsafe) let signals: [Int32: any DispatchSourceSignal]

  /// How long, in milliseconds, a terminal that takes nothing is waited for while it is left.
  private static let lastPatience: Int32 = 500

  /// Takes over the terminal on stdin.
  ///
  /// - Throws: ``TerminalError`` if stdin is not a terminal, or can't be used as one.
  package init(_ screen: Screen) throws(TerminalError) {
    guard isatty(STDIN_FILENO) == 1 else {
      throw TerminalError(description: "stdin is not a terminal")
    }
    let flags = O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
    var file = open("/proc/self/fd/0", flags)
    // Of another user's terminal, as after su(1), only the controlling one can be opened.
    if file < 0 { file = open("/dev/tty", flags) }
    guard file >= 0 else {
      throw TerminalError(
        description: "the terminal can't be opened: \(String(cString: strerror(errno)))")
    }
    // Before there are any sources: libdispatch takes the end of one that never began for a bug.
    guard let (original, watcher) = Self.takeOver(file, for: screen) else {
      let code = errno
      close(file)
      throw TerminalError(
        description: "the terminal's mode can't be set: \(String(cString: strerror(code)))")
    }
    self.file = file
    self.screen = screen
    state = Mutex(State(original: original, watcher: watcher))
    (events, sink) = AsyncStream.makeStream(of: Event.self)
    reader = DispatchSource.makeReadSource(
      fileDescriptor: file, queue: DispatchQueue(label: "panicroom.terminal.read"))
    signals = Dictionary(
      uniqueKeysWithValues: [SIGWINCH, SIGCONT, SIGINT, SIGTERM, SIGHUP].map {
        ($0, DispatchSource.makeSignalSource(signal: $0, queue: .global()))
      })
    writing.async { self.put(Array(screen.entering.utf8)) }
    reader.setEventHandler { [weak self] in self?.readAvailable() }
    reader.resume()
    follow(SIGWINCH) { $0.sink.yield(.redraw($0.size)) }
    follow(SIGCONT) { $0.goOn() }
    let number = Suspension.shared.add(terminal: { [weak self] in
      _ = self?.restore(as: .suspended)
    })
    suspensionNumber.withLock { $0 = number }
    for number in [SIGINT, SIGTERM, SIGHUP] { follow(number) { $0.leave() } }
  }

  deinit {
    close(file)
  }

  package var size: ScreenSize {
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else {
      return ScreenSize(columns: 80, rows: 24)
    }
    return ScreenSize(columns: Int(size.ws_col), rows: Int(size.ws_row))
  }

  /// Shows a picture. Of several that a slow terminal has not begun, only the newest is shown.
  package func show(_ frame: [UInt8]) {
    let isToBegin = state.withLock { state in
      guard state.mode == .raw else { return false }
      state.frame = frame
      defer { state.isDrawing = true }
      return !state.isDrawing
    }
    if isToBegin { writing.async { self.draw() } }
  }

  /// Writes all of it, however slow the terminal is.
  package func write(_ bytes: [UInt8]) async {
    await withCheckedContinuation { continuation in
      writing.async {
        self.put(bytes)
        continuation.resume()
      }
    }
  }

  /// Puts the terminal as it was. More calls than one do no harm.
  package func leave() {
    guard restore(as: .left) else { return }
    for source in signals.values { source.cancel() }
    if let number = suspensionNumber.withLock(\.self) { Suspension.shared.remove(number) }
    reader.cancel()
    sink.finish()
  }

  /// Handles Ctrl-Z: leaves the terminal to the shell until it continues the process.
  ///
  /// - Returns: false if no shell could ever do that, and nothing was done.
  package func suspend() -> Bool {
    // The kernel discards SIGTSTP for an orphaned process group (POSIX, "Orphaned Process Group").
    let parent = getppid()
    guard getpgid(parent) != getpgrp(), getsid(parent) == getsid(0) else { return false }
    return kill(0, SIGTSTP) == 0
  }

  private func follow(_ number: Int32, _ handle: @escaping @Sendable (RawTerminal) -> Void) {
    signals[number]?.setEventHandler { [weak self] in
      if let self { handle(self) }
    }
    signals[number]?.resume()
  }
}

// Mode.
extension RawTerminal {
  /// - Returns: nil if the terminal's mode can't be set; `errno` says why.
  private static func takeOver(
    _ file: Int32, for screen: Screen
  ) -> (original: termios, watcher: TerminalWatcher?)? {
    var original = termios()
    guard tcgetattr(file, &original) == 0 else { return nil }
    // First the one who puts it right, then what there is to put right.
    let watcher = TerminalWatcher(terminal: file, original: original, leaving: screen.leaving)
    var raw = original
    cfmakeraw(&raw)
    guard tcsetattr(file, TCSANOW, &raw) == 0 else {
      let code = errno
      watcher?.dismiss()
      errno = code
      return nil
    }
    return (original, watcher)
  }

  /// Takes over the terminal again.
  private func enter() -> Bool {
    state.withLock { state in
      guard state.mode == .suspended, let (original, watcher) = Self.takeOver(file, for: screen)
      else { return false }
      (state.original, state.watcher, state.mode) = (original, watcher, .raw)
      writing.async { self.put(Array(self.screen.entering.utf8)) }
      return true
    }
  }

  /// - Returns: false if there was nothing to do any more.
  private func restore(as mode: Mode) -> Bool {
    let (isToDo, wasRaw, original, watcher) = state.withLock { state in
      defer { if state.mode != .left { state.mode = mode } }
      defer { state.watcher = nil }
      return (state.mode != .left, state.mode == .raw, state.original, state.watcher)
    }
    guard isToDo else { return false }
    if wasRaw {
      // After a picture that is being written; with the mode changed it gives up soon.
      writing.sync {
        var original = original
        // Neither succeeds if the terminal is gone; nothing is lost then.
        tcsetattr(file, TCSANOW, &original)
        put(Array(screen.leaving.utf8), patience: Self.lastPatience)
      }
    }
    watcher?.dismiss()
    return true
  }

  private func goOn() {
    // In the background the terminal belongs to somebody else: stop as on SIGTTOU. libdispatch
    // blocks that signal in its threads.
    if tcgetpgrp(file) != getpgrp(), tcgetpgrp(file) > 0 {
      if state.withLock({ $0.mode != .left }) { Suspension.shared.stop() }
      return
    }
    let isRaw = state.withLock { state in
      guard state.mode == .raw else { return false }
      // Stopped by SIGSTOP, and the shell has set its own mode.
      var raw = state.original
      cfmakeraw(&raw)
      return tcsetattr(file, TCSANOW, &raw) == 0
    }
    if isRaw { writing.async { self.put(Array(self.screen.entering.utf8)) } }
    if isRaw || enter() { sink.yield(.redraw(size)) }
  }
}

// Input and output.
extension RawTerminal {
  private func readAvailable() {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(file, &bytes, bytes.count)
    if count > 0 {
      sink.yield(.bytes(Array(bytes[..<count])))
      return
    }
    if count < 0, errno == EINTR || errno == EAGAIN { return }
    // EIO, or an end: the other side of the terminal is closed.
    reader.cancel()
    sink.yield(.gone)
    sink.finish()
  }

  private func draw() {
    while true {
      let frame = state.withLock { state in
        let frame = state.mode == .raw ? state.frame : nil
        state.frame = nil
        state.isDrawing = frame != nil
        return frame
      }
      guard let frame else { return }
      put(frame)
    }
  }

  /// Writes, on the queue for that.
  ///
  /// - Parameter patience: milliseconds for a terminal that accepts nothing; nil for as long as it
  ///   is raw.
  /// - Returns: whether all was written.
  @discardableResult
  private func put(_ bytes: [UInt8], patience: Int32? = nil) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count >= 0 {
        rest = rest.dropFirst(count)
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var poller = pollfd(fd: file, events: Int16(POLLOUT), revents: 0)
        let ready = poll(&poller, 1, patience ?? 100)
        if ready == 0, patience != nil || state.withLock({ $0.mode != .raw }) { return false }
      default: return false
      }
    }
    return true
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// How a shell's user is connected: by a terminal, or by stdin and stdout.
final class ShellFront: Sendable {
  private enum Place {
    case terminal(RawTerminal)
    case streams(PlainStreams)
  }

  private struct Item: Sendable {
    var bytes: [UInt8]
    var descriptor = STDOUT_FILENO
    var output = 0
    var console = 0
  }

  private let place: Place
  private let screen: Mutex<SharedScreen>
  private let sink: AsyncStream<ShellSession.Event>.Continuation
  private let items: AsyncStream<Item>
  private let queue: AsyncStream<Item>.Continuation
  private let written = AsyncStream.makeStream(of: Void.self)

  /// - Throws: `TerminalError` if the terminal can't be taken over.
  init(colour: Bool, sink: AsyncStream<ShellSession.Event>.Continuation) throws {
    if isatty(STDIN_FILENO) == 1 {
      place = .terminal(try RawTerminal(.shared))
    } else {
      place = .streams(
        PlainStreams { bytes in sink.yield(.heard(bytes.map { .keys($0) } ?? .inputEnded)) })
    }
    screen = Mutex(SharedScreen(colour: colour))
    (items, queue) = AsyncStream.makeStream(of: Item.self)
    self.sink = sink
  }

  var isTerminal: Bool {
    if case .terminal = place { true } else { false }
  }

  var size: (rows: Int, columns: Int)? {
    guard case .terminal(let terminal) = place else { return nil }
    let size = terminal.size
    return (size.rows, size.columns)
  }

  func show(_ bytes: [UInt8], of writer: SharedScreen.Writer) {
    var item = Item(bytes: bytes)
    switch writer {
    case .shell: item.output = bytes.count
    case .kernel: item.console = bytes.count
    case .laboratory: break
    }
    if isTerminal {
      item.bytes = screen.withLock { $0.bytes(bytes, of: writer) }
    } else if writer != .shell {
      item.descriptor = STDERR_FILENO
      item.bytes = SharedScreen.visible(bytes).filter { $0 != 0x0d }
    }
    queue.yield(item)
  }

  func bell() { queue.yield(Item(bytes: isTerminal ? [7] : [])) }

  func readOn() {
    if case .streams(let streams) = place { streams.readOn() }
  }

  /// Passes on what comes from the terminal, until it is left.
  func listen() async {
    guard case .terminal(let terminal) = place else { return }
    for await event in terminal.events {
      switch event {
      case .bytes(let bytes): sink.yield(.heard(.keys(bytes)))
      case .redraw(let size): sink.yield(.resized(rows: size.rows, columns: size.columns))
      case .gone: sink.yield(.heard(.gone))
      }
    }
  }

  /// Writes what is to be shown, in order, however slow the reader is, until ``finish()``.
  func pump() async {
    for await item in items {
      switch place {
      case .terminal(let terminal): await terminal.write(item.bytes)
      case .streams(let streams):
        // stderr may be closed; without stdout the user is gone.
        let isWhole = await streams.write(item.bytes, to: item.descriptor)
        if !isWhole, item.descriptor == STDOUT_FILENO { sink.yield(.heard(.gone)) }
      }
      sink.yield(.shown(output: item.output, console: item.console))
    }
    written.continuation.finish()
  }

  /// Waits until all is written, or a second has gone by; then the terminal is as it was.
  func finish() async {
    queue.finish()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [written] in for await _ in written.stream {} }
      // Cancelled only if the other was first.
      group.addTask { do { try await Task.sleep(for: .seconds(1)) } catch {} }
      await group.next()
      group.cancelAll()
    }
    leave()
  }

  /// Puts the terminal as it was. More calls than one do no harm.
  func leave() {
    queue.finish()
    if case .terminal(let terminal) = place { terminal.leave() }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The console's bytes on their way to the user, never many at a time, and those since the last
/// report, for the judge.
final class ConsoleFlow: Sendable {
  /// Limits in bytes: unacknowledged; waiting; kept for a report.
  private static let window = 1 << 16
  private static let waiting = 1 << 18
  private static let judged = 1 << 20

  private struct State {
    var isOpen = false
    var waiting: [UInt8] = []
    var underWay = 0
    var lost = 0
    var recent: [UInt8] = []
  }

  private let state = Mutex(State())
  private let emit: @Sendable (ShellGuest.Event) -> Void

  init(emit: @escaping @Sendable (ShellGuest.Event) -> Void) {
    self.emit = emit
  }

  func open() { state.withLock { $0.isOpen = true } }

  func add(_ bytes: ArraySlice<UInt8>) {
    state.withLock { state in
      guard state.isOpen else { return }
      state.waiting += bytes
      let excess = state.waiting.count - Self.waiting
      if excess > 0 {
        state.waiting.removeFirst(excess)
        state.lost += excess
      }
      // The beginning, which has the first cause.
      state.recent += bytes.prefix(max(0, Self.judged - state.recent.count))
    }
    pass()
  }

  /// This many bytes have been shown.
  func taken(_ count: Int) {
    state.withLock { $0.underWay = max(0, $0.underWay - count) }
    pass()
  }

  /// What has come since the last call.
  func takeRecent() -> [UInt8] {
    state.withLock { state in
      defer { state.recent = [] }
      return state.recent
    }
  }

  private func pass() {
    // Under the lock, so that pieces are passed on in order.
    state.withLock { state in
      guard state.underWay < Self.window, !state.waiting.isEmpty else { return }
      var bytes = Array(state.waiting.prefix(Self.window))
      state.waiting.removeFirst(bytes.count)
      if state.lost > 0 {
        bytes = Array("\n[panicroom: \(state.lost) bytes left out here]\n".utf8) + bytes
        state.lost = 0
      }
      state.underWay += bytes.count
      emit(.console(bytes))
    }
  }
}

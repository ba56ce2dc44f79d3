// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Synchronization

/// Stops the harness on Ctrl-Z, but first the clocks of its guests.
///
/// A terminal's SIGTSTP reaches only the harness: QEMU leads its own session, so that a Ctrl-C is
/// left to the harness. QEMU would continue to run, unwatched.
package final class Suspension: Sendable {
  package static let shared = Suspension()

  private struct State {
    var next = 0
    var guests: [Int: @Sendable () -> Guest?] = [:]
    var terminals: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())
  /// One stop at a time; it is over when the guests run again.
  private let queue = DispatchQueue(label: "panicroom.suspension")

  /// How long guests may take to stop or to continue. One that doesn't stop in time keeps running,
  /// and its trial counts as one during which the harness was away.
  private static let patience = DispatchTimeInterval.seconds(2)

  /// - Parameter leave: called before the process is stopped: puts a terminal as it was.
  /// - Returns: what ``remove(_:)`` takes.
  package func add(terminal leave: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      defer { state.next += 1 }
      state.terminals[state.next] = leave
      return state.next
    }
  }

  func add(_ guest: Guest) -> Int {
    state.withLock { state in
      defer { state.next += 1 }
      state.guests[state.next] = { [weak guest] in guest }
      return state.next
    }
  }

  package func remove(_ number: Int) {
    state.withLock { state in
      state.guests[number] = nil
      state.terminals[number] = nil
    }
  }

  /// Returns when the process was continued and its guests run again. Must not be called on Swift's
  /// thread pool.
  package func stop() {
    queue.sync {
      let (guests, terminals) = state.withLock { state in
        (state.guests.values.compactMap { $0() }, Array(state.terminals.values))
      }
      for leave in terminals { leave() }
      each(guests) { await $0.pause() }
      // To this very thread: it is stopped before raise() returns, and all others with it. Of
      // SIGSTOP to the process another thread might hear first.
      raise(SIGSTOP)
      each(guests) { await $0.resume() }
    }
  }

  private func each(_ guests: [Guest], _ body: @escaping @Sendable (Guest) async -> Void) {
    let done = DispatchSemaphore(value: 0)
    Task {
      await withTaskGroup(of: Void.self) { group in
        for guest in guests { group.addTask { await body(guest) } }
      }
      done.signal()
    }
    _ = done.wait(timeout: .now() + Self.patience)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Wire

/// Whether a guest's CPUs are stopped, and for whom.
struct GuestRest {
  /// ``Guest/hold()``: it waits for its trial.
  var isHeld = false
  /// ``Guest/pause()``: the harness is stopped.
  var isPaused = false
}

extension Guest {
  /// Makes a guest ready for another trial after one that changed nothing, once
  /// ``lookAtKernel()`` has stopped it: it runs on, and what its memory showed then is what it is
  /// compared with the next time.
  ///
  /// - Parameters:
  ///   - reading: that look's.
  ///   - console: the file that the console goes to from now on.
  /// - Throws: what keeps it from going on; it must be ended then.
  public func goOn(since reading: KernelReading, console path: String) async throws {
    try console.goOn(in: path)
    if let map = kernel { assume(.known(map, before: reading.after)) }
    look.withLock { $0 = nil }
    try await goOn()
  }

  /// Waits until what a stopped guest has written to its console is in the file.
  ///
  /// - Returns: why the console is incomplete; nil if it is complete.
  package func settleConsole() async -> ConsoleLoss? {
    await console.settle()
  }

  /// Stops the guest's CPUs and its ticks until ``goOn()``. Its clock stands still.
  public func hold() async throws {
    try await qmp.execute("stop")
    setTicks(held: true)
  }

  /// Lets a held guest run on.
  public func goOn() async throws {
    setTicks(held: false)
    try await qmp.execute("cont", seconds: 5)
  }

  /// Stops the CPUs while the harness is stopped; does nothing if the guest doesn't run.
  func pause() async {
    do {
      // One that has not begun, is being frozen, or has ended must not be made to run afterwards.
      guard try await qmp.execute("query-status", seconds: 1)["running"] == .bool(true) else {
        return
      }
      try await qmp.execute("stop", seconds: 1)
      rest.withLock { $0.isPaused = true }
    } catch {
      // It is ending, or too slow: then it runs on, and is seen to have been left alone.
    }
  }

  /// Lets it continue after ``pause()``, unless something else holds it.
  func resume() async {
    let goesOn = rest.withLock { rest in
      defer { rest.isPaused = false }
      return rest.isPaused && !rest.isHeld
    }
    // A guest whose memory is examined stays stopped.
    guard goesOn, look.withLock({ $0 == nil }) else { return }
    do {
      try await qmp.execute("cont", seconds: 1)
    } catch {
      // It is silent from now on, and its trial one that the harness was away from.
    }
  }
}

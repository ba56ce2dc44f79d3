// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Machine
import Record
package import Wire

/// Guests that carry out trials one after the other, as long as none changes anything. Whoever
/// makes it must ``close()`` it.
///
/// A guest is given to another trial only if the kernel's counts, its log and its memory are what
/// they were before the last one; any other is ended. What a trial shows in a guest that it was not
/// the first in counts only if it changed nothing, either: otherwise it is carried out again in a
/// guest of its own (``TrialSession``).
package actor SharedGuests: GuestSource {
  /// A guest that waits, stopped, and what was last read of its memory.
  private struct Waiting {
    var started: StartedGuest
    var reading: KernelReading
  }

  /// Of one guest: below the limits of each single comparison, trials may still add up.
  private static let mostTrials = 50

  private let fresh: FreshGuests
  private var waiting: [Waiting] = []
  private var isClosed = false

  /// - Parameter fresh: gives guests while none waits.
  package init(_ fresh: FreshGuests) { self.fresh = fresh }

  package nonisolated var unshared: any GuestSource { fresh }

  /// A worker that has given up its privileges has none for the next trial, and modules that were loaded
  /// for one trial would be there for the next.
  package nonisolated func isShared(_ plan: TrialPlan) -> Bool {
    !plan.unprivileged && plan.modules.isEmpty
  }

  package func guest(
    for trial: Trial, _ plan: TrialPlan, _ evidence: Evidence
  ) async throws -> StartedGuest {
    guard isShared(plan), let next = waiting.popLast() else {
      return try await fresh.guest(for: trial, plan, evidence)
    }
    let guest = next.started.guest
    try await guest.endingOnError {
      try await guest.goOn(since: next.reading, console: evidence.guestFiles.console)
    }
    var started = StartedGuest(guest, .shared, under: next.started.accelerator)
    started.trials = next.started.trials
    return started
  }

  package func takeBack(_ started: StartedGuest, clean reading: KernelReading?) async {
    var started = started
    started.trials += 1
    guard let reading, started.trials < Self.mostTrials, !isClosed else {
      await started.guest.end()
      return
    }
    // It waits without a clock: ticks that nobody reads would pile up.
    started.guest.setTicks(held: true)
    waiting.append(Waiting(started: started, reading: reading))
  }

  /// Ends all guests that wait, and those that are still to be taken back.
  package func close() async {
    isClosed = true
    let ending = waiting
    waiting = []
    for guest in ending { await guest.started.guest.end() }
  }
}

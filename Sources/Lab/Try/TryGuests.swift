// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import Machine
import Synchronization
import Trials

/// The guests of one kernel that a try's trials share, until the last of these has ended.
final class TryGuests: Sendable {
  /// Fewer trials have a guest each.
  private static let fewest = 3

  private let guests: SharedGuests?
  private let machine: MachineDescription
  private let left: Mutex<Int>

  /// - Parameter trials: how many there will be.
  init(of machine: PreparedMachine, trials: Int, _ logger: Logger) {
    guests = trials < Self.fewest ? nil : SharedGuests(FreshGuests(of: machine, logger: logger))
    self.machine = machine.description
    left = Mutex(trials)
  }

  /// Nil for a trial that needs a guest of its own, such as one with modules of the user's.
  func shared(by plan: TryPlan) -> SharedGuests? {
    plan.kernel.machine.description == machine ? guests : nil
  }

  /// To be called after each trial: the last one ends the guests.
  func noteEnd() async {
    let isLast = left.withLock { left in
      left -= 1
      return left == 0
    }
    if isLast { await close() }
  }

  func close() async { await guests?.close() }
}

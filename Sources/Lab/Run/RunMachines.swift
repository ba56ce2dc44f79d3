// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Logging
import Record
import Trials

/// The machines of a run. Those of the plan are ready before its first trial; one that only a second
/// look needs is made ready in that trial, so that if this fails, the trial fails and not the run.
actor RunMachines {
  private struct Key: Hashable {
    var kernel: String
    var machine: PreparedKernel.MachineKey
  }

  private let preparation: Preparation
  private let prepared: [String: PreparedKernel]
  private var later: [Key: Task<PreparedMachine, any Error>] = [:]
  private var shared: [Key: SharedGuests] = [:]

  nonisolated let logger: Logger

  init(_ preparation: Preparation, prepared: [String: PreparedKernel]) {
    self.preparation = preparation
    self.prepared = prepared
    logger = preparation.logger
  }

  /// - Throws: what keeps the machine from being made ready; whoever asks next tries again.
  func machine(kernel name: String, profile: String, cpus: Int) async throws -> PreparedMachine {
    let key = Key(kernel: name, machine: .init(profile: profile, cpus: cpus))
    guard let kernel = prepared[name] else { throw LabError("Kernel \(name) was not prepared.") }
    if let machine = kernel.machines[key.machine] { return machine }
    let task =
      later[key]
      ?? Task { [preparation] in
        try await preparation.machine(of: kernel, profileNamed: profile, cpus: cpus)
      }
    later[key] = task
    do {
      return try await withTaskCancellationHandler {
        try await task.value
      } onCancel: {
        task.cancel()
      }
    } catch {
      if later[key] == task { later[key] = nil }
      throw error
    }
  }

  /// What gives a trial its guest.
  ///
  /// - Parameter canShare: whether from those that carry out several.
  func guests(for id: TrialID, cpus: Int, canShare: Bool) -> any GuestSource {
    let fresh = FreshGuests(logger: logger) {
      try await self.machine(kernel: id.kernel, profile: id.profile, cpus: cpus)
    }
    guard canShare else { return fresh }
    let key = Key(kernel: id.kernel, machine: .init(profile: id.profile, cpus: cpus))
    let guests = shared[key] ?? SharedGuests(fresh)
    shared[key] = guests
    return guests
  }

  /// Ends the guests that wait for another trial.
  func close() async {
    for guests in shared.values { await guests.close() }
    shared = [:]
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import Machine
package import Record
package import Wire

/// How a trial gets its guest: a fresh one, a waiting one, or whatever else can carry out a
/// plan.
package protocol GuestSource: Sendable {
  /// A guest that has greeted and whose console is in the trial's evidence folder. The caller ends
  /// it, or gives it back.
  ///
  /// - Parameters:
  ///   - plan: what it will be asked to do.
  ///   - evidence: that of the trial; its folder exists.
  /// - Throws: what keeps a guest from starting; nothing of it is left running then.
  func guest(
    for trial: Trial, _ plan: TrialPlan, _ evidence: Evidence
  ) async throws -> StartedGuest

  /// Whether a guest that finishes this may be given to another trial afterwards.
  func isShared(_ plan: TrialPlan) -> Bool

  /// Takes back a guest that is shared, when its trial was judged.
  ///
  /// - Parameter reading: its kernel's memory, if everything is as it was before the trial; nil if
  ///   anything is not, or isn't known to be.
  func takeBack(_ started: StartedGuest, clean reading: KernelReading?) async

  /// Gives a trial a guest that no other trial has had.
  var unshared: any GuestSource { get }
}

extension GuestSource {
  package func isShared(_ plan: TrialPlan) -> Bool { false }

  package func takeBack(_ started: StartedGuest, clean reading: KernelReading?) async {
    await started.guest.end()
  }

  package var unshared: any GuestSource { self }
}

/// A guest at the beginning of its trial.
package struct StartedGuest: Sendable {
  package let guest: Guest
  package let start: TrialRecord.Start
  package let accelerator: Accelerator
  /// What it learned of its trial in advance; nil if nothing.
  package let briefing: Briefing?
  /// How many trials it has had.
  package var trials = 0

  package init(
    _ guest: Guest, _ start: TrialRecord.Start, under accelerator: Accelerator,
    briefing: Briefing? = nil
  ) {
    self.guest = guest
    self.start = start
    self.accelerator = accelerator
    self.briefing = briefing
  }
}

/// What a guest learned of its trial before it was stopped, and its answer: the modules that the
/// plan asks for are loaded, and the kernel's state is recorded. The twin comes later.
package struct Briefing: Sendable {
  package let plan: TrialPlan
  package let messages: [AgentMessage]

  package init(plan: TrialPlan, messages: [AgentMessage]) {
    self.plan = plan
    self.messages = messages
  }
}

/// A guest for each trial, restored or booted.
package struct FreshGuests: GuestSource {
  /// Seconds of wall time that a boot may take; a restore gets a third.
  package static let bootSeconds = 90.0

  private let machine: @Sendable () async throws -> PreparedMachine
  private let bootSeconds: Double
  private let logger: Logger

  package init(
    of machine: PreparedMachine, bootSeconds: Double = bootSeconds, logger: Logger
  ) {
    self.init(bootSeconds: bootSeconds, logger: logger) { machine }
  }

  /// - Parameter machine: makes one ready that no trial of the plan needed.
  package init(
    bootSeconds: Double = bootSeconds, logger: Logger,
    of machine: @escaping @Sendable () async throws -> PreparedMachine
  ) {
    self.machine = machine
    self.bootSeconds = bootSeconds
    self.logger = logger
  }

  package func guest(
    for trial: Trial, _ plan: TrialPlan, _ evidence: Evidence
  ) async throws -> StartedGuest {
    let machine = try await machine()
    let (guest, start) = try await machine.start(
      evidence.guestFiles, bootSeconds: bootSeconds, for: trial.id.folderName, logger: logger)
    return StartedGuest(guest, start, under: machine.description.accelerator)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Logging
import Machine
import Record
import Trials
import Wire

/// The guests of a stage: one that waits for its trial, or a fresh one if there is none.
struct WaitingGuests: GuestSource {
  /// Nil if there is no template to restore guests from.
  let pool: ReadyGuests?
  let fresh: FreshGuests
  let accelerator: Accelerator
  let logger: Logger

  func guest(
    for trial: Trial, _ plan: TrialPlan, _ evidence: Evidence
  ) async throws -> StartedGuest {
    guard let ready = try await take(for: trial, plan) else {
      return try await fresh.guest(for: trial, plan, evidence)
    }
    let guest = try await ready.guest.endingOnError {
      // Its console is already there, open.
      try Files.remove(evidence.folder)
      try Files.rename(ready.folder, to: evidence.folder)
      try await ready.guest.goOn()
    }
    return StartedGuest(guest, .restored, under: accelerator, briefing: ready.briefing)
  }

  private func take(for trial: Trial, _ plan: TrialPlan) async throws -> ReadyGuest? {
    do {
      return try await pool?.take(for: plan)
    } catch {
      try Task.checkCancellation()
      logger.warning(
        "No guest could be made ready; the trial starts one.",
        metadata: ["trial": "\(trial.id.folderName)", "error": "\(error)"])
      return nil
    }
  }
}

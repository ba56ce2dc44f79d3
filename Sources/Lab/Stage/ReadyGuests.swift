// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Machine
import Trials
import Wire

/// A guest that was restored in advance, and waits stopped for its trial.
struct ReadyGuest: Sendable {
  let guest: Guest
  /// Where its console is: the evidence folder of its trial.
  let folder: String
  /// Nil for one that any trial may take.
  var briefing: Briefing?
}

/// Guests of one machine, restored in advance so that a trial needn't wait for one. Whoever makes
/// it must ``close()`` it.
actor ReadyGuests {
  private let template: Template
  private let folder: String
  private var line = WaitingLine<Task<ReadyGuest, any Error>>()
  /// Guests that will not be used, until they have ended.
  private var leaving: [Task<Void, Never>] = []
  private var made = 0
  private var isClosed = false

  /// - Parameter folder: is there; each guest gets a folder in it.
  init(of template: Template, in folder: String) {
    self.template = template
    self.folder = folder
  }

  /// Has a guest made ready for each of these trials, in addition to those that were taken; nil for
  /// a trial that isn't known yet. A guest knows one trial: those that know another are ended.
  func fill(_ plans: [TrialPlan?]) {
    guard !isClosed else { return }
    line.fill(plans, make: make, brief: brief).forEach(dismiss)
  }

  /// The guest that knows this trial, or else one that knows none, whichever has waited longest; if
  /// there is neither, one that is made now.
  ///
  /// - Throws: what kept it from starting.
  func take(for plan: TrialPlan?) async throws -> ReadyGuest {
    try await (line.take(for: plan) ?? make()).value
  }

  /// Waits until all that were asked for are ready.
  ///
  /// - Throws: what kept one from it.
  func settle() async throws {
    for guest in line.guests { _ = try await guest.value }
  }

  /// Ends all guests that were not taken.
  func close() async {
    isClosed = true
    line.empty().forEach(dismiss)
    for task in leaving { await task.value }
    leaving = []
  }

  private func dismiss(_ guest: Task<ReadyGuest, any Error>) {
    guest.cancel()
    leaving.append(
      Task {
        if case .success(let ready) = await guest.result { await ready.guest.end() }
      })
  }

  private func make() -> Task<ReadyGuest, any Error> {
    made += 1
    let folder = "\(folder)/\(made)"
    return Task { [template] in
      try Files.makeFolder(folder)
      let guest = try await template.restore(
        files: Evidence(folder: folder, name: "").guestFiles, seconds: Preparation.bootSeconds)
      try await guest.endingOnError {
        try await guest.rehearse(seconds: Preparation.bootSeconds)
        try await guest.hold()
      }
      return ReadyGuest(guest: guest, folder: folder)
    }
  }

  private func brief(
    _ before: Task<ReadyGuest, any Error>, _ plan: TrialPlan
  ) -> Task<ReadyGuest, any Error> {
    Task {
      var ready = try await before.value
      var messages: [AgentMessage] = []
      try await ready.guest.endingOnError { [guest = ready.guest] in
        try await guest.goOn()
        messages = try await guest.brief(plan, seconds: Preparation.bootSeconds)
        try await guest.hold()
      }
      ready.briefing = Briefing(plan: plan, messages: messages)
      return ready
    }
  }
}

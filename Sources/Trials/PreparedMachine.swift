// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Logging
package import Machine
package import Record
import Synchronization

/// A machine, and the template that its guests are cloned from.
package struct PreparedMachine: Sendable {
  package var description: MachineDescription
  private let clones: Clones?
  private let boots = Boots()

  /// - Parameter template: nil if every guest is to boot.
  package init(description: MachineDescription, template: Template? = nil) {
    self.description = description
    clones = template.map(Clones.init)
  }

  /// What guests are restored from; nil if they are to boot, or if restoring one has failed.
  package var template: Template? { clones?.template }

  /// Restores a guest, or boots one if there is no template or restoring fails. A template that
  /// failed once is not used again by anyone who shares this machine.
  ///
  /// - Parameters:
  ///   - bootSeconds: how long a boot may take, in seconds of wall time; a restore gets a third.
  ///   - purpose: what the guest is for, for a warning.
  /// - Throws: `MachineError` or `SystemCallError` of the boot; nothing of the guest is left running.
  package func start(
    _ files: Guest.LogFiles, bootSeconds: Double, for purpose: String, logger: Logger
  ) async throws -> (Guest, TrialRecord.Start) {
    if let template {
      do {
        return (try await template.restore(files: files, seconds: bootSeconds / 3), .restored)
      } catch let error where !Task.isCancelled {
        // A program that can't be started, a runs folder that is full: no template is to blame, and a
        // boot would meet the same.
        if error is SystemCallError { throw error }
        try clones?.giveUp(because: error)
        logger.warning(
          "A guest could not be restored; it boots instead, and so do those after it.",
          metadata: ["trial": "\(purpose)", "error": "\(error)"])
      }
    }
    return (
      try await boots.boot {
        try await Guest.boot(description, files: files, seconds: bootSeconds)
      },
      .booted
    )
  }
}

/// The boots of a machine: one that never boots is not waited for in each of a hundred trials.
private final class Boots: Sendable {
  private struct State {
    var hasSucceeded = false
    var failures = 0
    var last: MachineError?
    var lastEnd: ContinuousClock.Instant?
  }

  /// A trial is carried out twice before its laboratory's failure counts.
  private static let enough = 2

  private let state = Mutex(State())

  /// - Throws: as `body`; its last error at once if it has only ever failed.
  func boot(_ body: () async throws -> Guest) async throws -> Guest {
    let hopeless = state.withLock { state in
      state.hasSucceeded || state.failures < Self.enough ? nil : state.last
    }
    if let hopeless { throw hopeless }
    let began = ContinuousClock.now
    do {
      let guest = try await body()
      state.withLock { $0.hasSucceeded = true }
      return guest
    } catch let error as MachineError where !Task.isCancelled {
      state.withLock { state in
        // Two at once may have met the same busy host.
        if state.lastEnd.map({ began >= $0 }) ?? true { state.failures += 1 }
        state.last = error
        state.lastEnd = .now
      }
      throw error
    }
  }
}

/// A template that the trials of a run share, until it fails one of them.
private final class Clones: Sendable {
  private let whole: Template
  private let hasFailed = Mutex(false)

  init(_ template: Template) { whole = template }

  var template: Template? { hasFailed.withLock { $0 } ? nil : whole }

  /// - Throws: `SystemCallError` if a damaged template can't be marked as such.
  func giveUp(because error: any Error) throws {
    hasFailed.withLock { $0 = true }
    // An agent that did not answer in time may have had a busy host: the next run looks again.
    if let error = error as? MachineError, error.code == .noAnswer { return }
    // Whatever else is wrong with the template, the next run makes it again.
    try whole.discard()
  }
}

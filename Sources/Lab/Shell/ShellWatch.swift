// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Machine
package import Scenarios
package import Trials
package import Verdicts

/// Decides what happens to a guest with a user at a shell: pure.
///
/// `TrialWatch` decides when a guest hangs, by the same evidence as in a trial. A trial then
/// requests the backtrace by itself; here the user may want to wait, and is asked.
package struct ShellWatch: Sendable {
  package enum Action: Equatable, Sendable {
    case none
    /// Take the CPUs' registers and hand them to ``note(_:on:now:)``.
    case sample(LockupWatch.Suspicion)
    /// The guest hangs. Ask what to do: ``question(now:)`` or ``wait(now:)``.
    case hangs
    /// It hung, or seemed to, and speaks again.
    case speaksAgain
    case over(Ending)
  }

  private enum Phase: Equatable {
    case watching
    case hanging
    /// The user wants to wait: not asked again before this time.
    case waiting(until: Double)
    case questioned
  }

  /// Seconds after which a user who wants to wait is asked again.
  package static let patience = 15.0

  private let limits: TrialWatch.Limits
  private var trial: TrialWatch
  private var phase = Phase.watching

  /// - Parameter kernel: nil if it is unknown.
  package init(cpus: Int, kernel: KernelTraits?) {
    var limits = TrialWatch.Limits()
    limits.fit(cpus: cpus, kernel: kernel)
    limits.trial = .infinity
    limits.toleratesAbsence = true
    self.limits = limits
    trial = TrialWatch(limits: limits)
  }

  package mutating func handle(
    _ event: GuestEvent, now: Double, processor: Double, console: Int
  ) -> Action {
    switch (phase, event) {
    case (.hanging, .message), (.hanging, .blob), (.waiting, .message), (.waiting, .blob):
      begin(with: event, now: now, processor: processor, console: console)
      return .speaksAgain
    case (.hanging, .tick): return .none
    case (.waiting(let until), .tick):
      if now >= until { begin(with: .blob([]), now: now, processor: processor, console: console) }
      return .none
    case (.watching, _), (.hanging, _), (.waiting, _), (.questioned, _):
      return take(trial.handle(event, now: now, processor: processor, console: console))
    }
  }

  package mutating func note(
    _ sample: ProcessorSample, on suspicion: LockupWatch.Suspicion
  ) -> Action {
    phase == .watching ? take(trial.note(sample, on: suspicion)) : .none
  }

  /// The guest is asked for its backtrace; it is over when it has answered, or after a while.
  package mutating func question(now: Double) {
    guard phase == .hanging else { return }
    trial.question(now: now)
    phase = .questioned
  }

  package mutating func wait(now: Double) {
    guard phase == .hanging else { return }
    phase = .waiting(until: now + Self.patience)
  }

  private mutating func begin(
    with event: GuestEvent, now: Double, processor: Double, console: Int
  ) {
    trial = TrialWatch(limits: limits)
    phase = .watching
    _ = trial.handle(event, now: now, processor: processor, console: console)
  }

  private mutating func take(_ action: TrialWatch.Action) -> Action {
    switch action {
    case .wait: return .none
    case .sample(let suspicion): return .sample(suspicion)
    case .injectNMI:
      phase = .hanging
      return .hangs
    case .end(let ending): return .over(ending)
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Machine
package import Scenarios
package import Verdicts
import Wire

/// Decides when a trial is over, and how it ended: pure, so that it is tested without a guest.
///
/// A silent guest is not hung until it has used CPU time in silence: on a loaded host a healthy
/// guest gets no CPU, and is given time. If silence, or a CPU whose clock stands still, makes a
/// guest suspect, its registers are sampled, and `LockupWatch` decides whether they prove a lockup.
package struct TrialWatch: Sendable {
  package struct Limits: Sendable {
    package init() {}

    /// Seconds of CPU time in silence after which a guest counts as hung. Longer than the kernel's
    /// own detectors take (3 to 3.6 s with `watchdog_thresh=1`), which say more.
    package var silentProcessor = 4.0
    /// Wall seconds of silence after which a guest counts as hung even if it uses no CPU time.
    package var silentWall = 20.0
    /// Wall seconds of silence, or without a tick of one CPU while the agent speaks, after
    /// which the registers are sampled; and heartbeats in a row that must have seen no tick.
    package var suspect = 2.3
    package var suspectHeartbeats = 8
    /// Seconds of CPU time between the interrupt that asks for a backtrace and the end, if nothing
    /// more appears on the console. A kernel with two CPUs that panics spins for a second until it
    /// gives up waiting for the other one (Linux: `native_stop_other_cpus`).
    package var answer = 0.3
    /// Wall seconds for which the worker, or the examiner after it, may sleep uninterruptibly in
    /// one step, and consecutive heartbeats that must have seen it: on a starved host few arrive in
    /// that time.
    package var uninterruptible = 4.0
    package var uninterruptibleHeartbeats = 8
    /// Wall seconds for which the harness itself did not run. A trial in which that happened is no
    /// evidence of the guest's.
    package var away = 2.0
    /// Somebody works in the guest, so it continues then.
    package var toleratesAbsence = false
    /// Wall seconds of the whole trial, however active the guest is, without those in which it was
    /// ready to run and the host gave it no CPU. Of these at most `starved` count.
    package var trial = 60.0
    package var starved = 240.0
    /// Wall seconds between a panic, or the interrupt that asks for a backtrace, and the end.
    package var lastWords = 5.0

    /// Outlasts the detectors of a kernel with its own thresholds: 20 s for a soft lockup, 21 for
    /// an RCU stall, 120 for a hung task, and looks at it only now and then.
    package mutating func waitAsStock() {
      silentProcessor = 60
      silentWall = 300
      uninterruptible = 250
      trial = max(trial, 280)
    }

    /// Gives a guest the time that it needs.
    package mutating func fit(cpus: Int, kernel: KernelTraits?) {
      // Two CPUs that spin use twice the time, and their detectors need as long.
      silentProcessor *= Double(cpus)
      // If each access or lock is checked, the verifier takes many times as long to reach its limit
      // of a million instructions: more than a minute under TCG.
      // Such a kernel's own detectors get more time, too (vm/builds.yaml).
      guard let kernel, !kernel.options.isDisjoint(with: ["KASAN", "PROVE_LOCKING"]) else { return }
      trial *= 4
      silentProcessor *= 3
      uninterruptible *= 3
    }
  }

  package enum Action: Equatable, Sendable {
    case wait
    /// Take the CPUs' registers and hand them to ``note(_:)``.
    case sample(LockupWatch.Suspicion)
    /// Ask the silent guest for its backtrace.
    case injectNMI
    case end(Ending)
  }

  private enum Phase: Equatable {
    case running
    /// It was asked for a backtrace at this time, and ends with this ending.
    case questioned(Ending, at: Double)
    case panicked(at: Double)
    case reset(at: Double)
    case shutdown(at: Double)
  }

  private let limits: Limits
  private var phase = Phase.running
  private var lastWord = 0.0
  /// Nil until the first event: what the guest used before the trial, to boot, counts for nothing.
  private var processorAtLastWord: Double?
  private var step: String?
  /// An uninterruptible sleep that continues, and how many consecutive heartbeats have seen it.
  private var sleep: (since: Double, heartbeats: Int)?
  private var lastTick = 0.0
  private var clocks = ProcessorClocks()
  private var lockups = LockupWatch()
  private var console = (bytes: 0, changed: 0.0, processor: 0.0)

  package init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// - Parameters:
  ///   - now: seconds since the trial began.
  ///   - processor: CPU time that the guest's QEMU has used, in seconds.
  ///   - console: how many bytes the console has had.
  ///   - absence: the longest time since the trial began in which the harness did not run, in
  ///     seconds.
  ///   - waited: how long a CPU of the guest was ready to run and had none of the host's, in seconds.
  package mutating func handle(
    _ event: GuestEvent, now: Double, processor: Double, console bytes: Int = 0,
    absence: Double = 0, waited: @autoclosure () -> Double = 0
  ) -> Action {
    if absence > limits.away, !limits.toleratesAbsence {
      return .end(
        .laboratoryFailed("the harness was away for \((absence * 10).rounded() / 10) s"))
    }
    if bytes != console.bytes { console = (bytes, now, processor) }
    if processorAtLastWord == nil { processorAtLastWord = processor }
    switch event {
    case .message(let message): return hear(message, now: now, processor: processor)
    case .blob:
      noteLife(now: now, processor: processor)
      return .wait
    case .malformed(let error):
      return .end(.laboratoryFailed("the agent's words make no sense: \(error)"))
    case .qmp(let event):
      note(event, now: now)
      return .wait
    case .exited(let how): return .end(ending(of: how))
    case .tick: return look(now: now, processor: processor, waited: waited)
    }
  }

  private mutating func hear(_ message: AgentMessage, now: Double, processor: Double) -> Action {
    noteLife(now: now, processor: processor)
    switch message {
    // Nor can the agent's messages take back what QEMU has reported: after a panic or a reset
    // nothing is left that could.
    case .finished: return hasEnded ? .wait : .end(.answered)
    case .failed(let words): return .end(.laboratoryFailed(words))
    case .hello: return .end(.laboratoryFailed("the agent greeted in the middle of a trial"))
    case .heartbeat(_, let name, let state, let ticks):
      clocks.note(ticks ?? [], now: now)
      if state != "D" || name != step { sleep = nil }
      if state == "D" { sleep = (sleep?.since ?? now, (sleep?.heartbeats ?? 0) + 1) }
      step = name
    case .step(let name):
      step = name
      sleep = nil
    // Whatever else it reports, it made progress.
    default: sleep = nil
    }
    return .wait
  }

  /// Weighs a requested sample.
  package mutating func note(_ sample: ProcessorSample, on suspicion: LockupWatch.Suspicion)
    -> Action
  {
    guard phase == .running, let lockup = lockups.add(sample, on: suspicion) else { return .wait }
    phase = .questioned(.lockedUp(lockup), at: sample.now)
    return .injectNMI
  }

  /// The guest is asked for its backtrace now, not when it was found to hang.
  package mutating func question(now: Double) {
    if case .questioned(let ending, _) = phase { phase = .questioned(ending, at: now) }
  }

  private var hasEnded: Bool {
    switch phase {
    case .running, .questioned: false
    case .panicked, .reset, .shutdown: true
    }
  }

  private mutating func noteLife(now: Double, processor: Double) {
    lastWord = now
    processorAtLastWord = processor
  }

  private mutating func note(_ event: QMPEvent, now: Double) {
    switch (event.name, phase) {
    // A guest that was asked panics because of that: `unknown_nmi_panic`. It still counts as
    // silent.
    case ("GUEST_PANICKED", .running): phase = .panicked(at: now)
    case ("SHUTDOWN", .running):
      // QEMU: qapi/run-state.json, ShutdownCause.
      switch event.data?["reason"]?.string {
      case "guest-reset": phase = .reset(at: now)
      case "guest-shutdown": phase = .shutdown(at: now)
      case "guest-panic": phase = .panicked(at: now)
      default: break
      }
    default: break
    }
  }

  private func ending(of exit: String) -> Ending {
    switch phase {
    case .panicked: .panicked
    case .reset: .reset
    case .shutdown: .shutdown
    case .questioned(let ending, _): ending
    case .running: .laboratoryFailed("QEMU ended by itself (\(exit))")
    }
  }

  private mutating func look(now: Double, processor: Double, waited: () -> Double) -> Action {
    defer { lastTick = now }
    // The handler of events was away: what the guest said in that time may still be in the queue
    // after this tick.
    if phase == .running && now - lastTick > limits.away {
      noteLife(now: now, processor: processor)
      clocks = ProcessorClocks()
      sleep = nil
      lockups.reset()
      return .wait
    }
    switch phase {
    case .panicked(let since) where now - since > limits.lastWords: return .end(.panicked)
    case .reset(let since) where now - since > limits.lastWords: return .end(.reset)
    case .shutdown(let since) where now - since > limits.lastWords: return .end(.shutdown)
    case .questioned(let ending, let since)
    where now - since > limits.lastWords || hasAnswered(since, now: now, processor: processor):
      return .end(ending)
    case .panicked, .reset, .shutdown, .questioned: return .wait
    case .running: break
    }
    let isAsleep = sleepsForGood(now)
    let isLate = now > limits.trial && now - min(waited(), limits.starved) > limits.trial
    guard isAsleep || isLate else { return lookForHang(now: now, processor: processor) }
    // A sleep that a heartbeat saw by chance proves nothing.
    return .end(.deadline(seconds: now, step: step, processState: isAsleep ? "D" : nil))
  }

  private func sleepsForGood(_ now: Double) -> Bool {
    guard let sleep else { return false }
    return now - sleep.since > limits.uninterruptible
      && sleep.heartbeats >= limits.uninterruptibleHeartbeats
  }

  /// The console said something since the question, and then nothing more.
  private func hasAnswered(_ since: Double, now: Double, processor: Double) -> Bool {
    console.changed > since && now - console.changed > limits.answer
      && processor - console.processor > limits.answer
  }

  private mutating func lookForHang(now: Double, processor: Double) -> Action {
    let silent = processor - (processorAtLastWord ?? processor)
    if silent > limits.silentProcessor || now - lastWord > limits.silentWall {
      phase = .questioned(
        .silent(seconds: silent, countsTicks: lockups.countsTicks), at: now)
      return .injectNMI
    }
    if now - lastWord > limits.suspect { return .sample(.silence) }
    if let stopped = clocks.stopped(now: now, limits) {
      return .sample(.noTicks(processor: stopped))
    }
    lockups.reset()
    return .wait
  }
}

/// Since when each of several CPUs has counted no tick, by the agent's heartbeats.
private struct ProcessorClocks {
  private var last: [(ticks: UInt64, since: Double, heartbeats: Int)] = []

  mutating func note(_ ticks: [UInt64], now: Double) {
    guard last.count == ticks.count else {
      last = ticks.map { ($0, now, 0) }
      return
    }
    for (index, count) in ticks.enumerated() {
      if count != last[index].ticks {
        last[index] = (count, now, 0)
      } else {
        last[index].heartbeats += 1
      }
    }
  }

  func stopped(now: Double, _ limits: TrialWatch.Limits) -> Int? {
    last.firstIndex {
      now - $0.since > limits.suspect && $0.heartbeats >= limits.suspectHeartbeats
    }
  }
}

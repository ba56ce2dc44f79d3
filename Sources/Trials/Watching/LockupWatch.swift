// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Verdicts

/// One sample of a guest's CPUs from outside.
package struct ProcessorSample: Sendable {
  /// Seconds since the trial began.
  package var now: Double
  package var registers: [ProcessorRegisters]
  /// By CPU, how much of the host's CPU time its thread in QEMU has used, in seconds, and whether
  /// that thread sleeps (only waits for an event) at this moment.
  package var threads: [Int: Thread]
  /// By CPU, how far it has counted time according to its kernel's memory; without those for which
  /// that is unknown.
  package var ticks: [Int: Ticks]
  /// How many bytes the console has had.
  package var console: Int

  package struct Thread: Sendable {
    package var seconds: Double
    package var sleeps: Bool

    package init(seconds: Double, sleeps: Bool) {
      self.seconds = seconds
      self.sleeps = sleeps
    }
  }

  /// A count in the kernel that moves when a CPU takes its timer's interrupt.
  package struct Ticks: Sendable, Equatable {
    package var value: UInt64
    /// How many seconds apart it moves when all is well.
    package var period: Double

    package init(value: UInt64, period: Double) {
      self.value = value
      self.period = period
    }
  }

  package init(
    now: Double, registers: [ProcessorRegisters], threads: [Int: Thread],
    ticks: [Int: Ticks] = [:], console: Int = 0
  ) {
    self.now = now
    self.registers = registers
    self.threads = threads
    self.ticks = ticks
    self.console = console
  }
}

/// Decides from registers, sampled several times, that a CPU has interrupts off permanently: pure.
///
/// A guest is sampled only if something makes it suspect: see `TrialWatch`. Interrupts that are off
/// in every sample are no proof by themselves. QEMU's translator answers where it leaves translated
/// code, which may be inside the timer's interrupt each time, while the interrupted loop has them
/// on; and a busy host may have stopped the CPU in the middle of an ordinary short section. So the
/// CPU must not have counted a single tick of time, either, if its kernel's memory shows that; and
/// it ran all the time, by its thread's own clock, or is halted, which with interrupts off only an
/// NMI can end. QEMU says whether a CPU is halted under TCG and KVM; if an accelerator doesn't, the
/// same instruction in all samples and a thread that sleeps in all of them and uses no time prove
/// the same.
package struct LockupWatch: Sendable {
  package enum Suspicion: Sendable, Equatable {
    /// The guest is silent, whichever CPU is the cause.
    case silence
    /// The guest still speaks, but this CPU's clock stands still.
    case noTicks(processor: Int)
  }

  package static let samples = 8
  /// Seconds between the first and the last sample.
  package static let span = 0.8
  /// A count stands still only if it missed at least this many ticks.
  package static let missed = 3.0
  /// A spinning CPU must have run this much of the span, or of a longer one if the host is busy.
  package static let running = 0.3
  /// A halted CPU uses no time, except for what sampling it costs.
  package static let idle = 0.05
  /// Samples further apart than this have missed too much.
  package static let gap = 1.0
  /// More samples than this are not kept.
  package static let most = 64

  private var taken: [ProcessorSample] = []

  package init() {}

  package mutating func reset() { taken = [] }

  /// - Returns: the CPU that is locked up, once the samples show it.
  package mutating func add(_ sample: ProcessorSample, on suspicion: Suspicion) -> Lockup? {
    if let last = taken.last, sample.now - last.now > Self.gap { reset() }
    taken.append(sample)
    taken.removeFirst(max(0, taken.count - Self.most))
    for processor in Set(sample.registers.map(\.processor)).sorted() {
      if case .noTicks(let suspect) = suspicion, suspect != processor { continue }
      if let found = lockup(of: processor, on: suspicion) { return found }
    }
    return nil
  }

  private func lockup(of processor: Int, on suspicion: Suspicion) -> Lockup? {
    // One sample with interrupts on, or one tick, clears the CPU of everything before.
    let ticks = taken.last?.ticks[processor]
    let run = taken.suffix(while: { sample in
      sample.view(of: processor).map { $0.interruptsOff && $0.level == 0 } == true
        && sample.ticks[processor] == ticks
    })
    let span = max(Self.span, Self.missed * (ticks?.period ?? 0))
    guard let first = run.first, let last = run.last, run.count >= Self.samples,
      last.now - first.now >= span, !Self.isFlood(run),
      let before = first.threads[processor], let after = last.threads[processor]
    else { return nil }
    let used = after.seconds - before.seconds
    let views = run.compactMap { $0.view(of: processor) }
    let sleeps = run.allSatisfy { $0.threads[processor]?.sleeps == true }
    let halted =
      views.allSatisfy(\.halted)
      || Set(views.map(\.instruction)).count == 1 && sleeps && used <= Self.idle
    // A CPU that was taken offline halts like this, too. If the guest only fell silent, another CPU
    // that runs may be the reason, and may just be slow.
    if halted, suspicion == .silence, run.contains(where: { $0.isRunning(but: processor) }) {
      return nil
    }
    guard halted || used >= Self.running else { return nil }
    return Lockup(
      processor: processor, halted: halted, countsNoTicks: ticks != nil, samples: run.count,
      seconds: last.now - first.now)
  }

  /// Whether the first CPU, which takes the harness's NMI, has counted time since the guest became
  /// suspect; nil if unknown.
  package var countsTicks: Bool? {
    let counts = taken.compactMap { $0.ticks[0] }
    guard let first = counts.first, let last = counts.last, counts.count > 1 else { return nil }
    return first != last
  }

  /// Who writes to the console does so with interrupts off, and may have much to say.
  private static func isFlood(_ run: ArraySlice<ProcessorSample>) -> Bool {
    let quiet = zip(run, run.dropFirst()).count { $0.console == $1.console }
    return 2 * quiet < run.count
  }
}

extension Array {
  /// The longest end all of whose elements fit.
  fileprivate func suffix(while fits: (Element) -> Bool) -> ArraySlice<Element> {
    self[(lastIndex { !fits($0) }.map { $0 + 1 } ?? startIndex)...]
  }
}

extension ProcessorSample {
  fileprivate func view(of processor: Int) -> ProcessorRegisters? {
    registers.first { $0.processor == processor }
  }

  /// Whether any other CPU is not halted.
  fileprivate func isRunning(but processor: Int) -> Bool {
    registers.contains { $0.processor != processor && !$0.halted }
  }
}

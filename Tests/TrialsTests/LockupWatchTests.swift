// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Trials
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct LockupWatchTests {
  /// How one processor looks in every sample.
  private struct Look {
    var flags: UInt64 = 0x2
    var level = 0
    var halted = false
    /// Of each second, how much its thread runs.
    var runs = 1.0
    var sleeps = false
    var moves = false
  }

  private let idle = Look(flags: 0x246, halted: true, runs: 0, sleeps: true)
  private let spin = Look()
  private let haltedForGood = Look(halted: true, runs: 0, sleeps: true)

  private func watch(
    _ looks: [Look], on suspicion: LockupWatch.Suspicion = .silence, samples: Int = 12,
    every seconds: Double = 0.1, console: (Int) -> Int = { _ in 0 },
    exception: (Int, Look)? = nil, period: Double = 0.01, ticks: ((Int) -> UInt64)? = nil
  ) -> Lockup? {
    var watch = LockupWatch()
    for index in 0..<samples {
      let now = 3 + Double(index) * seconds
      var registers: [ProcessorRegisters] = []
      var threads: [Int: ProcessorSample.Thread] = [:]
      for (number, usual) in looks.enumerated() {
        let look = exception.map { $0.0 == index && number == 0 ? $0.1 : usual } ?? usual
        registers.append(
          ProcessorRegisters(
            processor: number, instruction: 0x1000 + (look.moves ? UInt64(index) : 0),
            flags: look.flags, level: look.level, halted: look.halted, line: 1, text: ""))
        threads[number] = .init(seconds: now * look.runs, sleeps: look.sleeps)
      }
      let counts = ticks.map { [0: ProcessorSample.Ticks(value: $0(index), period: period)] }
      let sample = ProcessorSample(
        now: now, registers: registers, threads: threads, ticks: counts ?? [:],
        console: console(index))
      if let found = watch.add(sample, on: suspicion) { return found }
    }
    return nil
  }

  @Test func aSpinWithInterruptsOffIsALockup() throws {
    let found = try #require(watch([spin]))
    #expect(found.processor == 0 && !found.halted)
    #expect(found.samples >= LockupWatch.samples)
    #expect(found.seconds >= LockupWatch.span)
  }

  @Test func aHaltWithInterruptsOffIsALockup() throws {
    #expect(try #require(watch([haltedForGood])).halted)
  }

  @Test func oneMomentWithInterruptsOnClearsASpin() {
    var taken = spin
    taken.flags = 0x202
    #expect(watch([spin], samples: 14, exception: (6, taken)) == nil)
    #expect(watch([spin], samples: 20, exception: (6, taken)) != nil)
  }

  /// Seen on a loaded host: under TCG every look fell into the timer's interrupt, at
  /// `native_apic_mem_write`, while the twin's loop ran with interrupts on.
  @Test func aProcessorThatCountsTimeTakesInterruptsWhateverItsRegistersShow() {
    #expect(watch([spin], samples: 60, ticks: { UInt64($0) }) == nil)
    // On a host that gives it little, a tick now and then.
    #expect(watch([spin], samples: 60, ticks: { UInt64($0 / 7) }) == nil)
  }

  @Test func aProcessorThatCountsNoTimeIsLockedUp() throws {
    let found = try #require(watch([spin], ticks: { _ in 4_294_892_296 }))
    #expect(found.countsNoTicks)
    #expect(try #require(watch([haltedForGood], ticks: { _ in 7 })).halted)
    #expect(try !#require(watch([spin])).countsNoTicks)
  }

  @Test func aTickAtTheBeginningIsNotHeldAgainstASpin() throws {
    let found = try #require(watch([spin], samples: 20, ticks: { $0 < 4 ? UInt64($0) : 9 }))
    #expect(found.seconds >= LockupWatch.span && found.samples <= 16)
  }

  @Test func aCountThatMovesSeldomIsGivenItsTime() throws {
    // The watchdog's of a processor, every 0.4 s: twelve looks don't take long enough.
    #expect(watch([spin], period: 0.4, ticks: { _ in 3 }) == nil)
    let found = try #require(watch([spin], samples: 20, period: 0.4, ticks: { _ in 3 }))
    #expect(found.seconds >= 1.2)
  }

  @Test func anIdleProcessorThatCountsNoTimeIsNotLockedUp() {
    #expect(watch([idle], samples: 60, ticks: { _ in 3 }) == nil)
  }

  @Test func anIdleGuestIsNotLockedUp() {
    #expect(watch([idle]) == nil)
    #expect(watch([idle, idle], on: .noTicks(processor: 1)) == nil)
  }

  @Test func aGuestThatTheHostStarvesIsNotLockedUp() {
    // Stopped in the midst of a section with interrupts off: waits for a core, or gets a little.
    #expect(watch([Look(runs: 0)]) == nil)
    #expect(watch([Look(runs: 0.1)]) == nil)
    // A busy host only needs more time to show it.
    #expect(watch([Look(runs: 0.1)], samples: 35) != nil)
  }

  @Test func anAcceleratorThatDoesNotTellOfHaltsIsSeenThrough() throws {
    #expect(try #require(watch([Look(runs: 0, sleeps: true)])).halted)
    #expect(watch([Look(runs: 0, sleeps: true, moves: true)]) == nil)
  }

  @Test func userSpaceIsNotLockedUp() {
    #expect(watch([Look(level: 3)]) == nil)
  }

  @Test func theProcessorWhoseClockStandsStillIsTheOneThatCounts() {
    #expect(watch([idle, spin], on: .noTicks(processor: 1))?.processor == 1)
    #expect(watch([idle, haltedForGood], on: .noTicks(processor: 1))?.halted == true)
    #expect(watch([spin, idle], on: .noTicks(processor: 1)) == nil)
  }

  @Test func aProcessorOutOfServiceExplainsNoSilence() {
    let busy = Look(flags: 0x246)
    #expect(watch([busy, haltedForGood]) == nil)
    #expect(watch([idle, haltedForGood])?.processor == 1)
  }

  @Test func aFloodOfWordsIsNoLockup() {
    #expect(watch([spin], console: { $0 * 80 }) == nil)
    // A report once a second is no flood.
    #expect(watch([spin], console: { $0 / 5 }) != nil)
  }

  @Test func samplesFarApartProveNothing() {
    #expect(watch([spin], every: 1.5) == nil)
  }
}

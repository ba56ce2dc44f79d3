// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads from a guest's memory how far each CPU has counted time. While the count moves, the CPU
/// takes its timer's interrupts, whatever its registers show at the moment of a sample.
///
/// With one CPU this is `jiffies_64`, which moves with every tick and stands still while the CPU is
/// idle (NO_HZ). With several CPUs it moves as long as one of them is alive, so each one's
/// `hrtimer_interrupts` is read instead: there the kernel's own detector of hard lockups counts how
/// often that CPU's watchdog timer has run (Linux: kernel/watchdog.c `watchdog_timer_fn()`).
public struct TickCounts: Sendable {
  /// One CPU's count, and the interval in seconds at which it normally moves.
  public struct Count: Sendable, Equatable {
    public var value: UInt64
    public var period: Double

    public init(value: UInt64, period: Double) {
      self.value = value
      self.period = period
    }
  }

  private let memory: GuestMemory
  /// Physical addresses by CPU.
  private let places: [Int: UInt64]
  private let period: Double

  /// No kernel ticks more seldom (CONFIG_HZ=100).
  private static let jiffy = 0.01

  /// - Returns: nil if the guest's kernel is not known well enough.
  /// - Throws: as ``GuestMemory/read(physical:count:seconds:)``.
  public init?(_ guest: Guest, processors: Int) async throws {
    guard let kernel = guest.kernel else { return nil }
    memory = guest.memory
    if processors == 1 {
      guard let place = kernel.physical(of: "jiffies_64") else { return nil }
      self.places = [0: place]
      period = Self.jiffy
      return
    }
    guard let counter = kernel.symbols["hrtimer_interrupts"],
      let offsets = kernel.physical(of: "__per_cpu_offset"),
      let threshold = kernel.physical(of: "watchdog_thresh")
    else { return nil }
    var places: [Int: UInt64] = [:]
    for processor in 0..<processors {
      // A CPU's own copy of a variable (Linux: include/asm-generic/percpu.h `per_cpu_offset`).
      let offset: UInt64 = try await memory.integer(at: offsets + 8 * UInt64(processor))
      guard let place = kernel.physical(counter &+ offset) else { return nil }
      places[processor] = place
    }
    self.places = places
    // Linux: kernel/watchdog.c `set_sample_period()`: a fifth of twice the threshold.
    let seconds: Int32 = try await memory.integer(at: threshold)
    guard seconds > 0 else { return nil }
    period = Double(seconds) * 2 / 5
  }

  /// The counts by CPU. Of `hrtimer_interrupts`, which got shorter in 6.5, the lower half.
  ///
  /// - Throws: as ``GuestMemory/read(physical:count:seconds:)``.
  public func read() async throws -> [Int: Count] {
    var counts: [Int: Count] = [:]
    for (processor, place) in places {
      let value: UInt32 = try await memory.integer(at: place)
      counts[processor] = Count(value: UInt64(value), period: period)
    }
    return counts
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Where the guest's kernel keeps what the host reads from outside. The agent sends it in its
/// greeting, before anything of a trial is in the guest.
public struct KernelPlaces: Sendable, Equatable {
  /// What the host asks for, as `/proc/kallsyms` calls it. Not every kernel has all of them.
  public static let names = [
    "tainted_mask", "panic_cpu", "die_counter", "oops_count", "warn_count", "jiffies_64",
    "page_offset_base", "modules", "hrtimer_interrupts", "__per_cpu_offset", "watchdog_thresh",
  ]

  /// A stretch of physical memory.
  public struct Stretch: Sendable, Equatable {
    public var address: UInt64
    public var size: Int

    public init(address: UInt64, size: Int) {
      self.address = address
      self.size = size
    }
  }

  /// Virtual addresses by name.
  public var symbols: [String: UInt64]
  /// The note VMCOREINFO, as `/sys/kernel/vmcoreinfo` has it; nil if the kernel was built without
  /// it.
  public var note: Stretch?

  public init(symbols: [String: UInt64], note: Stretch? = nil) {
    self.symbols = symbols
    self.note = note
  }
}

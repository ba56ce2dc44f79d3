// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a kernel's own counters say about its health at one moment. Nil is what this kernel doesn't
/// have, or what could not be read.
public struct KernelCondition: Codable, Sendable, Equatable {
  /// Linux: kernel/panic.c `tainted_mask`.
  public var taint: UInt64?
  /// The CPU that panics, -1 if none does (kernel/panic.c `panic_cpu`).
  public var panicProcessor: Int32?
  /// Oopses: how often `die()` ran (arch/x86/kernel/dumpstack.c `die_counter`).
  public var deaths: Int32?
  /// Oopses that their task did not outlive (kernel/exit.c `oops_count`, 6.2 and later and what it was
  /// carried back to).
  public var oopses: Int32?
  /// WARN() (kernel/panic.c `warn_count`, from the same change).
  public var warnings: Int32?
  /// The id of the log's newest record.
  public var newestRecord: UInt64?
  /// The list link of the module that was loaded last (kernel/module/main.c `modules`).
  public var newestModule: UInt64?

  /// The kernel's own names.
  enum CodingKeys: String, CodingKey {
    case taint = "tainted_mask"
    case panicProcessor = "panic_cpu"
    case deaths = "die_counter"
    case oopses = "oops_count"
    case warnings = "warn_count"
    case newestRecord = "newest_record"
    case newestModule = "newest_module"
  }

  public init(
    taint: UInt64? = nil, panicProcessor: Int32? = nil, deaths: Int32? = nil,
    oopses: Int32? = nil, warnings: Int32? = nil, newestRecord: UInt64? = nil,
    newestModule: UInt64? = nil
  ) {
    self.taint = taint
    self.panicProcessor = panicProcessor
    self.deaths = deaths
    self.oopses = oopses
    self.warnings = warnings
    self.newestRecord = newestRecord
    self.newestModule = newestModule
  }
}

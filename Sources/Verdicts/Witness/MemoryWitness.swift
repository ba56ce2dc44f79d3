// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a guest's kernel memory showed when it was read from outside, at the end of a trial: a
/// witness in addition to the console and the agent.
public struct MemoryWitness: Sendable, Equatable {
  /// The kernel's own counters at one moment; nil for what this kernel doesn't have.
  public struct Counters: Sendable, Equatable {
    /// Linux: kernel/panic.c `tainted_mask`.
    public var taint: UInt64?
    /// Whether a CPU panics (kernel/panic.c `panic_cpu`).
    public var panics: Bool?
    /// Oopses (arch/x86/kernel/dumpstack.c `die_counter`).
    public var deaths: Int64?
    /// Oopses that killed a task (kernel/exit.c `oops_count`).
    public var oopses: Int64?
    /// WARN()s (kernel/panic.c `warn_count`).
    public var warnings: Int64?

    public init(
      taint: UInt64? = nil, panics: Bool? = nil, deaths: Int64? = nil, oopses: Int64? = nil,
      warnings: Int64? = nil
    ) {
      self.taint = taint
      self.panics = panics
      self.deaths = deaths
      self.oopses = oopses
      self.warnings = warnings
    }
  }

  /// Before anything of the trial was in the guest.
  public var before: Counters
  public var after: Counters
  /// What the reader of kernel logs found in the kernel's own copy of its log, since then. Their
  /// lines are those of ``file``.
  public var log: [Finding]
  /// The modules loaded since then that are still there; nil if the kernel's list of them could not
  /// be read.
  public var modules: [String]?
  /// What was intact before the trial and can no longer be followed, for people.
  public var damage: [String]

  /// The file with the kernel's own copy of its log.
  public static let file = "printk.log"
  /// The file with ``before`` and ``after``.
  public static let countersFile = "memory.json"

  public init(
    before: Counters, after: Counters, log: [Finding] = [], modules: [String]? = nil,
    damage: [String] = []
  ) {
    self.before = before
    self.after = after
    self.log = log
    self.modules = modules
    self.damage = damage
  }
}

/// What the kernel leaves in its memory when it reports something, in addition to the text.
public enum Bearer: Sendable, Hashable {
  /// A bit of the taint mask that the report sets.
  case taint(Taint)
  case panics, deaths, oopses, warnings

  /// Linux: include/linux/panic.h; Documentation/admin-guide/tainted-kernels.rst has the letters.
  public enum Taint: Int, Sendable, CaseIterable {
    case badPage = 5
    case die = 7
    case warn = 9
    case softLockup = 14

    public var letter: String {
      switch self {
      case .badPage: "B"
      case .die: "D"
      case .warn: "W"
      case .softLockup: "L"
      }
    }
  }

  /// As ``MemoryWitness/countersFile`` and reasons call it.
  public var words: String {
    switch self {
    case .taint(let taint): "taint \(taint.letter)"
    case .panics: "panic_cpu"
    case .deaths: "die_counter"
    case .oopses: "oops_count"
    case .warnings: "warn_count"
    }
  }
}

extension MemoryWitness {
  /// Whether a bearer bears something out that happened in the trial; nil if it can't say: this
  /// kernel doesn't have it, or it was set before.
  public func says(_ bearer: Bearer) -> Bool? {
    switch bearer {
    case .taint(let taint):
      guard let before = before.taint, let after = after.taint else { return nil }
      let bit = UInt64(1) << UInt64(taint.rawValue)
      return before & bit == 0 ? after & bit != 0 : nil
    case .panics:
      guard let after = after.panics else { return nil }
      return before.panics == false ? after : nil
    case .deaths: return grew(\.deaths)
    case .oopses: return grew(\.oopses)
    case .warnings: return grew(\.warnings)
    }
  }

  /// A counter that was set back is as good as one that grew: only tampering does that.
  private func grew(_ counter: KeyPath<Counters, Int64?>) -> Bool? {
    guard let before = before[keyPath: counter], let after = after[keyPath: counter] else {
      return nil
    }
    return after != before
  }
}

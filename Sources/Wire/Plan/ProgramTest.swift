// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A program to be loaded alone, to see what the verifier says about it: nothing is attached, and
/// no workload runs.
public struct ProgramTest: Sendable, Equatable {
  /// The one program that is tested.
  public var program: String
  /// Other programs of the object that it needs; they are loaded, too.
  public var auxiliaries: [String]
  /// BPF_PROG_LOAD's `log_level`: 0 has the kernel write a log only of a refusal.
  public var logLevel: Int
  /// BPF_PROG_LOAD's `prog_flags`, added to what the section says.
  public var flags: Int
  /// The program types of sections that libbpf doesn't know, by program.
  public var kinds: [Kind]
  /// The capabilities that the loader is without (`CAP_…` of linux/capability.h).
  public var withoutCapabilities: [Int]
  /// Whether it is loaded as an unprivileged user would: maps that such a user can't create are
  /// omitted, and the kernel is set to let unprivileged users load programs at all.
  public var unprivileged: Bool
  /// Whether it is run once by BPF_PROG_TEST_RUN, and its return value reported.
  public var isRun: Bool
  /// Values that maps hold before it is run, at key 0.
  public var fills: [Fill]
  /// Whether its instructions, as rewritten by the verifier, are reported.
  public var showsRewritten: Bool

  /// What libbpf would know by a section's name. Numbers of `enum bpf_prog_type` and
  /// `enum bpf_attach_type`.
  public struct Kind: Sendable, Equatable {
    public var program: String
    public var type: Int
    public var attachType: Int

    public init(program: String, type: Int, attachType: Int) {
      self.program = program
      self.type = type
      self.attachType = attachType
    }
  }

  public struct Fill: Sendable, Equatable {
    public var map: String
    /// A byte each.
    public var value: [Int]

    public init(map: String, value: [Int]) {
      self.map = map
      self.value = value
    }
  }

  public init(
    program: String, auxiliaries: [String] = [], logLevel: Int = 0, flags: Int = 0,
    kinds: [Kind] = [], withoutCapabilities: [Int] = [], unprivileged: Bool = false,
    isRun: Bool = false, fills: [Fill] = [], showsRewritten: Bool = false
  ) {
    self.program = program
    self.auxiliaries = auxiliaries
    self.logLevel = logLevel
    self.flags = flags
    self.kinds = kinds
    self.withoutCapabilities = withoutCapabilities
    self.unprivileged = unprivileged
    self.isRun = isRun
    self.fills = fills
    self.showsRewritten = showsRewritten
  }
}

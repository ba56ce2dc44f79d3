// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Machine
public import Wire

/// A user's own module, program, or one of each, to be tried though no scenario declares a result.
public struct TryRequest: Sendable {
  /// One file, or one of each mechanism: `.bpf.c`, `.bpf.o`, `.c` (a module), `.ko`.
  public var files: [String]
  /// A kernel of `vm/kernels.yaml` or one that was added here; nil for the default one.
  public var kernel: String?
  /// Nil to find out.
  public var accelerator: Accelerator?
  /// Whether to set `armed` in the twin, which switches on a scenario's fault.
  public var armed = false
  /// How programs attach, if their sections should not decide.
  public var attach: [Attachment] = []
  /// Empty for a bit of everything.
  public var workload: [WorkStep] = []
  /// A module's options, or a program's global variables.
  public var arguments: [TrialPlan.Argument] = []
  /// The one program of the object to load; nil for all.
  public var program: String?
  /// A trial for each program of the object.
  public var eachProgram = false
  /// What compiling, and then the trial in its guest, may take: wall time.
  public var seconds = 20.0
  /// The folder that a run directory is made and kept in; nil to keep nothing.
  public var runs: String?
  /// The command line, for the record.
  public var command: [String] = []

  public init(files: [String]) {
    self.files = files
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Forge
public import Machine
public import Verdicts

/// A user's own modules and programs, to be tried though no scenario declares a result.
public struct TryRequest: Sendable {
  /// Sources, objects, folders with a module's Makefile; or folders to look through for all of these.
  public var files: [String]
  /// What to try and what is promised of it, instead of files.
  public var manifest: TryManifest?
  /// What the files are; nil to find out.
  public var mechanism: Mechanism?
  /// Kernels of `vm/kernels.yaml` or such that were added here, or `all`; empty for the default
  /// one.
  public var kernels: [String] = []
  /// What the compilers get besides.
  public var compiler = CompilerOptions()
  /// Whether a program that the verifier refuses is tried again with other compilers.
  public var triesCompilers = true
  /// Nil to find out.
  public var accelerator: Accelerator?
  /// Whether to set `armed` in the twin, which switches on a scenario's fault.
  public var armed = false
  /// How the files are loaded, attached and given work.
  public var shape = TryShape()
  /// A trial for each program of the object.
  public var eachProgram = false
  /// What compiling, and then the trial in its guest, may take: wall time.
  public var seconds = 20.0
  /// One of vm/profiles.yaml; nil for the first.
  public var profile: String?
  /// The guest's memory in MiB; nil for the profile's.
  public var memoryMiB: Int?
  public var thresholds = Thresholds.sharp

  /// When a kernel reports that something takes too long.
  public enum Thresholds: Sendable {
    /// After seconds: the profile's parameters.
    case sharp
    /// As late as an ordinary kernel.
    case stock
  }

  /// The folder that a run directory is made and kept in; nil to keep nothing.
  public var runs: String?
  /// The part of the trials to carry out; nil for all.
  public var shard: ShardChoice?
  /// The command line, for the record.
  public var command: [String] = []

  public init(files: [String]) {
    self.files = files
  }
}

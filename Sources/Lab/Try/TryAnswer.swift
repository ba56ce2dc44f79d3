// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
public import Verdicts

/// The result of a try.
public struct TryAnswer: Sendable {
  public var run: RunRecord
  public var trials: [Trial]
  /// The run directory, if one was to be kept.
  public var directory: String?
  /// The files of the user's that compilers read.
  public var inputs: [String] = []

  /// Whether a file that the user named was tried nowhere because it is no object, or has not what the
  /// request names.
  public var isMistaken = false

  public init(run: RunRecord, trials: [Trial], directory: String?) {
    self.run = run
    self.trials = trials
    self.directory = directory
  }

  public struct Trial: Sendable {
    /// The only program that was loaded, if one was chosen.
    public var program: String?
    public var record: TrialRecord
    /// What the compiler printed of its errors.
    public var compiler: [String]
    /// The reading of a refusal from the verifier's log or the loader's message.
    public var rejection: Rejection?
    /// Wall time of compiling; 0 if the file was loaded as it is.
    public var compileSeconds: Double
    /// The line of the user's source that the verdict points to; nil if it isn't in one of the files
    /// that were tried.
    public var sourceLine: String?
    /// Whether the file, if it is a source, has a word `events`.
    public var countsEvents: Bool
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// What can be reported about a trial while it runs. The verdict rests on the evidence, not on
/// this.
public enum TrialNews: Codable, Sendable, Equatable {
  /// The guest runs.
  case began(TrialRecord.Start)
  /// What the agent does now: `load`, `workload`, `unload`, …
  case step(String)
  /// A result, in a few words.
  case said(String)
  /// The next piece of the guest's console.
  case console(String)
  /// The verifier's log; of a long one the beginning and the end.
  case verifier(String)
  /// The guest is silent, or one of its CPUs takes no interrupts: it is being examined.
  case suspected
  /// The guest was asked for its backtrace.
  case questioned
}

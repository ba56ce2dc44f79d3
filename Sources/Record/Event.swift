// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the engine tells while it works. Front ends show it; the engine itself never prints.
public enum Event: Sendable, Equatable {
  /// `done`: how many of its trials an earlier sitting has left behind.
  case runStarted(RunHeader, done: Int)
  /// A kernel, an image, a template… is being made.
  case preparing(String)
  case prepared(String, seconds: Double)
  /// How far something that takes long is: `done` from 0 to 1; nil seconds where nothing can be said.
  case advanced(String, done: Double, secondsLeft: Double?)
  case trialStarted(TrialID)
  case trialEnded(TrialRecord)
  /// One more trial than planned: a fault went unnoticed, and is looked at again.
  case secondLook(TrialID)
  case runEnded(Summary)
  /// Something worth knowing that stops nothing.
  case note(String)
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the engine reports while it works. Front ends show it; the engine itself never prints.
public enum Event: Sendable, Equatable {
  /// `done`: how many of its trials were done in earlier sittings.
  case runStarted(RunHeader, done: Int)
  /// A kernel, an image, a template… is being made.
  case preparing(String)
  case prepared(String, seconds: Double)
  /// The progress of something slow: `done` from 0 to 1; nil seconds if no estimate is possible.
  case advanced(String, done: Double, secondsLeft: Double?)
  case trialStarted(TrialID)
  case trialEnded(TrialRecord)
  /// One more trial than planned: a fault went unnoticed, and gets a second look.
  case secondLook(TrialID)
  /// One more trial than planned: a further repetition of an unmet one.
  case retry(TrialID)
  case runEnded(Summary)
  /// Something worth knowing that stops nothing.
  case note(String)
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a trial counts as in its run: its outcome, unless an unmet one is excused.
public enum Standing: String, Sendable, CaseIterable {
  case met, unmet, flaky, known, inconclusive, skipped

  /// What a reader must see first has the greatest; 0 if there is nothing to see.
  public var urgency: Int {
    switch self {
    case .unmet: 4
    case .inconclusive: 3
    case .flaky: 2
    case .known: 1
    case .skipped, .met: 0
    }
  }
}

extension TrialRecord {
  public var standing: Standing {
    switch outcome {
    case .met: .met
    case .inconclusive: .inconclusive
    case .skipped: .skipped
    case .unmet: known != nil ? .known : isFlaky ? .flaky : .unmet
    }
  }

  /// Whether it is a trial of its own, and not only a further repetition of an unmet one.
  public var isCounted: Bool { retryOf == nil }
}

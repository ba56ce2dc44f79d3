// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Record

/// When a run begins no more trials, though its plan has some left. Those that run are finished, and
/// the rest is missing from the run: `--resume` does it later.
public struct RunEnding: Sendable {
  /// Once a trial is unmet.
  public var isAtUnmet: Bool
  /// Once so much time has passed since the run began.
  public var time: Duration?

  public init(isAtUnmet: Bool = false, time: Duration? = nil) {
    self.isAtUnmet = isAtUnmet
    self.time = time
  }

  /// Why no more trials are begun after one has ended; nil where the run goes on.
  ///
  /// - Parameters:
  ///   - isExcused: whether it doesn't fail the run, because it is known, or other repetitions may
  ///     make up for it.
  ///   - elapsed: since the run began.
  package func reason(
    after record: TrialRecord, isExcused: Bool, elapsed: Duration
  ) -> String? {
    if isAtUnmet, record.outcome == .unmet, !isExcused {
      return "\(record.id.folderName) is unmet"
    }
    return hasPassed(elapsed) ? "the deadline has passed" : nil
  }

  func hasPassed(_ elapsed: Duration) -> Bool { time.map { elapsed >= $0 } == true }
}

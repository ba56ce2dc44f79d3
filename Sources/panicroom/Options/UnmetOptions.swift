// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Record
import Scenarios

/// What `run` makes of trials that are unmet.
struct UnmetOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Repeat an unmet trial up to N times, until one repetition is met. It is flaky then, and doesn't \
      fail the run.
      """, valueName: "n"))
  var retryUnmet: Int?

  @Flag(help: "Let a flaky trial fail the run, too.")
  var failOnFlaky = false

  @Option(
    help: """
      A file of known issues: unmet trials that don't fail the run before a date. See docs/commands.md.
      """, completion: .file())
  var known: String?

  var isEmpty: Bool { retryUnmet == nil && !failOnFlaky && known == nil }

  func validate() throws {
    let counts = RetryRule.counts
    if let retryUnmet, !counts.contains(retryUnmet) {
      throw ValidationError(
        "--retry-unmet takes a number from \(counts.lowerBound) to \(counts.upperBound).")
    }
    if failOnFlaky && retryUnmet == nil {
      throw ValidationError(
        "--fail-on-flaky needs --retry-unmet: without it no trial is flaky, and unmet ones fail.")
    }
  }

  /// - Throws: `UnreadableFile`, `InvalidScenario`.
  var issues: [KnownIssue]? {
    get throws { try known.map { try KnownIssue.read($0) } }
  }
}

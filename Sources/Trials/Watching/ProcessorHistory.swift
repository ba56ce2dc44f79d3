// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Machine

/// How much of the host's CPUs a guest had, look by look, so that a report of its kernel's can be
/// weighed by the seconds before it: a watchdog looks back over those, not over the whole trial.
package struct ProcessorHistory: Sendable {
  /// How far back the kernel's detectors look with the laboratory's thresholds, in seconds: a soft
  /// lockup is reported after 2 s, a stall of RCU after 3 to 3.6 s.
  private static let reach = 4.0
  /// The shortest time over which a share is worth judging, in seconds.
  private static let shortest = 1.0

  private struct Look: Sendable {
    var now: Double
    var console: Int
    var time: ProcessorTime
  }

  private var looks: [Look] = []

  package init() {}

  /// - Parameters:
  ///   - time: since the guest's start; nil if it is unknown, which changes nothing.
  ///   - now: seconds since the trial began.
  ///   - console: how many bytes the console had at that time.
  package mutating func note(_ time: ProcessorTime?, at now: Double, console: Int) {
    if let time { looks.append(Look(now: now, console: console, time: time)) }
  }

  /// The shares that the guest had before a report: since its start, and in windows of seconds that
  /// end with the report, the longest first; each that of the thread that waited longest.
  ///
  /// - Parameter byte: the report is in the console after this many bytes.
  package func shares(beforeReportAt byte: Int) -> [ProcessorTime.Share] {
    guard let last = looks.last else { return [] }
    let report = looks.firstIndex { $0.console > byte } ?? looks.count - 1
    // The look that found the report came after it, and the one before that before it: a guest that
    // gets a CPU back runs between the two.
    let windows = [report, report - 1].filter(looks.indices.contains).flatMap { end in
      looks[..<end].filter {
        (Self.shortest...Self.reach).contains(looks[end].now - $0.now)
      }.map { looks[end].time.since($0.time).longestWait }
    }
    return [last.time.longestWait] + windows
  }
}

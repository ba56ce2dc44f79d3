// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// Records when the harness itself was away: stopped (Ctrl-Z), starved by the host, or suspended
/// together with it. What a guest did in that time proves nothing about the guest.
///
/// Its thread wakes up ten times a second; if it wakes up late, nothing else of the harness ran,
/// either.
package final class Presence: Sendable {
  package static let shared = Presence()

  private let absences = Mutex(Absences(now: .now))

  private init() {
    do {
      try startThread("presence") { [self] in
        while true {
          usleep(100_000)
          absences.withLock { $0.wake(now: .now) }
        }
      }
    } catch {
      // Without it absences go unseen. A machine that has no thread to give starts no guest either,
      // and that is reported.
    }
  }

  /// Seconds of the longest absence that ended since then or still lasts.
  package func longestAbsence(since: ContinuousClock.Instant) -> Double {
    absences.withLock { $0.lengths(since: since, now: .now).max() ?? 0 }
  }

  /// Seconds of all absences together that ended since then or still last.
  func absence(since: ContinuousClock.Instant) -> Double {
    absences.withLock { $0.lengths(since: since, now: .now).reduce(0, +) }
  }
}

/// A process's absences, as noticed by a thread that should wake up ten times a second.
package struct Absences: Sendable {
  /// Seconds between two awakenings from which on they are an absence.
  package static let least = 0.5
  /// Older ones are forgotten.
  private static let kept = 64

  private var last: ContinuousClock.Instant
  private var past: [(from: ContinuousClock.Instant, to: ContinuousClock.Instant)] = []

  package init(now: ContinuousClock.Instant) { last = now }

  package mutating func wake(now: ContinuousClock.Instant) {
    if (now - last).seconds >= Self.least {
      past.append((last, now))
      past.removeFirst(max(0, past.count - Self.kept))
    }
    last = now
  }

  /// In seconds. One that lasts still counts, so that it doesn't matter who wakes up first.
  package func lengths(since: ContinuousClock.Instant, now: ContinuousClock.Instant) -> [Double] {
    (past + [(last, now)]).filter { $0.to > since }
      .map { ($0.to - max($0.from, since)).seconds }.filter { $0 >= Self.least }
  }
}

/// A time limit in which the harness's absences don't count.
struct Patience {
  private let began = ContinuousClock.now
  private let seconds: Double

  init(seconds: Double) { self.seconds = seconds }

  var isOver: Bool {
    let passed = (ContinuousClock.now - began).seconds
    return passed > seconds && passed - Presence.shared.absence(since: began) > seconds
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How much of the host's CPUs a guest had: that of the thread that waited longest for one.
///
/// A CPU of a guest's that gets none of the host's holds up the others, which spin for what it has and
/// are reported by the guest's watchdog, though they had all that they asked for.
public struct ProcessorTime: Sendable, Equatable {
  /// How long a thread ran, and how long it was ready to run and had no CPU, in seconds.
  public struct Share: Sendable, Equatable {
    public var ran = 0.0
    public var waited = 0.0

    public init(ran: Double = 0, waited: Double = 0) {
      self.ran = ran
      self.waited = waited
    }
  }

  /// By the thread's ID.
  public var threads: [Int: Share]

  public init(threads: [Int: Share]) { self.threads = threads }

  /// That of the thread that waited longest.
  public var longestWait: Share {
    threads.values.max { $0.waited < $1.waited } ?? Share()
  }

  /// What came after an earlier look.
  public func since(_ earlier: ProcessorTime) -> ProcessorTime {
    var later = self
    for (thread, share) in earlier.threads {
      guard let now = threads[thread] else { continue }
      later.threads[thread] = Share(
        ran: max(0, now.ran - share.ran), waited: max(0, now.waited - share.waited))
    }
    return later
  }
}

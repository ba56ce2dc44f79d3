// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How much of the host's CPUs a guest had, in seconds.
public struct ProcessorTime: Sendable, Equatable {
  /// How long its threads ran.
  public var ran = 0.0
  /// How long they were ready to run and had no CPU.
  public var waited = 0.0

  /// What came after an earlier look.
  public func since(_ earlier: ProcessorTime) -> ProcessorTime {
    ProcessorTime(ran: max(0, ran - earlier.ran), waited: max(0, waited - earlier.waited))
  }
}

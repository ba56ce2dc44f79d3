// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Wire

/// What a guest, its agent or its QEMU does, in the order in which the harness sees it.
public enum GuestEvent: Sendable, Equatable {
  case message(AgentMessage)
  case blob([UInt8])
  /// The agent's bytes make no sense; nothing of them is believed from here on.
  case malformed(WireError)
  case qmp(QMPEvent)
  /// QEMU has ended, with this description of how.
  case exited(String)
  /// Comes ten times a second, so that a waiting reader can look at the clock.
  case tick
}

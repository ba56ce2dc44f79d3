// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A shell in the guest, used from the host.
///
/// After ``HostMessage/shell(_:)`` every blob from the host is the shell's input, and every blob
/// from the agent its output. Neither side sends more than ``window`` bytes beyond what the other
/// has acknowledged, so that heartbeats and Ctrl-C get through a flood in either direction.
public struct ShellPlan: Sendable, Equatable {
  /// In bytes, for each direction.
  public static let window = 1 << 16

  /// What `TERM` is to be.
  public var terminal: String
  /// Nil without a terminal: the shell then reads commands from a pipe.
  public var size: TerminalSize?

  public init(terminal: String, size: TerminalSize?) {
    self.terminal = terminal
    self.size = size
  }
}

public struct TerminalSize: Sendable, Equatable {
  public var rows: Int
  public var columns: Int

  public init(rows: Int, columns: Int) {
    self.rows = rows
    self.columns = columns
  }
}

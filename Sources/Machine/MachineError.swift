// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What can go wrong between the harness and QEMU: a failure of the laboratory, never a verdict.
public struct MachineError: Error, CustomStringConvertible, Sendable {
  public enum Code: Sendable, Equatable {
    case qemuMissing, qemuFailed, qmpRefused, noAnswer, notReady, malformedMessage, templateDamaged
    case acceleratorUnusable, imageIncomplete, memoryUnreadable

    /// Whether it may be the error of a guest that fails before its agent's greeting.
    package var isOfStarting: Bool { [.noAnswer, .notReady, .qemuFailed].contains(self) }
  }

  public var code: Code
  public var message: String

  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  public var description: String { message }
}

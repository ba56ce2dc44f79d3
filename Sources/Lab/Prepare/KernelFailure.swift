// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Kernels
import Machine

/// Why a kernel can't be used, if the reason affects only this kernel: others of the same command
/// still run.
package struct KernelFailure: Sendable, Equatable {
  package var reason: String
  /// Whether it was not available at all, so that its trials are skipped; otherwise they are
  /// inconclusive.
  package var isMissing = false

  /// Nil if the error doesn't concern a single kernel: a wrong request, a tool that this machine
  /// lacks.
  package init?(_ error: any Error) {
    switch error {
    case let error as KernelError:
      reason = "\(error)"
      isMissing = error.isUnavailable
    case let error as HostError where error.isSpace: reason = "\(error)"
    case let error as SystemCallError where error.errno == ENOSPC: reason = "\(error)"
    case let error as MachineError where error.code.isOfStarting:
      // The first line: those of the console were shown.
      reason = "its guest did not get ready: \(error.message.prefix { $0 != "\n" })"
    default: return nil
    }
  }
}

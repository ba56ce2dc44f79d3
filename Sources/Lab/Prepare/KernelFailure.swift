// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Kernels
import Machine

/// Why a kernel can't be used, where that is the kernel's own trouble: others of the same command run
/// all the same.
package struct KernelFailure: Sendable, Equatable {
  package var reason: String
  /// Whether it could not be had at all, so that its trials are skipped; else they are inconclusive.
  package var isMissing = false

  /// Nil where the error is not of one kernel: a wrong request, a tool that this machine lacks.
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

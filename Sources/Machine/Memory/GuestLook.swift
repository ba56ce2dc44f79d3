// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import Wire

/// Looking at a guest's kernel from outside.
extension Guest {
  /// Where the guest's kernel is in its memory; nil if that is unknown.
  public var kernel: KernelMap? { access.withLock(\.map) }

  /// What is known of the kernel, to be kept with a template.
  var kernelAccess: KernelAccess { access.withLock(\.self) }

  /// Takes over what a template knows about the kernel.
  func assume(_ known: KernelAccess) { access.withLock { $0 = known } }

  /// Finds the kernel in the guest's memory. That it can't be found is no failure: it is kept, and
  /// said of every trial.
  func learn(_ places: KernelPlaces?) async throws {
    let found = try await memory.access(places)
    access.withLock { $0 = found }
  }

  /// Stops the guest, and reads its kernel's memory: once, and with the same result until
  /// ``goOn(since:console:)``. If the guest powered itself off or reset, this has been done already.
  public func lookAtKernel() async -> KernelLook {
    let task = look.withLock { look in
      if let look { return look }
      let task = Task { [memory, qmp, access = kernelAccess] in
        await memory.look(access) { try await qmp.execute("stop", seconds: 5) }
      }
      look = task
      return task
    }
    return await task.value
  }
}

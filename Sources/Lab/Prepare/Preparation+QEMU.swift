// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import Machine
import Record

extension Preparation {
  /// Which QEMU a guest runs on: the one on `PATH`, with one exception. A guest with several CPUs under
  /// TCG gets a newer one if that on `PATH` is older than ``QEMU/Version/keepsPatchedText`` and the newer
  /// one is available.
  ///
  /// - Parameter fetching: whether a newer one may be fetched; otherwise the cache decides.
  /// - Throws: `MachineError` if no QEMU is on `PATH`.
  func qemu(
    _ accelerator: Accelerator, cpus: Int, fetching: Bool = true
  ) async throws -> QEMU {
    let own = try QEMU.find()
    let store = qemuStore
    guard try await Self.isFaulty(own, accelerator, cpus: cpus) else { return own }
    if let cached = store.cached { return try QEMU(at: cached) }
    guard fetching else { return own }
    do {
      if let obstacle = try store.recentObstacle() { return fallBack(to: own, obstacle) }
      return try await emit.step("QEMU for guests with several CPUs") {
        try QEMU(at: try await store.program())
      }
    } catch let error as KernelError {
      return fallBack(to: own, error.what)
    } catch let error as HostError {
      return fallBack(to: own, "\(error.path): \(error.what)")
    } catch let error as ToolError {
      return fallBack(to: own, "\(error)")
    }
  }

  private static func isFaulty(
    _ qemu: QEMU, _ accelerator: Accelerator, cpus: Int
  ) async throws -> Bool {
    guard accelerator == .tcg, cpus > 1, let version = QEMU.Version(in: try await qemu.words())
    else { return false }
    return version < .keepsPatchedText
  }

  private func fallBack(to own: QEMU, _ obstacle: String) -> QEMU {
    emit(
      .note(
        "Guests with several CPUs run on this machine's own QEMU, which may execute a breakpoint that is "
          + "no longer there (such trials are repeated). A newer QEMU is not available: \(obstacle)"
      ))
    return own
  }
}

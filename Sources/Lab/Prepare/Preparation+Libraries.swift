// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Record

extension Preparation {
  var guestLibraries: GuestLibraries { GuestLibraries(cache: cache, logger: logger) }

  /// The folder with libbpf's headers (below `bpf`) for programs: those of the guests' libbpf.
  var libbpfHeaders: String { guestLibraries.cached?.headers ?? Forge.libbpfHeaders }

  /// The libraries that guests get: those of a newer suite of Debian if this machine's libbpf is not
  /// current and they are available.
  ///
  /// - Parameter fetching: whether they may be fetched; otherwise the cache decides.
  func libraries(fetching: Bool = true) async throws -> SharedLibraries {
    let own = SharedLibraries()
    if let version = try await own.libbpf(of: agent), SharedLibraries.isCurrent(version) {
      return own
    }
    let store = guestLibraries
    do {
      if let tree = try await store.whole() { return try await fitting(tree) }
      guard fetching else { return own }
      if let obstacle = try store.recentObstacle() { return try await fallBack(obstacle) }
      return try await emit.step("the guests' libraries") { try await fitting(store.fetch()) }
    } catch let error as LabError {
      return try await fallBack(error.description)
    } catch let error as KernelError {
      return try await fallBack(error.what)
    } catch let error as HostError {
      return try await fallBack("\(error.path): \(error.what)")
    } catch let error as ToolError {
      return try await fallBack("\(error)")
    }
  }

  /// - Throws: ``LabError`` if the agent was linked with a newer C library than that.
  private func fitting(_ tree: GuestLibraries.Tree) async throws -> SharedLibraries {
    let libraries = SharedLibraries(tree: tree)
    _ = try await libraries.needed(by: agent)
    return libraries
  }

  private func fallBack(_ obstacle: String) async throws -> SharedLibraries {
    let own = SharedLibraries()
    let version = try await own.libbpf(of: agent) ?? ""
    emit(
      .note(
        "Guests use this machine's own libbpf \(version), which lacks what newer programs may use, such as "
          + "tcx and links of struct_ops. Debian's newer one is not available: \(obstacle)"))
    return own
  }
}

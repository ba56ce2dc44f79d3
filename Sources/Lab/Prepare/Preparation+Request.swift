// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import Machine
import Record
import Scenarios
import Trials

extension Preparation {
  /// Everything that a request needs, including the profiles of second looks.
  ///
  /// - Returns: why some kernels could not be made ready, by name; the others are.
  /// - Throws: what is wrong with the request or this machine.
  func everything(for request: Request) async throws -> [String: String] {
    let entries = try await kernels.select(request.kernels)
    let known = try Profile.load(repository.profilesFile)
    var profiles = try Profile.select(request.profiles, from: known)
    let looks = try Profile.secondLooks(of: profiles, in: known).values
    profiles += known.filter { profile in
      looks.contains(profile.name) && !profiles.contains { $0.name == profile.name }
    }
    let (_, absent) = try await all(entries, request, profiles, checking: .all) { _ in
      request.scenarios
    }
    return absent.compactMapValues(\.obstacle)
  }

  /// All requested kernels. Of several, one that is not available doesn't keep the others from
  /// running: if its suite is gone, its trials are skipped; if it is damaged or does not boot, they
  /// are inconclusive, each with the reason.
  ///
  /// - Parameters:
  ///   - extent: which of the kernels' files are checked at once.
  ///   - trials: those whose twins are needed; nil for all twins.
  ///   - scenarios: those to be made ready on a kernel.
  func all(
    _ entries: [KnownKernel], _ request: Request, _ profiles: [Profile],
    checking extent: KernelCheck = .lists, only trials: [TrialID]? = nil,
    scenarios: (_ kernel: String) -> [Scenario]
  ) async throws -> (prepared: [String: PreparedKernel], absent: [String: RunHeader.Kernel]) {
    var prepared: [String: PreparedKernel] = [:]
    var absent: [String: RunHeader.Kernel] = [:]
    for entry in entries {
      do {
        prepared[entry.name] = try await kernel(
          entry, scenarios: scenarios(entry.name), profiles: profiles,
          accelerator: request.accelerator, cold: request.cold, checking: extent,
          only: trials)
      } catch {
        try leaveOut(entry, of: entries, error, &absent)
      }
    }
    return (prepared, absent)
  }

  /// One kernel and one profile, for callers that use guests one by one.
  ///
  /// - Parameters:
  ///   - name: of ``kernels``; nil for the default one.
  ///   - profile: of `vm/profiles.yaml`; nil for the first default one.
  func kernel(
    named name: String?, profile: String? = nil, scenarios: [Scenario] = [],
    _ accelerator: Accelerator?, cold: Bool = false
  ) async throws -> (PreparedKernel, Profile) {
    let entry = try await kernels.selectOne(name)
    let profile = try Profile.select(
      profile.map { [$0] } ?? [], from: try Profile.load(repository.profilesFile))[0]
    let prepared = try await kernel(
      entry, scenarios: scenarios, profiles: [profile], accelerator: accelerator, cold: cold)
    return (prepared, profile)
  }

  /// A machine whose guests also have these modules.
  ///
  /// - Parameters:
  ///   - names: of the kernel's own.
  ///   - files: other modules. They may change soon, so such guests boot, and have no template.
  func machine(
    of prepared: PreparedKernel, profileNamed profile: String, with names: [String],
    files: [String]
  ) async throws -> PreparedMachine {
    var image = try await guestImage(fetching: false)
    image.modules = names
    image.foreignModules = files
    var larger = prepared
    larger.initramfs = try await image.make(for: prepared.kernel)
    if !files.isEmpty { larger.cold = true }
    return try await machine(of: larger, profileNamed: profile, cpus: 1)
  }

  /// Continues without one of several kernels, and reports why.
  ///
  /// - Throws: the error, if it doesn't concern only this kernel, or no other kernel is left.
  func leaveOut(
    _ entry: KnownKernel, of entries: [KnownKernel], _ error: any Error,
    _ absent: inout [String: RunHeader.Kernel]
  ) throws {
    // A guest that was ended by a cancellation is not the kernel's failure.
    guard !Task.isCancelled, let failure = KernelFailure(error) else { throw error }
    absent[entry.name] = .init(entry.name, failure)
    if absent.count == entries.count { throw error }
    let fate = failure.isMissing ? "is skipped" : "can't be used"
    emit(.note("Kernel \(entry.name) \(fate): \(error)"))
  }
}

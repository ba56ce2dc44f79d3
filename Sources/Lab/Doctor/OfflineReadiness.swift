// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Host
import Kernels
import Machine
import Record
import Scenarios
import Verdicts

extension Doctor {
  /// For each kernel, whether a machine without a network can run the whole catalogue on it, and
  /// what the first run has yet to make. Starts no guest, compiles and fetches nothing.
  func offline() async throws -> [Diagnosis] {
    var list: [Diagnosis] = []
    for entry in try kernels.known().all {
      let what = "offline, \(entry.name)"
      let command = "./panicroom prepare" + (entry.isDefault ? "" : " --kernel \(entry.name)")
      guard let kernel = kernels.store.cached(entry) else {
        // Only the default one is what anybody expects to be here.
        list.append(
          Diagnosis(
            what: what, state: .note, detail: "not ready: the kernel has to be fetched",
            remedy: entry.isDefault ? "with a network: \(command)" : nil))
        continue
      }
      let lacks = try await unmade(kernel)
      list.append(
        lacks.isEmpty
          ? Diagnosis(
            what: what, state: .fine, detail: "ready: kernel, objects of all scenarios, templates",
            remedy: nil)
          : Diagnosis(
            what: what, state: .note, detail: "not made yet: \(lacks.joined(separator: ", "))",
            remedy: "needs no network: \(command)"))
    }
    return list
  }

  /// What `prepare` would still have to make of the whole catalogue for a kernel that is here.
  private func unmade(_ kernel: Kernel) async throws -> [String] {
    let scenarios = try Catalogue.load(repository: preparation.repository.root).select([])
    var lacks: [String] = []
    do {
      let missing = try await preparation.forge(for: kernel).inventory(scenarios).missing.count
      if missing > 0 { lacks.append("\(missing) objects") }
      let missingTemplates = try await templates(of: kernel, scenarios)
      if missingTemplates > 0 { lacks.append("\(missingTemplates) templates") }
    } catch let error as ToolError {
      lacks.append("(\(error))")
    } catch let error as ForgeError {
      lacks.append("(\(error))")
    } catch let error as KernelError {
      lacks.append("(\(error))")
    } catch let error as MachineError {
      lacks.append("(\(error.message))")
    }
    return lacks
  }

  private func templates(of kernel: Kernel, _ scenarios: [Scenario]) async throws -> Int {
    let image = try await preparation.guestImage(fetching: false)
    let initramfs = try await image.path(for: kernel)
    let known = try Profile.load(preparation.repository.profilesFile)
    var profiles = try Profile.select([], from: known)
    let looks = try Profile.secondLooks(of: profiles, in: known).values
    profiles += known.filter { looks.contains($0.name) }
    let accelerator =
      AcceleratorProbe.obstacle() == nil
      ? try AcceleratorStore.remembered(in: cache)?.accelerator ?? .kvm : .tcg
    var missing = 0
    for profile in profiles {
      for cpus in Set(scenarios.map(\.cpus)) {
        let qemu = try await preparation.qemu(accelerator, cpus: cpus, fetching: false)
        let description = Preparation.describe(
          qemu, accelerator, kernel, initramfs, profile, cpus: cpus)
        let (_, name) = try await Preparation.templateName(
          description, kernel, profile.name, qemu)
        if !Files.exists(cache.found("templates/\(name)/template.json")) { missing += 1 }
      }
    }
    return missing
  }
}

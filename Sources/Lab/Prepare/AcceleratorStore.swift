// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Machine

/// Remembers which accelerator works here: finding out may take a boot that never ends.
struct AcceleratorStore: Sendable {
  let cache: CacheDirectory
  let qemu: QEMU

  /// The accelerator for this machine's guests.
  ///
  /// - Parameters:
  ///   - forced: what the user asks for. It must work: nothing else is tried.
  ///   - description: the guest to try it with.
  ///   - slowly: wraps what takes a while.
  /// - Throws: `MachineError` with code `acceleratorUnusable` if a forced one doesn't work.
  func choose(
    _ forced: Accelerator?, _ description: MachineDescription,
    slowly: (() async throws -> AcceleratorChoice) async throws -> AcceleratorChoice
  ) async throws -> AcceleratorChoice {
    if forced == .tcg { return AcceleratorChoice(.tcg, reason: AcceleratorChoice.requested) }
    let choice = try await known(description, forced: forced, slowly: slowly)
    if forced == .kvm && choice.accelerator != .kvm {
      throw MachineError(
        .acceleratorUnusable,
        "KVM was requested, but it does not work here: \(choice.reason). "
          + "Omit --accelerator to run under TCG.")
    }
    return choice
  }

  /// The last finding, with whichever QEMU and kernel; nil if there is none.
  static func remembered(in cache: CacheDirectory) throws -> AcceleratorChoice? {
    let folder = cache.path("accelerator")
    guard Files.exists(folder) else { return nil }
    let files = try Files.list(folder).map { "\(folder)/\($0)/choice.json" }.filter(Files.exists)
    let latest = try files.min { try age($0) < age($1) }
    return try latest.flatMap(read)
  }

  /// In seconds; infinite for one that has disappeared in the meantime.
  private static func age(_ path: String) throws -> Double { try Files.age(of: path) ?? .infinity }

  /// What was recorded; nil if that is damaged, because then it is determined again.
  private static func read(_ file: String) throws -> AcceleratorChoice? {
    do {
      return try JSONDecoder().decode(
        AcceleratorChoice.self, from: Data(try Files.read(file)))
    } catch is DecodingError {
      return nil
    }
  }

  /// A KVM that worked is trusted. A failure may have been due to a busy moment: it is tried again
  /// if KVM is requested, and once a day.
  private static func trusted(_ file: String, forced: Accelerator?) throws
    -> AcceleratorChoice?
  {
    guard let choice = try read(file) else { return nil }
    if choice.accelerator == .kvm { return choice }
    return try forced != .kvm && age(file) < 86_400 ? choice : nil
  }

  /// Records that a self-check spoke against KVM: guests of all kernels run under TCG here, unless KVM
  /// is asked for by name.
  func rememberTCG(because reason: String) async throws {
    let entry = try selfCheckEntry()
    _ = try await cache.withLock(entry) {
      try await cache.atomically(entry) { staging in
        let choice = AcceleratorChoice(.tcg, reason: reason)
        try Files.write(Array(try JSONEncoder().encode(choice)), to: staging + "/choice.json")
      }
    }
  }

  /// What a self-check on this machine, with this QEMU, decided; nil if it decided nothing.
  private func selfChecked() throws -> AcceleratorChoice? {
    let file = cache.found(try selfCheckEntry()) + "/choice.json"
    return Files.exists(file) ? try Self.read(file) : nil
  }

  private func selfCheckEntry() throws -> String {
    "accelerator/self-check-\(Digest.of(try machine.joined(separator: "\n")).prefix(12))"
  }

  private var machine: [String] {
    get throws {
      [qemu.stamp, try HostMachine.processorIdentity(), try HostMachine.systemName()]
    }
  }

  private func known(
    _ description: MachineDescription, forced: Accelerator?,
    slowly: (() async throws -> AcceleratorChoice) async throws -> AcceleratorChoice
  ) async throws -> AcceleratorChoice {
    // Cheap to find out, and may change from one run to the next: not remembered.
    if let obstacle = AcceleratorProbe.obstacle() {
      return AcceleratorChoice(.tcg, reason: obstacle)
    }
    if forced != .kvm, let choice = try selfChecked() { return choice }
    let identity = try machine + [description.kernel]
    let entry = "accelerator/\(Digest.of(identity.joined(separator: "\n")).prefix(12))"
    let file = cache.found(entry) + "/choice.json"
    return try await cache.withLock(entry) {
      if Files.exists(file), let choice = try Self.trusted(file, forced: forced) { return choice }
      return try await slowly {
        var choice = AcceleratorChoice(.tcg, reason: "")
        try await cache.atomically(entry) { staging in
          choice = try await AcceleratorProbe.choose(description, in: staging)
          try Files.write(Array(try JSONEncoder().encode(choice)), to: staging + "/choice.json")
        }
        return choice
      }
    }
  }
}

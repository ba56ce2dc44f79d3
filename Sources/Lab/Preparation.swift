import Forge
import Foundation
import Host
import Kernels
import Logging
import Machine
import Record
import Scenarios
import Verdicts

/// Everything that trials on one kernel need, made ready before the first of them.
struct PreparedKernel: Sendable {
  var kernel: Kernel
  var forge: Forge
  var twins: [TwinKey: ForgedTwin]
  var machines: [MachineKey: PreparedMachine]

  struct TwinKey: Hashable, Sendable {
    var scenario: String
    var mechanism: Mechanism
  }

  struct MachineKey: Hashable, Sendable {
    var profile: String
    var cpus: Int
  }
}

/// A machine, and the template that its guests are cloned from.
struct PreparedMachine: Sendable {
  var description: MachineDescription
  /// Nil where guests are to boot.
  var template: Template?
}

/// Makes ready what trials need: kernel, image, objects, accelerator, templates. What the cache
/// has is used as it is.
struct Preparation: Sendable {
  let repository: Repository
  let cache: CacheDirectory
  let logger: Logger
  let emit: @Sendable (Event) -> Void
  /// The agent's program, `guest-init`.
  let agent: String

  /// How long a template's boot may take, in seconds of wall time.
  static let bootSeconds = 120.0
  /// Templates that were replaced are kept for so long, in seconds: another harness may use them.
  private static let templateLife = 86_400.0

  func kernel(
    _ entry: KernelEntry, scenarios: [Scenario], profiles: [Profile],
    accelerator forced: Accelerator?, cold: Bool
  ) async throws -> (PreparedKernel, AcceleratorChoice) {
    let store = KernelStore(cache: cache, logger: logger)
    let kernel = try await step("kernel \(entry.name)", when: store.cached(entry) == nil) {
      try await store.kernel(entry)
    }
    let qemu = try QEMU.find()
    let image = try await GuestImage(cache: cache, agent: agent, imageFile: repository.imageFile)
      .make(for: kernel)
    func describe(_ accelerator: Accelerator, _ profile: Profile, cpus: Int) -> MachineDescription {
      MachineDescription(
        qemu: qemu.path, accelerator: accelerator, kernel: kernel.image, initramfs: image,
        parameters: profile.parameters, memoryMiB: profile.memoryMiB, cpus: cpus)
    }

    let probe = AcceleratorStore(cache: cache, qemu: qemu)
    let choice = try await probe.choose(forced, describe(.kvm, profiles[0], cpus: 1)) {
      try await step("the accelerator", when: true, $0)
    }
    let forge = Forge(kernel: kernel, repository: repository.root, cache: cache, logger: logger)
    let twins = try await step("both twins of \(scenarios.count) scenarios", when: false) {
      try await forge.forge(scenarios)
    }
    var prepared = PreparedKernel(kernel: kernel, forge: forge, twins: [:], machines: [:])
    for twin in twins {
      prepared.twins[.init(scenario: twin.scenario, mechanism: twin.mechanism)] = twin
    }
    for profile in profiles {
      for cpus in Set(scenarios.map(\.cpus)).sorted() {
        let description = describe(choice.accelerator, profile, cpus: cpus)
        prepared.machines[.init(profile: profile.name, cpus: cpus)] = PreparedMachine(
          description: description,
          template: cold
            ? nil : try await template(description, kernel, profile: profile.name, qemu: qemu))
      }
    }
    return (prepared, choice)
  }

  /// The template of a machine: from the cache, or made anew where it is missing or damaged.
  func template(
    _ description: MachineDescription, _ kernel: Kernel, profile: String, qemu: QEMU
  ) async throws -> Template {
    var identity = [
      try Self.canonical(description), kernel.packageVersion, qemu.stamp,
      // A clone must have its template's very devices, which are in none of these.
      description.arguments(.boot).joined(separator: "\n"),
    ]
    if description.accelerator == .kvm { identity.append(try HostMachine.processorIdentity()) }
    let key = try await Digest.of(identity.joined(separator: "\n")).prefix(12)
    let family =
      "\(kernel.name)-\(profile)-\(description.cpus)cpu-\(description.accelerator.rawValue)-"
    let entry = "templates/\(family)\(key)"
    return try await cache.withLock(entry) {
      if Files.exists(cache.path(entry)) {
        do {
          return try Template(opening: cache.path(entry), for: description)
        } catch let error as MachineError {
          emit(.note("\(error.message) It is made anew."))
        }
      }
      try cache.requireSpace(UInt64(description.memoryMiB) << 20)
      try await step("a template of kernel \(kernel.name), profile \(profile)", when: true) {
        _ = try await cache.atomically(entry) {
          try await Template.make(description, in: $0, seconds: Self.bootSeconds)
        }
      }
      try removeOld(family: family, except: "\(family)\(key)")
      return try Template(opening: cache.path(entry), for: description)
    }
  }

  /// Templates of the same machine that an older agent, image or QEMU made.
  private func removeOld(family: String, except current: String) throws {
    let folder = cache.path("templates")
    for name in try Files.list(folder) where name.hasPrefix(family) && name != current {
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
      let made = attributes[.modificationDate] as? Date ?? .now
      if Date.now.timeIntervalSince(made) > Self.templateLife {
        try Files.remove("\(folder)/\(name)")
      }
    }
  }

  private static func canonical(_ description: MachineDescription) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(description), as: UTF8.self)
  }

  /// Do something that may take a while, and say so where it will.
  private func step<Result>(
    _ what: String, when slow: Bool, _ body: () async throws -> Result
  ) async throws -> Result {
    let began = ContinuousClock.now
    if slow { emit(.preparing(what)) }
    let result = try await body()
    let seconds = (ContinuousClock.now - began).seconds
    if slow || seconds > 1 { emit(.prepared(what, seconds: seconds)) }
    return result
  }
}

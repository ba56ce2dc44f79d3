// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Host
import Kernels
import Logging
import Machine
import Record
import Scenarios
import Trials
import Verdicts

/// Makes ready what trials need: kernel, image, objects, accelerator, templates. What the cache
/// has is used as it is.
struct Preparation: Sendable {
  let repository: Repository
  let kernels: KernelShelf
  let cache: CacheDirectory
  let logger: Logger
  let emit: EventSink
  /// The agent's program, `guest-init`.
  let agent: String

  /// How long a template's boot may take, in seconds of wall time.
  static let bootSeconds = 120.0

  /// - Parameter fetching: whether the guests' libraries may be fetched.
  func guestImage(fetching: Bool = true) async throws -> GuestImage {
    GuestImage(
      cache: cache, agent: agent, imageFile: repository.imageFile,
      libraries: try await libraries(fetching: fetching))
  }

  var qemuStore: QEMUStore { QEMUStore(cache: cache, logger: logger) }

  func forge(for kernel: Kernel) -> Forge {
    Forge(
      kernel: kernel, repository: repository.root, cache: cache, logger: logger,
      libbpfHeaders: libbpfHeaders)
  }

  /// A kernel with everything that trials of the scenarios need on it.
  ///
  /// Of the kernel's files only those are checked for damage at once that are read in any case; what is made
  /// from the others checks them. So a damage may show later: then the kernel is fetched again, and all
  /// starts again.
  ///
  /// - Parameter trials: those whose twins are needed; nil for all twins.
  func kernel(
    _ entry: KnownKernel, scenarios: [Scenario], profiles: [Profile],
    accelerator: Accelerator?, cold: Bool, checking extent: KernelCheck = .lists,
    only trials: [TrialID]? = nil
  ) async throws -> PreparedKernel {
    func prepared(_ extent: KernelCheck) async throws -> PreparedKernel {
      try await kernel(entry, extent, scenarios, profiles, accelerator, cold: cold, only: trials)
    }
    do {
      return try await prepared(extent)
    } catch let error as KernelError where error.isDamage && extent == .lists {
      return try await prepared(.all)
    }
  }

  private func kernel(
    _ entry: KnownKernel, _ extent: KernelCheck, _ scenarios: [Scenario], _ profiles: [Profile],
    _ forced: Accelerator?, cold: Bool, only trials: [TrialID]?
  ) async throws -> PreparedKernel {
    let qemu = try QEMU.find()
    // Programs that take a while to start, and whose answers are needed below.
    async let confinement = Confinement.of(qemu.path)
    async let compiler: Void = Forge.askCompiler()
    let store = kernels.store
    let kernel = try await emit.step("kernel \(entry.name)", when: store.cached(entry) == nil) {
      try await store.kernel(entry, checking: extent)
    }
    let guestImage = try await guestImage()
    let image = try await guestImage.make(for: kernel)
    let probe = AcceleratorStore(cache: cache, qemu: qemu)
    let choice = try await probe.choose(
      forced, Self.describe(qemu, .kvm, kernel, image, profiles[0], cpus: 1)
    ) {
      // A damaged image would look like an accelerator that doesn't work.
      try await repair(kernel)
      return try await emit.step("the accelerator", when: true, $0)
    }
    if cold { try await repair(kernel) }
    _ = await (confinement, compiler)
    var prepared = PreparedKernel(
      kernel: kernel,
      traits: KernelTraits(
        release: kernel.release, config: try kernel.config.map { try Files.text($0) } ?? ""),
      forge: forge(for: kernel), twins: [:],
      modules: try ModuleDependencies(folder: kernel.modulesDirectory), machines: [:],
      initramfs: image, libbpf: try await guestImage.libraries.libbpf(of: agent),
      accelerator: choice, cold: cold)
    let forge = prepared.forge
    let count = scenarios.count == 1 ? "1 scenario" : "\(scenarios.count) scenarios"
    async let twins = emit.step("both twins of \(count)", when: false) {
      try await forge.forge(scenarios) { scenario, mechanism, armed in
        trials?.contains {
          $0.scenario == scenario && $0.mechanism == mechanism && $0.armed == (armed ?? $0.armed)
        } ?? true
      }
    }
    // A guest that boots beside compilers may be starved.
    if try await !hasTemplates(prepared, profiles, for: scenarios) { _ = try await twins }
    try await addMachines(to: &prepared, profiles, for: scenarios)
    for twin in try await twins {
      prepared.twins[
        .init(scenario: twin.scenario, mechanism: twin.mechanism, armed: twin.armed)] = twin
    }
    return prepared
  }

  /// The machines that scenarios need under these profiles.
  private func wanted(_ profiles: [Profile], for scenarios: [Scenario]) -> [(Profile, cpus: Int)] {
    let counts = Set(scenarios.map(\.cpus)).sorted()
    return profiles.flatMap { profile in counts.map { (profile, cpus: $0) } }
  }

  /// Whether no guest has to boot for a template of these machines, as long as none is damaged.
  private func hasTemplates(
    _ prepared: PreparedKernel, _ profiles: [Profile], for scenarios: [Scenario]
  ) async throws -> Bool {
    if prepared.cold { return true }
    let accelerator = prepared.accelerator.accelerator
    for (profile, cpus) in wanted(profiles, for: scenarios) {
      let qemu = try await qemu(accelerator, cpus: cpus, fetching: false)
      let description = Self.describe(
        qemu, accelerator, prepared.kernel, prepared.initramfs, profile, cpus: cpus)
      let (_, name) = try await Self.templateName(description, prepared.kernel, profile.name, qemu)
      guard Files.exists(cache.found("templates/\(name)")) else { return false }
    }
    return true
  }

  /// Makes the machines ready that scenarios need under these profiles: all at the same time, if their
  /// templates are there, and there is memory for all of them.
  func addMachines(
    to prepared: inout PreparedKernel, _ profiles: [Profile], for scenarios: [Scenario]
  ) async throws {
    typealias Ready = (PreparedKernel.MachineKey, PreparedMachine)
    let wanted = wanted(profiles, for: scenarios)
    let needed = wanted.reduce(0) { $0 + $1.0.memoryMiB }
    let isWarm = try await hasTemplates(prepared, profiles, for: scenarios)
    let width = isWarm && SpareMemory.mebibytes >= needed ? wanted.count : 1
    let kernel = prepared
    prepared.machines = try await withThrowingTaskGroup(of: Ready.self) { group in
      var ready = kernel.machines
      for (index, (profile, cpus)) in wanted.enumerated() {
        if index >= width, let (key, machine) = try await group.next() { ready[key] = machine }
        group.addTask {
          let machine = try await machine(of: kernel, profile, cpus: cpus)
          return (.init(profile: profile.name, cpus: cpus), machine)
        }
      }
      for try await (key, machine) in group { ready[key] = machine }
      return ready
    }
  }

  /// A machine of a kernel that is ready, with its template.
  func machine(
    of prepared: PreparedKernel, profileNamed name: String, cpus: Int
  ) async throws -> PreparedMachine {
    let profile = try Profile.select([name], from: try Profile.load(repository.profilesFile))[0]
    return try await machine(of: prepared, profile, cpus: cpus)
  }

  /// A machine of a kernel that is ready, with its template.
  func machine(
    of prepared: PreparedKernel, _ profile: Profile, cpus: Int
  ) async throws -> PreparedMachine {
    let accelerator = prepared.accelerator.accelerator
    let qemu = try await qemu(accelerator, cpus: cpus)
    let confinement = await Confinement.of(qemu.path)
    if case .refused(let reason) = confinement {
      emit(.note("QEMU runs as root and unconfined, because this machine refused: \(reason)"))
    }
    let description = Self.describe(
      qemu, accelerator, prepared.kernel, prepared.initramfs, profile,
      cpus: cpus)
    guard !prepared.cold else { return PreparedMachine(description: description) }
    let template = try await template(
      description, prepared.kernel, profile: profile.name, qemu: qemu)
    if template.isSealed { return PreparedMachine(description: description, template: template) }
    guard confinement == .jailed else {
      emit(
        .note(
          "Memory is short: guests start from \(template.folder)/memory itself, which was intact just "
            + "now but is not protected while they run."))
      return PreparedMachine(description: description, template: template)
    }
    emit(
      .note(
        "Memory is short: each guest boots, because a confined QEMU gets no file that others start from."
      ))
    return PreparedMachine(description: description)
  }

  static func describe(
    _ qemu: QEMU, _ accelerator: Accelerator, _ kernel: Kernel, _ initramfs: String,
    _ profile: Profile, cpus: Int
  ) -> MachineDescription {
    MachineDescription(
      qemu: qemu.path, accelerator: accelerator, kernel: kernel.image, initramfs: initramfs,
      parameters: profile.parameters(cpus: cpus) + kernel.parameters,
      memoryMiB: profile.memoryMiB, cpus: cpus)
  }

  /// The template of a machine: from the cache, or made again if it is missing or damaged.
  func template(
    _ description: MachineDescription, _ kernel: Kernel, profile: String, qemu: QEMU
  ) async throws -> Template {
    let (family, name) = try await Self.templateName(description, kernel, profile, qemu)
    let entry = "templates/\(name)"
    return try await cache.withLock(entry) {
      if Files.exists(cache.found(entry)) {
        do {
          let template = try opened(entry, description)
          // The last use, which decides which templates are old.
          try Files.touch(cache.found(entry))
          return template
        } catch let error as MachineError {
          emit(.note("\(error.message) It is made again."))
        }
      }
      try cache.requireSpace(UInt64(description.memoryMiB) << 20)
      try await repair(kernel)
      try await emit.step("a template of kernel \(kernel.name), profile \(profile)", when: true) {
        _ = try await cache.atomically(entry) {
          try await boot(description, of: kernel, in: $0)
          try tellOfReports(in: $0 + "/console.log", kernel, profile)
        }
      }
      try CacheSweep(cache: cache).sweep("templates", family: family, except: name)
      return try opened(entry, description)
    }
  }

  private func opened(_ entry: String, _ description: MachineDescription) throws -> Template {
    try Template(opening: cache.found(entry), for: description)
  }

  /// The folder of a machine's template, and what the names of its predecessors begin with.
  static func templateName(
    _ description: MachineDescription, _ kernel: Kernel, _ profile: String, _ qemu: QEMU
  ) async throws -> (family: String, name: String) {
    var identity = [
      try Self.canonical(description), kernel.packageVersion, qemu.stamp,
      // A clone must have exactly its template's devices, which are in none of these.
      description.arguments(.boot).joined(separator: "\n"),
    ]
    if description.accelerator == .kvm { identity.append(try HostMachine.processorIdentity()) }
    let key = Digest.of(identity.joined(separator: "\n")).prefix(12)
    let family =
      "\(kernel.name)-\(profile)-\(description.cpus)cpu-\(description.accelerator.rawValue)-"
    return (family, family + key)
  }

  /// Checks what a booting guest reads: kernel and image.
  private func repair(_ kernel: Kernel) async throws {
    try await kernel.requireImage()
    try await guestImage(fetching: false).repair(for: kernel) { emit(.note($0)) }
  }

  /// Makes a template. On a busy host the guest's own watchdog, or its agent during warm-up, may
  /// give up before the guest is ready; it is then booted once more.
  private func boot(
    _ description: MachineDescription, of kernel: Kernel, in folder: String
  ) async throws {
    do {
      try await Self.boot(description, of: kernel, in: folder)
    } catch let error as MachineError where Self.wasStarved(error, in: folder) {
      emit(
        .note(
          "A guest of kernel \(kernel.name) was not ready, as happens on a busy host; it is booted "
            + "once more: \(error.message.prefix { $0 != "\n" })"))
      for name in try Files.list(folder) { try Files.remove("\(folder)/\(name)") }
      try await Self.boot(description, of: kernel, in: folder)
    }
  }

  /// Whether something in the guest that depends on the clock ended its boot.
  private static func wasStarved(_ error: MachineError, in folder: String) -> Bool {
    if error.code == .notReady { return true }
    guard error.code == .noAnswer || error.code == .qemuFailed else { return false }
    // A console that can't be read shows nothing of that; the boot's own error is the one to
    // report.
    guard let console = try? Files.read(folder + "/console.log") else { return false }
    let kinds: Set<Kind> = [.softLockup, .rcuStall, .hungTask, .workqueueLockup]
    return KernelLog.findings(in: console).contains { kinds.contains($0.kind) }
  }

  /// If a template's guest doesn't come up, the error says what it was booted from.
  private static func boot(
    _ description: MachineDescription, of kernel: Kernel, in folder: String
  ) async throws {
    do {
      try await Template.make(description, in: folder, seconds: bootSeconds)
    } catch let error as MachineError
      where error.code.isOfStarting
    {
      let files = "\(description.kernel) and \(description.initramfs)"
      let remedy =
        kernel.addedBy == nil
        ? "If this continues, \(files) may be damaged: remove their folders from the cache and run again."
        : "Check whether kernel \(kernel.name) boots at all in QEMU with a serial console."
      let console = Guest.LogFiles(console: folder + "/console.log", qemuLog: folder + "/qemu.log")
        .tail(12).map { "\n    " + VisibleText.escape($0) }.joined()
      throw MachineError(
        error.code,
        "\(error.message)\(error.message.hasSuffix(".") ? "" : ".") \(remedy)"
          + (console.isEmpty
            ? "\nIts console stayed empty." : "\nThe console's end:" + console))
    }
  }

  /// What a kernel reports before there is any twin can't be a twin's fault, but may hide one that
  /// is.
  private func tellOfReports(in console: String, _ kernel: Kernel, _ profile: String) throws {
    let findings = KernelLog.findings(in: try Files.read(console))
    guard let first = findings.first else { return }
    if let report = findings.first(where: { $0.text.hasPrefix("BUG: KASAN") }) {
      // It reports once (Linux: mm/kasan/report.c, report_enabled): its clones would see nothing.
      throw KernelError(
        what:
          "kernel \(kernel.name) reported something while its template booted, and KASAN says no "
          + "more after its first report: \(VisibleText.escape(report.text))",
        remedy: "the template isn't kept; run the command again")
    }
    emit(
      .note(
        "Kernel \(kernel.name), profile \(profile), reported something while its template booted, "
          + "before any twin was there: \(VisibleText.escape(first.text))"))
  }

  private static func canonical(_ description: MachineDescription) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(description), as: UTF8.self)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
public import Host
import Kernels
public import Logging
import Machine
public import Record
import Scenarios
import Trials
import Verdicts

/// The whole laboratory: prepares, runs trials in parallel, journals them. It never prints; front
/// ends follow its events. What needs no run has a service of its own.
public struct Laboratory: Sendable {
  public let repository: Repository
  public let kernels: KernelShelf
  let cache: CacheDirectory
  let logger: Logger
  let emit: EventSink
  let preparation: Preparation

  /// - Parameters:
  ///   - agent: the program that is PID 1 in the guests, `guest-init`.
  ///   - emit: called for everything that happens, from any thread.
  public init(
    repository: Repository, cache: CacheDirectory, agent: String, logger: Logger,
    emit: @escaping @Sendable (Event) -> Void
  ) {
    self.repository = repository
    self.cache = cache
    self.logger = logger
    self.emit = EventSink(emit)
    kernels = KernelShelf(
      repository: repository, cache: cache, logger: logger, emit: self.emit)
    preparation = Preparation(
      repository: repository, kernels: kernels, cache: cache, logger: logger, emit: self.emit,
      agent: agent)
  }

  /// What kernels have: program types, maps, helpers.
  public var features: FeatureProbe {
    FeatureProbe(preparation: preparation, repository: repository, emit: emit)
  }

  /// What this machine has and lacks.
  public var doctor: Doctor {
    Doctor(preparation: preparation, kernels: kernels, cache: cache)
  }

  /// Whether verdicts can be trusted on this machine.
  public var selfCheck: SelfCheck { SelfCheck(laboratory: self) }

  /// What a machine without a network gets its kernels and objects from.
  public var bundles: Bundles {
    Bundles(preparation: preparation, kernels: kernels, cache: cache, emit: emit)
  }

  /// Whether sources compile as they should.
  public var compileCheck: CompileCheck { CompileCheck(preparation: preparation) }

  /// Where small faults fit into twins.
  public var mutantLists: MutantLists { MutantLists(preparation: preparation) }

  /// A user's own files, outside the catalogue.
  public var tries: Tries { Tries(preparation: preparation) }

  /// Where trials are shown, in guests that wait.
  public var stages: Stages { Stages(preparation: preparation) }

  /// Guests for a user to work in.
  public var shells: Shells { Shells(preparation: preparation, repository: repository) }

  /// How long trials take here, and how long people wait.
  public var benchmarks: Benchmarks { Benchmarks(preparation: preparation, emit: emit) }

  /// Carry out a request in a new run directory below `runs`.
  ///
  /// - Returns: the directory's path.
  /// - Throws: what keeps a run from beginning, or `CancellationError`: the directory then holds
  ///   the trials that ended.
  public func run(_ request: Request, runs: String) async throws -> String {
    var suite: (any Suite)?
    if let choice = request.suite { suite = try suites.suite(choice) }
    let entries = try await kernels.select(
      request.kernels.isEmpty ? [suite?.kernel].compactMap(\.self) : request.kernels)
    let known = try Profile.load(repository.profilesFile)
    let profiles = try Profile.select(
      request.profiles.isEmpty ? [suite?.profile].compactMap(\.self) : request.profiles,
      from: known)
    let looksAgain = request.looksAgain && suite?.looksAgain ?? true
    let secondLooks = looksAgain ? try Profile.secondLooks(of: profiles, in: known) : [:]
    let texts = try request.scenarios.map {
      try ScenarioText.read($0.name, repository: repository.root)
    }
    let problems = await Self.problems(in: texts)
    guard problems.isEmpty else { throw InvalidScenario(problems: problems.sorted()) }
    let began = ContinuousClock.now
    let whole = request.trials(kernels: entries.map(\.name), profiles: profiles.map(\.name))
    let cut = try request.shard.map(ShardCut.init)
    let own = cut?.part(of: whole) ?? whole
    var (prepared, absent) = try await preparation.all(
      entries, request, profiles, only: cut == nil ? nil : own
    ) {
      request.scenarios(of: own, on: $0)
    }
    var plan: SuitePlan?
    if let suite, let wanted = request.suite {
      plan = try await suites.plan(
        suite, wanted, entries, &prepared, &absent, profiles, repetitions: request.repetitions)
    }
    let present = entries.compactMap { absent[$0.name] == nil ? prepared[$0.name] : nil }
    var header = try RunHeader.beginning(
      command: request.command, prepared: present, absent: Array(absent.values),
      kernels: entries.map(\.name), profiles: profiles.map(\.name),
      trials: plan?.trials ?? whole)
    try await header.versions.merge(versions(entries.compactMap { prepared[$0.name] })) { $1 }
    header.seed = request.seed ?? 0
    header.repetitions = request.repetitions
    header.retryUnmet = request.retryUnmet
    header.failsOnFlaky = request.failsOnFlaky ? true : nil
    header.known = request.known
    header.cold = request.cold
    header.sharesGuests = request.sharesGuests || suite?.sharesGuests == true ? true : nil
    header.secondLooks = secondLooks.isEmpty ? nil : secondLooks
    header.suite = plan?.header
    if request.inspected {
      header.inspected = true
      header.features = try await features.probe(present, profiles[0])
    }
    if let cut { try header.keepPart(of: cut, texts, known) }
    let directory = try RunDirectory.create(in: runs, header: header, scenarios: texts)
    emit(.runStarted(header, done: 0))
    try await conduct(
      header.trials, request.scenarios, prepared, header, directory, jobs: request.jobs,
      items: plan?.items ?? [:], ending: request.ending, began: began)
    return directory.path
  }

  /// All CPUs check: the whole catalogue takes one of them a quarter of a second.
  private static func problems(in texts: [ScenarioText]) async -> [Problem] {
    await withTaskGroup(of: [Problem].self) { group in
      for text in texts { group.addTask { Check.problems(of: text) } }
      return await group.reduce(into: []) { $0 += $1 }
    }
  }

  /// Makes ready what a request needs, including the profiles of second looks, and runs nothing.
  ///
  /// - Returns: why some kernels could not be made ready, by name; the others are.
  /// - Throws: what is wrong with the request or this machine.
  public func prepare(_ request: Request) async throws -> [String: String] {
    try await preparation.everything(for: request)
  }

  /// Carries out the missing trials of an interrupted run.
  ///
  /// - Returns: the directory's path, without symlinks.
  /// - Throws: ``LabError`` if a scenario or a kernel has changed since the run began.
  public func resume(_ name: String, jobs: Int?, ending: RunEnding = RunEnding()) async throws
    -> String
  {
    let began = ContinuousClock.now
    // Another run may point `runs/latest` to itself in the meantime.
    let path = Files.exists(name) ? try Files.real(name) : name
    let (directory, record) = try RunDirectory.open(path)
    for warning in record.warnings { emit(.note(warning)) }
    let remaining = record.remainingTrials
    try checkUnchanged(record.scenarios, since: path)
    let wanted = Set(remaining.map(\.scenario))
    let scenarios = record.scenarios.filter { wanted.contains($0.name) }
    let profiles = try Profile.select(
      record.header.profiles, from: try Profile.load(repository.profilesFile))
    emit(.runStarted(record.header, done: record.header.trials.count - remaining.count))
    var prepared: [String: PreparedKernel] = [:]
    for entry in try await kernels.select(record.header.kernels.map(\.name)) {
      let isAbsent = record.header.kernels.contains {
        $0.name == entry.name && $0.obstacle != nil
      }
      guard !isAbsent, remaining.contains(where: { $0.kernel == entry.name }) else { continue }
      prepared[entry.name] = try await preparation.kernel(
        entry, scenarios: scenarios, profiles: profiles,
        accelerator: record.header.accelerator(of: entry.name), cold: record.header.cold)
    }
    try checkKernels(of: prepared, in: record.header)
    var items: [String: [String: SuiteItem]] = [:]
    if let suite = record.header.suite {
      items = try await suites.replan(
        suite, try await kernels.select(record.header.kernels.map(\.name)), &prepared, profiles,
        of: path
      ).items
    }
    try await conduct(
      remaining, scenarios, prepared, record.header, directory, jobs: jobs, items: items,
      ending: ending, began: began)
    return path
  }

  private var suites: SuitePlanner { SuitePlanner(preparation: preparation) }

  private func conduct(
    _ trials: [TrialID], _ scenarios: [Scenario], _ prepared: [String: PreparedKernel],
    _ header: RunHeader, _ directory: RunDirectory, jobs: Int?,
    items: [String: [String: SuiteItem]], ending: RunEnding, began: ContinuousClock.Instant
  ) async throws {
    var limits = TrialWatch.Limits()
    // The verifier's own tests go up to its limit of a million instructions, each with a line of
    // log: a minute under TCG on a busy machine.
    if header.suite?.name == SuiteChoice.Name.verifierSelftests.rawValue { limits.trial = 300 }
    let conductor = Conductor(
      session: TrialSession(directory, runner: TrialRunner(logger: logger, limits: limits)),
      machines: RunMachines(preparation, prepared: prepared), prepared: prepared,
      scenarios: Dictionary(uniqueKeysWithValues: scenarios.map { ($0.name, $0) }), items: items,
      header: header, retries: RetryRule(header),
      defaultKernel: try kernels.known().defaultKernel.name, ending: ending,
      began: began, emit: emit)
    let isForSpeed = header.shard != nil || header.sharesGuests == true
    let trials = TrialOrder.of(
      trials, seed: header.seed, takesLong: isForSpeed ? { conductor.takesLong($0) } : nil)
    do {
      let usual = header.sharesGuests == true ? HostMachine.jobsOfSharedGuests : HostMachine.cores
      try await conductor.run(trials, jobs: max(1, jobs ?? usual))
      await conductor.machines.close()
    } catch let failure {
      await conductor.machines.close()
      do {
        try directory.finish(seconds: (ContinuousClock.now - began).seconds)
      } catch {
        // What ended the run is the error to report; without this, only the run's duration is
        // unknown.
        emit(.note("the run's duration could not be recorded: \(error)"))
      }
      throw failure
    }
    try directory.finish(seconds: (ContinuousClock.now - began).seconds)
    emit(.runEnded(Summary(try RunDirectory.read(directory.path))))
  }

  private func checkUnchanged(_ scenarios: [Scenario], since run: String) throws {
    for scenario in scenarios {
      let now = try ScenarioText.read(scenario.name, repository: repository.root)
      let then = try RunEvidence(path: run).sources(scenario.name)
      guard now == then else {
        throw LabError(
          "\(scenario.name) has changed since \(run) began, so its trials would not belong to one run. "
            + "Start a new one with ./panicroom run.")
      }
    }
  }

  private func checkKernels(
    of prepared: [String: PreparedKernel], in header: RunHeader
  ) throws {
    for then in header.kernels {
      guard let now = prepared[then.name].map({ RunHeader.Kernel($0, inRunUnder: nil) }) else {
        continue
      }
      // A record from before versions were noted says nothing of them.
      if now.release == then.release && (then.version == nil || now.version == then.version) {
        continue
      }
      throw LabError(
        "Kernel \(then.name) was \(then.exactName) when run \(header.id) began and is "
          + "\(now.exactName) now: its trials would not be of one run. Start a new one with "
          + "./panicroom run.")
    }
  }

  /// Each kernel's modules may have their own compiler: `gcc`, or `gcc for 6.12` for a kernel that
  /// isn't the first.
  private func versions(_ kernels: [PreparedKernel]) async throws -> [String: String] {
    var versions: [String: String] = [:]
    for forge in kernels.map(\.forge) {
      for (name, version) in try await forge.compilers() where versions[name] != version {
        versions[versions[name] == nil ? name : "\(name) for \(forge.kernel.name)"] = version
      }
    }
    let qemu = try QEMU.find()
    versions["qemu"] = try await qemu.words()
    let newer = kernels.flatMap(\.machines.values).map(\.description.qemu).first { $0 != qemu.path }
    if let newer { versions["qemu for several CPUs"] = try await QEMU(at: newer).words() }
    return versions
  }
}

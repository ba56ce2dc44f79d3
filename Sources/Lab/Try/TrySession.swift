// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Host
import Kernels
import Machine
import Record
import Scenarios
import Synchronization
import Trials
import Verdicts
import Wire

/// A try with its kernels and their guests' templates ready: it can be carried out again and again.
public struct TrySession: Sendable {
  let preparation: Preparation
  public let request: TryRequest
  let files: [TriedFile]
  /// Of a folder that was looked through.
  let leftOut: [RunHeader.LeftOut]
  let kernels: [TryKernel]
  /// Those that could not be made ready, of several.
  let absent: [RunHeader.Kernel]

  /// The files whose change changes the answer; those that compilers read are known after the first
  /// one.
  public var inputs: [String] { files.map { $0.source ?? $0.path } }

  /// Whether there is a manifest, or more than one file of a kind: a problem with one doesn't keep the
  /// others from being tried.
  var isTable: Bool {
    Set(files.map(\.mechanism)).count < files.count || !leftOut.isEmpty || request.manifest != nil
  }

  /// Whether the user named it, instead of a folder that it lies in.
  private func isNamed(_ name: String) -> Bool {
    files.contains { $0.fullName == name && $0.object != nil } || request.files.contains(name)
  }
}

extension TrySession {
  /// Compiles, loads in fresh guests, runs, judges. What should not be kept is removed afterwards.
  ///
  /// - Throws: ``LabError`` if a file or a name in the request is wrong, `CancellationError`.
  public func carryOut() async throws -> TryAnswer {
    let began = ContinuousClock.now
    return try await preparation.cache.temporarily(beside: "tries/try") { folder in
      let (plans, leftOut, isMistaken) = try await plans(in: folder)
      var header = try header(plans)
      if !leftOut.isEmpty { header.leftOut = leftOut }
      let texts = try texts(of: plans)
      if let choice = request.shard {
        let profiles = try Profile.load(preparation.repository.profilesFile)
        // Parts with other promises don't belong together.
        let manifest = request.manifest.map {
          [ScenarioText(name: "load.yaml", yaml: $0.text, lkm: nil, bpf: nil)]
        }
        try header.keepPart(of: try ShardCut(choice), texts + (manifest ?? []), profiles)
      }
      let own = Set(header.trials)
      let directory = try RunDirectory.create(
        in: request.runs ?? "\(folder)/runs", header: header, scenarios: texts)
      let answers = try await answers(
        to: plans.filter { own.contains(id($0)) }, in: TrialSession(directory, runner: runner),
        folder)
      try directory.finish(seconds: (ContinuousClock.now - began).seconds)
      var finished = header
      finished.seconds = (ContinuousClock.now - began).seconds
      var answer = TryAnswer(
        run: RunRecord(
          header: finished, trials: answers.map(\.record), scenarios: plans.map(\.scenario)),
        trials: answers, directory: request.runs == nil ? nil : directory.path)
      answer.isMistaken = isMistaken
      answer.inputs = Set(plans.flatMap(\.inputs)).sorted()
      return answer
    }
  }

  /// Compiles what is to be compiled, and plans the trials: by kernel, then by file.
  ///
  /// - Returns: also, what was left out, and whether a file that the user named was tried nowhere because
  ///   it is no object, or has not what the request names.
  private func plans(
    in folder: String
  ) async throws -> ([TryPlan], [RunHeader.LeftOut], isMistaken: Bool) {
    let cells = kernels.flatMap { kernel in files.map { (kernel, $0) } }
    let made = try await cells.concurrently(HostMachine.cores) {
      kernel, file -> Result<[TryPlan], LabError> in
      do {
        return .success(
          try await plan(
            file, on: kernel,
            in: "\(folder)/\(kernel.name)/\(file.mechanism.rawValue)/\(file.name)"))
      } catch let error as LabError where isTable || kernels.count > 1 {
        return .failure(error)
      } catch let error as KernelError where isTable || kernels.count > 1 {
        return .failure(LabError(error.description, error.isUnavailable ? .kernel : .laboratory))
      }
    }
    var (plans, leftOut) = ([TryPlan](), leftOut)
    var refused = Set(leftOut.map(\.file).filter(request.files.contains))
    for ((kernel, file), result) in zip(cells, made) {
      switch result {
      case .success(let found): plans += found
      case .failure(let error):
        leftOut.append(try file.leftOut(error, on: kernel.header))
        if error.cause == .request { refused.insert(file.fullName) }
      }
    }
    if plans.isEmpty, !isTable, let first = leftOut.first { throw LabError(first.reason) }
    for kernel in absent {
      for file in files where !(try file.object?.promises(on: kernel) ?? []).isEmpty {
        let reason = LabError(kernel.obstacle ?? "the kernel is not available", .kernel)
        leftOut.append(try file.leftOut(reason, on: kernel))
      }
    }
    refused.subtract(plans.map(\.file.fullName))
    return (plans, leftOut, refused.contains { plans.isEmpty || isNamed($0) })
  }

  /// Several kernels at a time, each one trial after the other: to boot a guest takes longer than many a
  /// trial. Of a single kernel some trials at a time.
  private func answers(
    to plans: [TryPlan], in session: TrialSession, _ folder: String
  ) async throws -> [TryAnswer.Trial] {
    let byKernel = kernels.map { kernel in plans.filter { $0.kernel.name == kernel.name } }
    guard byKernel.count == 1 else {
      return try await byKernel.concurrently(HostMachine.cores) { plans in
        try await answers(to: plans, in: session, folder, width: 1)
      }.flatMap(\.self)
    }
    return try await answers(to: plans, in: session, folder, width: HostMachine.cores)
  }

  /// - Parameters:
  ///   - plans: of one kernel.
  ///   - width: how many trials at a time.
  private func answers(
    to plans: [TryPlan], in session: TrialSession, _ folder: String, width: Int
  ) async throws -> [TryAnswer.Trial] {
    guard let machine = plans.first?.kernel.machine else { return [] }
    let shared = SharedGuests(FreshGuests(of: machine, logger: preparation.logger))
    let mayShare = plans.count >= Self.fewest
    do {
      let answers = try await plans.concurrently(width) { plan in
        // One with modules of the user's needs another machine.
        let isSame = plan.kernel.machine.description == machine.description
        var answer = try await run(plan, in: session, mayShare && isSame ? shared : nil)
        try await tryOtherCompilers(plan, &answer, in: folder)
        return answer
      }
      await shared.close()
      return answers
    } catch {
      await shared.close()
      throw error
    }
  }

  /// Fewer trials on one kernel have a guest each.
  private static let fewest = 3

  private func header(_ plans: [TryPlan]) throws -> RunHeader {
    var header = try RunHeader.beginning(
      command: request.command, prepared: kernels.map(\.prepared), absent: absent,
      kernels: kernels.map(\.name) + absent.map(\.name),
      profiles: Set(kernels.map(\.profile)).sorted(), trials: plans.map { id($0) })
    header.manifest = request.manifest?.path
    header.tried = Set(plans.map(\.scenario.name)).sorted()
    return header
  }

  /// The sources as they were; of a pair of one name both are one text.
  private func texts(of plans: [TryPlan]) throws -> [ScenarioText] {
    var texts: [String: ScenarioText] = [:]
    for plan in plans {
      let text = try plan.file.text(named: plan.scenario.name, inputs: plan.inputs)
      guard var known = texts[text.name] else {
        texts[text.name] = text
        continue
      }
      known.lkm = known.lkm ?? text.lkm
      known.bpf = known.bpf ?? text.bpf
      if known.yaml != text.yaml { known.yaml += text.yaml }
      known.headers.merge(text.headers) { first, _ in first }
      texts[text.name] = known
    }
    return texts.values.sorted { $0.name < $1.name }
  }

  private func id(_ plan: TryPlan) -> TrialID {
    TrialID(
      scenario: plan.scenario.name, mechanism: plan.file.mechanism, armed: request.armed,
      kernel: plan.kernel.name, profile: plan.kernel.profile, repetition: 1)
  }

  private var runner: TrialRunner {
    var limits = TrialWatch.Limits()
    limits.trial = request.seconds
    if request.thresholds == .stock { limits.waitAsStock() }
    return TrialRunner(logger: preparation.logger, limits: limits)
  }

  /// - Parameter shared: gives it a guest that other trials may have had; nil for one of its own.
  private func run(
    _ plan: TryPlan, in session: TrialSession, _ shared: SharedGuests? = nil
  ) async throws -> TryAnswer.Trial {
    let isKept = request.runs != nil
    let prepared = plan.kernel.prepared
    let trial = Trial(
      id: id(plan), scenario: plan.scenario, twin: plan.twin, forge: prepared.forge,
      traits: prepared.traits, purpose: .undeclared(plan.overrides))
    let tried = TrialRecord.Tried(
      file: plan.title, name: plan.file.label, compiler: plan.compiler, notes: plan.notes,
      program: plan.program,
      configuration: plan.configuration.isEmpty ? nil : plan.configuration)
    let choices = plan.overrides.choices
    let promises = try plan.file.object?.promises(on: plan.kernel.header) ?? []
    let repeats = Mutex<[String]>([])
    let amend: @Sendable (inout TrialRecord) -> Void = {
      [paths = plan.paths, programs = plan.programs, directory = session.directory.path] record in
      if let choices {
        record.programs = ProgramNotes.complete(
          record.programs, of: programs, choices,
          isRefused: record.verdict.ruling == .rejected)
      }
      record.verdict.source = paths.place(record.verdict.source)
      record.verdict.evidence = record.verdict.evidence.map {
        EvidenceLine(file: $0.file, line: $0.line, text: paths.text($0.text))
      }
      let stage = TryLog.stage(of: record, in: directory)
      record.tried = tried
      record.tried?.stage = stage
      record.tried?.notes += repeats.withLock(\.self)
      PromiseRule.weigh(&record, promises)
      if !isKept { record.evidenceDirectory = nil }
    }
    let retrying: @Sendable (TrialRecord) -> Void = { [emit = preparation.emit] record in
      let why = record.reason ?? "no reason was recorded"
      emit(.note("\(plan.title) on \(plan.kernel.name) is tried again: \(why)"))
      repeats.withLock { $0.append("it was tried again: \(why)") }
    }
    var (record, folder) = try await session.carryOut(
      trial, in: shared ?? FreshGuests(of: plan.kernel.machine, logger: preparation.logger),
      .init(retrying: retrying, amend: amend))
    let log = try TryLog(evidence: folder)
    if let slip = log.slip, !isTable { throw LabError("\(plan.file.path): \(slip).") }
    let hints = TryHints.hints(
      on: record, log.refusal, plan.programs,
      memoryMiB: plan.kernel.machine.description.memoryMiB, thresholds: request.thresholds)
    let more =
      log.notes + Self.library(ofRefusal: record, prepared.libbpf) + hints
      + (try missingFirmware(in: folder))
    record.tried?.notes += more
    return TryAnswer.Trial(
      program: plan.program, record: record,
      compiler: plan.compilerLines,
      rejection: try record.rejection(evidence: folder), compileSeconds: plan.compileSeconds,
      sourceLine: try record.verdict.source.flatMap {
        try plan.file.line(at: $0, inputs: plan.inputs)
      },
      countsEvents: try plan.file.names("events"))
  }

  /// Which libbpf refused, as another version may not.
  private static func library(ofRefusal record: TrialRecord, _ version: String?) -> [String] {
    guard record.verdict.by == Gate.libbpf.rawValue, let version else { return [] }
    return ["the guest's libbpf is \(version)"]
  }

  /// Finds out whether another instruction set, or a newer compiler, gets a program past the verifier
  /// that refused it: what its author then needs to know is not in the source.
  private func tryOtherCompilers(
    _ plan: TryPlan, _ answer: inout TryAnswer.Trial, in folder: String
  ) async throws {
    guard request.triesCompilers, plan.file.form == .program,
      answer.record.verdict.ruling == .rejected,
      answer.record.verdict.by == Gate.verifier.rawValue
    else { return }
    for (number, recipe) in try await plan.kernel.forge.programRecipes().enumerated().dropFirst() {
      let place = "\(folder)/again/\(plan.kernel.name)/\(plan.scenario.name).\(number)"
      let plans = try await self.plan(plan.file, on: plan.kernel, by: recipe, in: place)
      guard let other = plans.first(where: { $0.scenario.name == plan.scenario.name }) else {
        continue
      }
      let directory = try RunDirectory.create(
        in: "\(place)/runs", header: try header([other]), scenarios: [])
      let second = try await run(other, in: TrialSession(directory, runner: runner))
      let verdict = second.record.verdict
      let gates = [Gate.verifier, .compiler].map(\.rawValue)
      guard verdict.ruling != .inconclusive, !gates.contains(verdict.by ?? "") else { continue }
      let rest = verdict.by.map { "; then it is rejected by \($0): \(verdict.title ?? "")" } ?? ""
      answer.record.tried?.notes.append(
        "the verifier accepts the same source if it is compiled by \(recipe.description)\(rest)")
      answer.rejection?.origin = .compiler
      return
    }
  }

  /// What a module asked the kernel for, and its guest does not have.
  private func missingFirmware(in folder: String) throws -> [String] {
    let console = "\(folder)/\(Evidence.consoleName)"
    guard Files.exists(console) else { return [] }
    return Firmware.missing(in: try Files.read(console)).map {
      "the guest has no firmware \($0), for which the kernel was asked"
    }
  }
}

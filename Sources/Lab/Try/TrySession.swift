// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Foundation
import Host
import Kernels
import Machine
import Record
import Scenarios
import Trials
import Verdicts

/// A try with its kernel and its guests' template ready: it can be carried out again and again.
public struct TrySession: Sendable {
  let preparation: Preparation
  public let request: TryRequest
  let files: [TriedFile]
  let prepared: PreparedKernel
  let machine: PreparedMachine
  let profile: String

  /// The files whose change changes the answer.
  public var inputs: [String] {
    get throws { try files.flatMap { try $0.inputs } }
  }
}

/// Tries a user's own files.
public struct Tries: Sendable {
  let preparation: Preparation

  /// Makes ready what a try needs.
  ///
  /// - Throws: ``LabError`` if the request or a file's name is wrong; what keeps a guest from
  ///   starting.
  public func prepare(_ request: TryRequest) async throws -> TrySession {
    let files = try request.files.map(TriedFile.init)
    guard Set(files.map(\.mechanism)).count == files.count, !files.isEmpty else {
      throw LabError("Give one file, or a pair: one program and one module.")
    }
    let (prepared, profile) = try await preparation.kernel(
      named: request.kernel, request.accelerator)
    let machine = try await preparation.machine(of: prepared, profile, cpus: 1)
    return TrySession(
      preparation: preparation, request: request, files: files, prepared: prepared,
      machine: machine,
      profile: profile.name)
  }
}

extension TrySession {
  /// Compiles, loads in fresh guests, runs, judges. What should not be kept is removed afterwards.
  ///
  /// - Throws: ``LabError`` if a file or a name in the request is wrong, `CancellationError`.
  public func carryOut() async throws -> TryAnswer {
    let began = ContinuousClock.now
    return try await preparation.cache.temporarily(beside: "tries/try") { folder in
      var plans: [TryPlan] = []
      for file in files { plans += try await plan(file, in: folder) }
      let header = try header(plans)
      let directory = try RunDirectory.create(
        in: request.runs ?? "\(folder)/runs", header: header, scenarios: try texts(of: plans))
      var answers: [TryAnswer.Trial] = []
      let session = TrialSession(directory, runner: runner)
      for plan in plans { answers.append(try await run(plan, in: session)) }
      try directory.finish(seconds: (ContinuousClock.now - began).seconds)
      var finished = header
      finished.seconds = (ContinuousClock.now - began).seconds
      return TryAnswer(
        run: RunRecord(
          header: finished, trials: answers.map(\.record), scenarios: plans.map(\.scenario)),
        trials: answers, directory: request.runs == nil ? nil : directory.path)
    }
  }

  private func header(_ plans: [TryPlan]) throws -> RunHeader {
    var header = try RunHeader.beginning(
      command: request.command, prepared: [prepared], kernels: [prepared.kernel.name],
      profiles: [profile], trials: plans.map { id($0) })
    header.tried = Set(plans.map(\.scenario.name)).sorted()
    return header
  }

  /// The sources as they were; of a pair of one name both are one text.
  private func texts(of plans: [TryPlan]) throws -> [ScenarioText] {
    var texts: [String: ScenarioText] = [:]
    for plan in plans {
      let text = try plan.file.text(named: plan.scenario.name)
      guard var known = texts[text.name] else {
        texts[text.name] = text
        continue
      }
      known.lkm = known.lkm ?? text.lkm
      known.bpf = known.bpf ?? text.bpf
      known.headers.merge(text.headers) { first, _ in first }
      texts[text.name] = known
    }
    return texts.values.sorted { $0.name < $1.name }
  }

  private func id(_ plan: TryPlan) -> TrialID {
    TrialID(
      scenario: plan.scenario.name, mechanism: plan.file.mechanism, armed: request.armed,
      kernel: prepared.kernel.name, profile: profile, repetition: 1)
  }

  private var runner: TrialRunner {
    var limits = TrialWatch.Limits()
    limits.trial = request.seconds
    return TrialRunner(logger: preparation.logger, limits: limits)
  }

  private func run(
    _ plan: TryPlan, in session: TrialSession
  ) async throws -> TryAnswer.Trial {
    let isKept = request.runs != nil
    let trial = Trial(
      id: id(plan), scenario: plan.scenario, twin: plan.twin, forge: prepared.forge,
      traits: prepared.traits, purpose: .undeclared(plan.overrides))
    let amend: @Sendable (inout TrialRecord) -> Void = { [paths = plan.paths] record in
      record.verdict.source = paths.place(record.verdict.source)
      record.verdict.evidence = record.verdict.evidence.map {
        EvidenceLine(file: $0.file, line: $0.line, text: paths.text($0.text))
      }
      if !isKept { record.evidenceDirectory = nil }
    }
    let (record, folder) = try await session.carryOut(
      trial, in: FreshGuests(of: machine, logger: preparation.logger), .init(amend: amend))
    return TryAnswer.Trial(
      file: plan.file.path, program: plan.overrides.onlyProgram, record: record,
      compiler: plan.compilerLines, rejection: try record.rejection(evidence: folder),
      notes: plan.notes + (try failedWork(in: folder)), compileSeconds: plan.compileSeconds,
      sourceLine: try record.verdict.source.flatMap(plan.file.line(at:)),
      countsEvents: try plan.file.names("events"))
  }

  /// The steps of the workload that the kernel did not carry out, in the agent's words.
  private func failedWork(in folder: String) throws -> [String] {
    struct Line: Decodable {
      struct Message: Decodable { var step: [String: String]? }
      var message: Message
    }
    let log = "\(folder)/\(Evidence.agentName)"
    guard Files.exists(log) else { return [] }
    var notes: [String] = []
    for line in try Files.read(log).split(separator: UInt8(ascii: "\n")) {
      guard let step = try JSONDecoder().decode(Line.self, from: Data(line)).message.step?["_0"],
        step.hasPrefix("workload: ")
      else { continue }
      notes.append("failed in the workload: " + step.dropFirst("workload: ".count))
    }
    return Array(notes.prefix(5))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Logging
public import Machine
public import Record
public import Scenarios
public import Trials
public import Verdicts
import Wire

/// The result of a trial on a stage.
public struct StageAnswer: Codable, Sendable, Equatable {
  public var record: TrialRecord
  /// `explain`'s report on the refusal, if the twin was refused.
  public var rejection: Rejection?
  /// From the trial's order to its verdict, in seconds of wall time.
  public var seconds: Double

  public init(record: TrialRecord, rejection: Rejection? = nil, seconds: Double) {
    self.record = record
    self.rejection = rejection
    self.seconds = seconds
  }

  private enum Key: String, CodingKey { case record, rejection, seconds }

  public init(from decoder: any Decoder) throws {
    let keys = try decoder.container(keyedBy: Key.self)
    self.init(
      record: try keys.decode(TrialRecord.self, forKey: .record),
      rejection: try keys.decodeIfPresent(Rejection.self, forKey: .rejection),
      seconds: try keys.decodeSeconds(forKey: .seconds))
  }
}

/// Where trials are shown: everything is prepared, and guests wait, so that a verdict follows at
/// once.
public actor Stage {
  private let logger: Logger
  private let prepared: PreparedKernel
  private let profile: String
  private let session: TrialSession
  private let defaultKernel: String
  private let folder: String
  private var pools: [Int: ReadyGuests] = [:]
  private var repetitions: [String: Int] = [:]

  public nonisolated let kernelRelease: String
  public nonisolated let accelerator: Accelerator

  init(
    _ prepared: PreparedKernel, profile: String,
    _ session: TrialSession, defaultKernel: String, folder: String, logger: Logger
  ) {
    self.logger = logger
    self.prepared = prepared
    self.profile = profile
    self.session = session
    self.defaultKernel = defaultKernel
    self.folder = folder
    kernelRelease = prepared.kernel.release
    accelerator = prepared.accelerator.accelerator
  }

  /// Has a guest for each twin of this scenario made ready.
  ///
  /// - Parameter armed: which trials they will have; nil if that isn't known yet. Their kernels'
  ///   state is then recorded in the trial, and not before.
  public func expect(_ scenario: Scenario, armed: Bool?) async throws {
    guard let pool = try pool(of: scenario) else { return }
    guard let armed else { return await pool.fill(Mechanism.allCases.map { _ in nil }) }
    // What did not compile needs no guest.
    await pool.fill(Mechanism.allCases.compactMap { plan(scenario, $0, armed: armed) })
  }

  /// Waits until the guests that were asked for are ready.
  func settle(_ scenario: Scenario) async throws {
    try await pool(of: scenario)?.settle()
  }

  /// Seconds until a guest waits that was not requested in advance.
  func timeOfReadyGuest(_ scenario: Scenario) async throws -> Double {
    guard let template = try machine(of: scenario).template else {
      throw LabError("There is no template to restore guests from.")
    }
    let place = "\(folder)/measured"
    try Files.makeFolder(place)
    let pool = ReadyGuests(of: template, in: place)
    let began = ContinuousClock.now
    let ready = try await pool.take(for: nil)
    let seconds = (ContinuousClock.now - began).seconds
    await ready.guest.end()
    try Files.remove(place)
    return seconds
  }

  /// Seconds from a cold boot to the agent's greeting.
  func timeOfBoot(_ scenario: Scenario, in folder: String) async throws -> Double {
    try await machine(of: scenario).secondsToBoot(
      Guest.LogFiles(console: folder + "/console.log", qemuLog: folder + "/qemu.log"))
  }

  /// One trial, and a second one if the laboratory itself failed.
  ///
  /// - Parameter follow: takes what happens during the trial.
  /// - Throws: `CancellationError`; what keeps evidence from being written.
  public func run(
    _ scenario: Scenario, _ mechanism: Mechanism, armed: Bool,
    follow: @escaping @Sendable (TrialNews) -> Void
  ) async throws -> StageAnswer {
    let began = ContinuousClock.now
    let id = nextID(scenario, mechanism, armed: armed)
    guard let twin = prepared.twin(scenario.name, mechanism, armed: armed) else {
      throw LabError("Nothing was prepared for the trial \(id.folderName).")
    }
    let trial = Trial(
      id: id, scenario: scenario, twin: twin, forge: prepared.forge, traits: prepared.traits,
      purpose: .scenario(mayLack: prepared.kernel.name != defaultKernel))
    let source = WaitingGuests(
      pool: try pool(of: scenario),
      fresh: FreshGuests(of: try machine(of: scenario), logger: logger),
      accelerator: accelerator, logger: logger)
    let retrying: @Sendable (TrialRecord) -> Void = { record in
      follow(.said("the laboratory failed (\(record.reason ?? "no reason")); once more"))
    }
    let (record, evidence) = try await session.carryOut(
      trial, in: source, .init(follow: follow, retrying: retrying))
    return StageAnswer(
      record: record, rejection: try record.rejection(evidence: evidence),
      seconds: (ContinuousClock.now - began).seconds)
  }

  /// Ends all guests that wait.
  func close() async {
    for pool in pools.values { await pool.close() }
  }

  private func nextID(_ scenario: Scenario, _ mechanism: Mechanism, armed: Bool) -> TrialID {
    let trial = "\(scenario.name).\(mechanism.rawValue).\(armed)"
    repetitions[trial, default: 0] += 1
    return TrialID(
      scenario: scenario.name, mechanism: mechanism, armed: armed, kernel: prepared.kernel.name,
      profile: profile, repetition: repetitions[trial, default: 1])
  }

  /// What the agent is asked to do; nil if there is nothing to load.
  private func plan(_ scenario: Scenario, _ mechanism: Mechanism, armed: Bool) -> TrialPlan? {
    guard case .success(let twin) = prepared.twin(scenario.name, mechanism, armed: armed)?.result,
      let size = Files.size(twin.object)
    else { return nil }
    return scenario.plan(mechanism, armed: armed, objectSize: size)
  }

  private func machine(of scenario: Scenario) throws -> PreparedMachine {
    guard let machine = prepared.machines[.init(profile: profile, cpus: scenario.cpus)] else {
      throw LabError("No machine was prepared for \(scenario.name).")
    }
    return machine
  }

  private func pool(of scenario: Scenario) throws -> ReadyGuests? {
    if let pool = pools[scenario.cpus] { return pool }
    guard let template = try machine(of: scenario).template else { return nil }
    let place = "\(folder)/ready-\(scenario.cpus)"
    try Files.makeFolder(place)
    let pool = ReadyGuests(of: template, in: place)
    pools[scenario.cpus] = pool
    return pool
  }
}

extension TrialRecord {
  /// `explain`'s report on the refusal of the twin; nil if nothing refused it, or the compiler did.
  ///
  /// - Parameter evidence: the trial's evidence folder.
  func rejection(evidence folder: String) throws -> Rejection? {
    guard verdict.ruling == .rejected, verdict.by != Gate.compiler.rawValue else { return nil }
    let log = "\(folder)/\(Evidence.verifierName)"
    let words: [UInt8]
    if Files.exists(log) {
      words = try Files.read(log)
    } else {
      words = Array((reason ?? "").utf8)
    }
    var rejection = RefusalLog.rejection(in: words)
    rejection?.source = verdict.source
    return rejection
  }
}

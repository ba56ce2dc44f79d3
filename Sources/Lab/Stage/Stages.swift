// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
public import Machine
import Record
public import Scenarios
import Trials
import Verdicts

/// What is asked of a stage.
public struct StageRequest: Sendable {
  public var scenarios: [Scenario]
  /// A kernel of `vm/kernels.yaml`; nil for the default one.
  public var kernel: String?
  /// Nil to find out.
  public var accelerator: Accelerator?
  /// The folder that a run directory is made and kept in; nil to keep nothing.
  public var runs: String?
  /// The command line, for the record.
  public var command: [String] = []

  public init(scenarios: [Scenario]) {
    self.scenarios = scenarios
  }
}

/// Makes stages, and clears them away.
public struct Stages: Sendable {
  let preparation: Preparation

  /// Prepares a stage, and clears it away when `body` has ended, however it ends.
  ///
  /// - Throws: what keeps the stage from being prepared; what `body` throws.
  public func withStage(
    _ request: StageRequest, _ body: @Sendable (Stage) async throws -> Void
  ) async throws {
    let (prepared, profile) = try await preparation.kernel(
      named: request.kernel, scenarios: request.scenarios, request.accelerator)
    let texts = try request.scenarios.map {
      try ScenarioText.read($0.name, repository: preparation.repository.root)
    }
    let header = try header(request, prepared, profile: profile.name)
    let defaultKernel = try preparation.kernels.known().defaultKernel.name
    try await preparation.cache.temporarily(beside: "tries/stage") { folder in
      let directory = try RunDirectory.create(
        in: request.runs ?? "\(folder)/runs", header: header, scenarios: texts)
      let logger = preparation.logger
      let stage = Stage(
        prepared, profile: profile.name,
        TrialSession(directory, runner: TrialRunner(logger: logger)), defaultKernel: defaultKernel,
        folder: request.runs == nil ? folder : directory.path, logger: logger)
      try await Self.clearing(stage) { try await body(stage) }
      try Self.removeWaiting(directory)
    }
  }

  private static func clearing(
    _ stage: Stage, _ body: () async throws -> Void
  ) async throws {
    do {
      try await body()
    } catch {
      await stage.close()
      throw error
    }
    await stage.close()
  }

  /// The folders of guests that were not taken.
  private static func removeWaiting(_ directory: RunDirectory) throws {
    for name in try Files.list(directory.path) where name.hasPrefix("ready-") {
      try Files.remove("\(directory.path)/\(name)")
    }
  }

  private func header(
    _ request: StageRequest, _ prepared: PreparedKernel, profile: String
  ) throws -> RunHeader {
    try RunHeader.beginning(
      command: request.command, prepared: [prepared], kernels: [prepared.kernel.name],
      profiles: [profile],
      trials: request.scenarios.flatMap { scenario in
        Mechanism.allCases.map {
          TrialID(
            scenario: scenario.name, mechanism: $0, armed: true, kernel: prepared.kernel.name,
            profile: profile, repetition: 1)
        }
      })
  }
}

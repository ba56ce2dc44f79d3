// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Logging
public import Machine
import Record
public import Scenarios
import Trials
import Verdicts

/// What guests cost on this machine. Times are wall seconds, medians of alternating rounds, so that
/// a noisy machine disturbs all of them equally.
public struct BenchResult: Codable, Sendable {
  /// From QEMU's start to the agent's greeting, in a cold boot.
  public var coldBootSeconds: Double
  /// From QEMU's start to the agent's greeting, restored from the template.
  public var restoreSeconds: Double
  /// A whole trial in a restored guest: QEMU's start to its end, including the verdict.
  public var restoredTrialSeconds: Double
  /// ``coldBootSeconds`` by ``restoredTrialSeconds``.
  public var ratio: Double
  /// Whole trials, as many in parallel as there are cores.
  public var trialsPerSecond: Double
  /// Memory that a restored guest has for itself at its trial's beginning, in MiB.
  public var privateMemoryMiB: Double
  public var rounds: Int
  public var accelerator: Accelerator
  public var kernel: String
  public var scenario: String

  enum CodingKeys: String, CodingKey {
    case coldBootSeconds = "cold_boot_seconds"
    case restoreSeconds = "restore_seconds"
    case restoredTrialSeconds = "restored_trial_seconds"
    case ratio
    case trialsPerSecond = "trials_per_second"
    case privateMemoryMiB = "private_memory_mib"
    case rounds, accelerator, kernel, scenario
  }
}

/// How long trials take on this machine, and how long people wait for them.
public struct Benchmarks: Sendable {
  let preparation: Preparation
  let emit: EventSink

  /// Measures, `rounds` times each, a cold boot, a restore, and both armed twins' whole trials.
  ///
  /// - Parameters:
  ///   - scenario: whose trials are measured.
  ///   - names: `all` for those of `vm/kernels.yaml`, empty for the default one.
  /// - Returns: a result for each kernel, in their order; of several kernels, without those that
  ///   could not be measured.
  /// - Throws: why no kernel could be measured; what is wrong with the request.
  public func trials(
    _ scenario: Scenario, kernels names: [String], rounds: Int
  ) async throws -> (results: [BenchResult], isComplete: Bool) {
    var results: [BenchResult] = []
    let entries = try await preparation.kernels.select(names)
    for entry in entries {
      do {
        results.append(try await trials(scenario, entry, rounds: rounds))
      } catch  where entries.count > 1 && !Task.isCancelled {
        emit(.note("Kernel \(entry.name) is not measured: \(error)"))
        // If this happens to all of them, no single kernel is to blame.
        if entry == entries.last, results.isEmpty { throw error }
      }
    }
    return (results, results.count == entries.count)
  }

  private func trials(
    _ scenario: Scenario, _ entry: KnownKernel, rounds: Int
  ) async throws -> BenchResult {
    let profiles = try Profile.select(
      [], from: try Profile.load(preparation.repository.profilesFile))
    let prepared = try await preparation.kernel(
      entry, scenarios: [scenario], profiles: profiles, accelerator: nil, cold: false)
    let machine = prepared.machines[.init(profile: profiles[0].name, cpus: scenario.cpus)]!
    guard let template = machine.template else {
      throw LabError("There is no template to restore guests from.")
    }
    let lacking = Mechanism.allCases.filter { prepared.lack(of: scenario, $0, armed: true) != nil }
    for mechanism in lacking {
      let reason = prepared.lack(of: scenario, mechanism, armed: true) ?? ""
      emit(.note("The \(mechanism.rawValue) twin is not measured: \(reason)"))
    }
    let mechanisms = Mechanism.allCases.filter { !lacking.contains($0) }
    guard !mechanisms.isEmpty else {
      throw LabError("Kernel \(entry.name) can run neither twin of \(scenario.name).")
    }
    return try await preparation.cache.temporarily(beside: "bench") { folder in
      let directory = try RunDirectory.create(
        in: folder,
        header: try RunHeader.beginning(
          command: [], prepared: [prepared], kernels: [entry.name], profiles: [profiles[0].name],
          trials: []), scenarios: [])
      let bench = Bench(
        scenario: scenario, mechanisms: mechanisms, prepared: prepared, machine: machine,
        template: template, profile: profiles[0].name,
        session: TrialSession(directory, runner: TrialRunner(logger: preparation.logger)),
        folder: folder, logger: preparation.logger, emit: emit)
      return try await bench.measure(rounds)
    }
  }
}

/// One bench's rounds.
private struct Bench: Sendable {
  let scenario: Scenario
  /// Of the twins that this kernel can run.
  let mechanisms: [Mechanism]
  let prepared: PreparedKernel
  let machine: PreparedMachine
  let template: Template
  let profile: String
  let session: TrialSession
  let folder: String
  let logger: Logger
  let emit: EventSink

  func measure(_ rounds: Int) async throws -> BenchResult {
    var boots: [Double] = []
    var restores: [Double] = []
    var trials: [Double] = []
    var memory: [Double] = []
    for round in 1...rounds {
      emit(.preparing("round \(round) of \(rounds)"))
      boots.append(try await machine.secondsToBoot(files))
      let (seconds, mebibytes) = try await restore()
      restores.append(seconds)
      memory.append(mebibytes)
      for mechanism in mechanisms {
        trials.append(try await trial(mechanism, round).seconds.total)
      }
    }
    emit(.preparing("trials side by side"))
    let count = max(8, rounds * 2)
    let wall = try await sideBySide(count, after: rounds)
    let cold = boots.median
    let whole = trials.median
    return BenchResult(
      coldBootSeconds: cold, restoreSeconds: restores.median, restoredTrialSeconds: whole,
      ratio: cold / whole, trialsPerSecond: Double(count) / wall,
      privateMemoryMiB: memory.median, rounds: rounds,
      accelerator: prepared.accelerator.accelerator,
      kernel: prepared.kernel.release, scenario: scenario.name)
  }

  private var files: Guest.LogFiles {
    Guest.LogFiles(console: folder + "/console.log", qemuLog: folder + "/qemu.log")
  }

  private func restore() async throws -> (seconds: Double, privateMiB: Double) {
    let began = ContinuousClock.now
    let guest = try await template.restore(files: files, seconds: Preparation.bootSeconds)
    let seconds = (ContinuousClock.now - began).seconds
    let memory = guest.privateKiB()
    await guest.end()
    guard let memory else { throw LabError("A restored guest's memory could not be read.") }
    return (seconds, Double(memory) / 1024)
  }

  private func trial(_ mechanism: Mechanism, _ repetition: Int) async throws -> TrialRecord {
    let trial = Trial(
      id: TrialID(
        scenario: scenario.name, mechanism: mechanism, armed: true, kernel: prepared.kernel.name,
        profile: profile, repetition: repetition),
      scenario: scenario, twin: prepared.twin(scenario.name, mechanism, armed: true)!,
      forge: prepared.forge, traits: prepared.traits, purpose: .scenario(mayLack: false))
    let retrying: @Sendable (TrialRecord) -> Void = { [emit] record in
      emit(.note("\(record.id.folderName) is measured again: \(record.reason ?? "")"))
    }
    let (record, _) = try await session.carryOut(
      trial, in: FreshGuests(of: machine, logger: logger), .init(retrying: retrying))
    guard record.outcome == .met, record.started == .restored else {
      throw LabError("A measured trial was not as expected: \(record.reason ?? "it was booted").")
    }
    return record
  }

  private func sideBySide(_ count: Int, after rounds: Int) async throws -> Double {
    let began = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        if index >= HostMachine.cores { try await group.next() }
        group.addTask {
          _ = try await trial(mechanisms[index % mechanisms.count], rounds + 1 + index)
        }
      }
      try await group.waitForAll()
    }
    return (ContinuousClock.now - began).seconds
  }
}

extension PreparedMachine {
  /// Seconds of wall time from a cold boot to the agent's greeting.
  func secondsToBoot(_ files: Guest.LogFiles) async throws -> Double {
    let began = ContinuousClock.now
    let guest = try await Guest.boot(description, files: files, seconds: Preparation.bootSeconds)
    let seconds = (ContinuousClock.now - began).seconds
    await guest.end()
    return seconds
  }
}

extension [Double] {
  /// Of at least one value.
  var median: Double {
    let sorted = sorted()
    let middle = count / 2
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }
}

import Foundation
import Host
import Kernels
public import Machine
import Record
public import Scenarios
import Verdicts

/// What guests cost on this machine. Times are wall seconds, medians of alternating rounds, so that
/// a noisy machine disturbs all of them alike.
public struct BenchResult: Codable, Sendable {
  /// From QEMU's start to the agent's greeting, booted from nothing.
  public var coldBootSeconds: Double
  /// From QEMU's start to the agent's greeting, restored from the template.
  public var restoreSeconds: Double
  /// A whole trial in a restored guest: QEMU's start to its end, verdict included.
  public var restoredTrialSeconds: Double
  /// ``coldBootSeconds`` by ``restoredTrialSeconds``.
  public var ratio: Double
  /// Whole trials, as many side by side as there are cores.
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

extension Laboratory {
  /// Measure, `rounds` times each, a cold boot, a restore, and both armed twins' whole trials.
  ///
  /// - Parameters:
  ///   - scenario: whose trials are measured.
  ///   - names: `all` for those of `vm/kernels.yaml`, empty for the default one.
  /// - Returns: a result for each kernel, in their order; of several, without those that could not
  ///   be measured.
  /// - Throws: why no kernel could be measured; what is wrong with the request.
  public func bench(
    _ scenario: Scenario, kernels names: [String], rounds: Int
  ) async throws -> (results: [BenchResult], isComplete: Bool) {
    var results: [BenchResult] = []
    let entries = try select(names)
    for entry in entries {
      do {
        results.append(try await bench(scenario, entry, rounds: rounds))
      } catch  where entries.count > 1 && !Task.isCancelled {
        emit(.note("Kernel \(entry.name) is not measured: \(error)"))
        // Where that holds for all of them it is no kernel's own trouble.
        if entry == entries.last, results.isEmpty { throw error }
      }
    }
    return (results, results.count == entries.count)
  }

  private func bench(
    _ scenario: Scenario, _ entry: KnownKernel, rounds: Int
  ) async throws -> BenchResult {
    let profiles = try Profile.select([], from: try Profile.load(repository.profilesFile))
    let (prepared, choice) = try await preparation.kernel(
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
    return try await cache.temporarily(beside: "bench") { folder in
      let bench = Bench(
        scenario: scenario, mechanisms: mechanisms, prepared: prepared, machine: machine,
        template: template, profile: profiles[0].name, runner: TrialRunner(logger: logger),
        folder: folder)
      return try await bench.measure(rounds, accelerator: choice.accelerator, emit: emit)
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
  let runner: TrialRunner
  let folder: String

  func measure(
    _ rounds: Int, accelerator: Accelerator, emit: @Sendable (Event) -> Void
  ) async throws -> BenchResult {
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
        trials.append(try await trial(mechanism, "\(round)").seconds.total)
      }
    }
    emit(.preparing("trials side by side"))
    let count = max(8, rounds * 2)
    let wall = try await sideBySide(count)
    let cold = boots.median
    let whole = trials.median
    return BenchResult(
      coldBootSeconds: cold, restoreSeconds: restores.median, restoredTrialSeconds: whole,
      ratio: cold / whole, trialsPerSecond: Double(count) / wall,
      privateMemoryMiB: memory.median, rounds: rounds, accelerator: accelerator,
      kernel: prepared.kernel.release, scenario: scenario.name)
  }

  private var files: Guest.Files {
    Guest.Files(console: folder + "/console.log", qemuLog: folder + "/qemu.log")
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

  private func trial(_ mechanism: Mechanism, _ name: String) async throws -> TrialRecord {
    let id = TrialID(
      scenario: scenario.name, mechanism: mechanism, armed: true, kernel: prepared.kernel.name,
      profile: profile, repetition: 1)
    let twin = prepared.twin(scenario.name, mechanism, armed: true)!
    var job = TrialRunner.Job(
      id: id, scenario: scenario, twin: twin, description: machine.description,
      template: template, forge: prepared.forge,
      evidenceFolder: "\(folder)/\(mechanism.rawValue)-\(name)", evidenceName: name)
    job.traits = prepared.traits
    let result = try await runner.run(job)
    guard result.record.outcome == .met, result.record.started == .restored else {
      throw LabError(
        "A measured trial was not as expected: \(result.record.reason ?? "it was booted").")
    }
    return result.record
  }

  private func sideBySide(_ count: Int) async throws -> Double {
    let began = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<count {
        if index >= HostMachine.cores { try await group.next() }
        group.addTask {
          _ = try await trial(mechanisms[index % mechanisms.count], "side-\(index)")
        }
      }
      try await group.waitForAll()
    }
    return (ContinuousClock.now - began).seconds
  }
}

extension PreparedMachine {
  /// Seconds of wall time until a guest that boots from nothing greets.
  func secondsToBoot(_ files: Guest.Files) async throws -> Double {
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

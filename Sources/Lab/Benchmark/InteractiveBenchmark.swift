// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
public import Machine
import Record
public import Scenarios
import Synchronization
import Verdicts
import Wire

/// How long a user has to wait: wall seconds, medians of rounds.
public struct InteractiveBenchResult: Codable, Sendable {
  /// From QEMU's start to the agent's greeting, in a cold boot.
  public var coldBootSeconds: Double
  /// What it costs to have a guest wait: restored, exercised, stopped.
  public var readyGuestSeconds: Double
  /// From a key to the verdict, in guests that wait; each twin, and until both have theirs.
  public var moduleVerdictSeconds: Double
  public var programVerdictSeconds: Double
  public var bothVerdictsSeconds: Double
  /// From a save to the verdict of `try`, compiling included.
  public var tryProgramSeconds: Double
  public var tryModuleSeconds: Double
  /// Until a shell's prompt; absent if none was measured.
  public var shellStartSeconds: Double?
  public var rounds: Int
  public var accelerator: Accelerator
  public var kernel: String
  public var scenario: String

  enum CodingKeys: String, CodingKey {
    case coldBootSeconds = "cold_boot_seconds"
    case readyGuestSeconds = "ready_guest_seconds"
    case moduleVerdictSeconds = "module_verdict_seconds"
    case programVerdictSeconds = "program_verdict_seconds"
    case bothVerdictsSeconds = "both_verdicts_seconds"
    case tryProgramSeconds = "try_program_seconds"
    case tryModuleSeconds = "try_module_seconds"
    case shellStartSeconds = "shell_start_seconds"
    case rounds, accelerator, kernel, scenario
  }
}

extension Benchmarks {
  /// Measures, `rounds` times each in turn, how long `demo` and `try` make a user wait, and a cold
  /// boot for comparison.
  ///
  /// - Parameters:
  ///   - scenario: whose armed twins are measured; their verdicts should need no waiting.
  ///   - kernel: of `vm/kernels.yaml`; nil for the default one.
  ///   - shell: starts a shell, and returns the seconds until its prompt; nil to leave it out.
  public func interactive(
    _ scenario: Scenario, kernel: String?, rounds: Int,
    shell: (@Sendable () async throws -> Double)? = nil
  ) async throws -> InteractiveBenchResult {
    var request = StageRequest(scenarios: [scenario])
    request.kernel = kernel
    let clocks = Clocks()
    try await Stages(preparation: preparation).withStage(request) { stage in
      try await preparation.cache.temporarily(beside: "bench") { folder in
        let sources = try await sources(scenario, kernel: kernel, in: folder)
        for round in 1...rounds {
          emit(.preparing("round \(round) of \(rounds)"))
          clocks.note("boot", try await stage.timeOfBoot(scenario, in: folder))
          clocks.note("ready", try await stage.timeOfReadyGuest(scenario))
          try await verdicts(scenario, stage, clocks)
          for (mechanism, file) in sources {
            clocks.note("try \(mechanism.rawValue)", try await file.save(round))
          }
          if let shell { clocks.note("shell", try await shell()) }
        }
      }
      clocks.describe(stage.kernelRelease, stage.accelerator)
    }
    return try clocks.result(scenario: scenario.name, rounds: rounds)
  }

  /// Both armed twins, as a demo runs them: at once, in waiting guests.
  private func verdicts(_ scenario: Scenario, _ stage: Stage, _ clocks: Clocks) async throws {
    try await stage.expect(scenario, armed: true)
    try await stage.settle(scenario)
    let began = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for mechanism in Mechanism.allCases {
        group.addTask {
          let answer = try await stage.run(scenario, mechanism, armed: true) { _ in }
          clocks.note(mechanism.rawValue, (ContinuousClock.now - began).seconds)
          guard answer.record.outcome == .met else {
            throw LabError(
              "A measured trial was not as expected: \(answer.record.reason ?? "no reason").")
          }
        }
      }
      try await group.waitForAll()
    }
    clocks.note("both", (ContinuousClock.now - began).seconds)
  }

  private func sources(
    _ scenario: Scenario, kernel: String?, in folder: String
  ) async throws -> [(Mechanism, SavedFile)] {
    let text = try ScenarioText.read(scenario.name, repository: preparation.repository.root)
    var sources: [(Mechanism, SavedFile)] = []
    for mechanism in Mechanism.allCases {
      let path = "\(folder)/\(Files.name(of: scenario.sourcePath(mechanism)))"
      try Files.write(text[mechanism] ?? "", to: path)
      var request = TryRequest(files: [path])
      request.kernels = [kernel].compactMap(\.self)
      request.armed = true
      request.shape.workload = scenario.workload
      // Another harness may be building modules at the same time.
      request.seconds = 600
      let session = try await Tries(preparation: preparation).prepare(request)
      sources.append(
        (mechanism, SavedFile(path: path, text: text[mechanism] ?? "", session: session)))
    }
    return sources
  }
}

/// A source that is saved, and tried.
private struct SavedFile: Sendable {
  let path: String
  let text: String
  let session: TrySession

  /// - Returns: the seconds from a save, with a change that the cache has not seen, to the verdict.
  func save(_ round: Int) async throws -> Double {
    try Files.write(
      text + "\n/* round \(round) of \(UInt64.random(in: .min ... .max)) */\n", to: path)
    let began = ContinuousClock.now
    let answer = try await session.carryOut()
    let seconds = (ContinuousClock.now - began).seconds
    guard let verdict = answer.trials.first?.record.verdict, verdict.ruling != .inconclusive else {
      throw LabError("\(path) has no verdict when it is tried.")
    }
    return seconds
  }
}

/// What was measured, by name.
private final class Clocks: Sendable {
  private struct State {
    var seconds: [String: [Double]] = [:]
    var kernel = ""
    var accelerator = Accelerator.tcg
  }

  private let state = Mutex(State())

  func note(_ name: String, _ seconds: Double) {
    state.withLock { $0.seconds[name, default: []].append(seconds) }
  }

  func describe(_ kernel: String, _ accelerator: Accelerator) {
    state.withLock { ($0.kernel, $0.accelerator) = (kernel, accelerator) }
  }

  /// - Throws: ``LabError`` if something was not measured: zero seconds would be no answer.
  func result(scenario: String, rounds: Int) throws -> InteractiveBenchResult {
    try state.withLock { state in
      func median(_ name: String) throws -> Double {
        guard let seconds = state.seconds[name] else {
          throw LabError("\(name) was not measured.")
        }
        return seconds.median
      }
      return InteractiveBenchResult(
        coldBootSeconds: try median("boot"), readyGuestSeconds: try median("ready"),
        moduleVerdictSeconds: try median("lkm"), programVerdictSeconds: try median("bpf"),
        bothVerdictsSeconds: try median("both"), tryProgramSeconds: try median("try bpf"),
        tryModuleSeconds: try median("try lkm"), shellStartSeconds: state.seconds["shell"]?.median,
        rounds: rounds, accelerator: state.accelerator, kernel: state.kernel, scenario: scenario)
    }
  }
}

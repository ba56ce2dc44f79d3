// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Lab
import Machine
import Scenarios

struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measure what guests cost here, in alternating rounds.",
    discussion: """
      Exit status 2 if one of several kernels can't be measured; the others still are.

      Examples:
        panicroom bench
        panicroom bench --kernel all
        panicroom bench --rounds 15 --format json
        panicroom bench --interactive
      """)

  @Option(help: "Number of rounds (medians are reported).")
  var rounds = 7

  @Option(
    help: "The scenario whose armed twins are measured.", completion: Completions.scenarios)
  var scenario = "null-map-value"

  @Option(
    help: "A kernel (see kernel list), or all. Repeatable.",
    completion: Completions.kernels)
  var kernel: [String] = []

  @Option(help: "What goes to stdout: terminal or json.")
  var format = AnswerOptions.Format.terminal

  @Flag(
    help: """
      Measure instead how long demo, try and shell make people wait for a verdict or a prompt.
      """)
  var interactive = false

  func validate() throws {
    if interactive && (kernel.count > 1 || kernel == ["all"]) {
      throw ValidationError("--interactive measures one kernel.")
    }
    if rounds < 1 || rounds > 1000 {
      throw ValidationError("--rounds takes a number from 1 to 1000.")
    }
  }

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: false) { progress.follow($0) }
    let chosen = try Catalogue.load(repository: laboratory.repository.root).scenario(
      named: scenario)
    if interactive { return try await measureInteractive(laboratory, chosen) }
    let (results, isComplete) = try await Interruption.cancelling { [kernel, rounds] in
      try await laboratory.benchmarks.trials(chosen, kernels: kernel, rounds: rounds)
    }
    Terminal.standard.show(status: "")
    switch format {
    case .json:
      // One object for one kernel, as always.
      if Set(kernel).count < 2, kernel != ["all"], results.count == 1 {
        try Output.print(json: results[0])
      } else {
        try Output.print(json: results)
      }
    case .terminal: try Output.print(results.map(table).joined(separator: "\n"))
    }
    if !isComplete { throw ExitStatus.badRequest }
  }

  private func measureInteractive(_ laboratory: Laboratory, _ chosen: Scenario) async throws {
    let result = try await Interruption.cancelling { [kernel, rounds] in
      try await laboratory.benchmarks.interactive(chosen, kernel: kernel.first, rounds: rounds) {
        try await laboratory.shells.withRoom(ShellRequest(kernel: kernel.first)) {
          try await $0.secondsToPrompt()
        }
      }
    }
    Terminal.standard.show(status: "")
    switch format {
    case .json: try Output.print(json: result)
    case .terminal: try Output.print(table(result))
    }
  }

  private func table(_ result: InteractiveBenchResult) -> String {
    var rows = [
      ("cold boot", result.coldBootSeconds),
      ("a guest made ready to wait", result.readyGuestSeconds),
      ("key to the module's verdict", result.moduleVerdictSeconds),
      ("key to the program's verdict", result.programVerdictSeconds),
      ("key to both verdicts", result.bothVerdictsSeconds),
      ("save to verdict, try .bpf.c", result.tryProgramSeconds),
      ("save to verdict, try module", result.tryModuleSeconds),
    ]
    if let shell = result.shellStartSeconds { rows.append(("shell's prompt", shell)) }
    let title =
      "kernel \(result.kernel), \(result.accelerator.rawValue.uppercased()), "
      + "\(result.scenario), medians of \(result.rounds) rounds\n"
    return title
      + rows.map { name, seconds in
        name.padding(toLength: 30, withPad: " ", startingAt: 0)
          + String(format: "%9.3f s", seconds)
          + String(format: "%9.1f", result.coldBootSeconds / max(seconds, 1e-9))
          + " times a boot's speed\n"
      }.joined()
  }

  private func table(_ result: BenchResult) -> String {
    let rows = [
      ("cold boot", result.coldBootSeconds, "s"), ("restore", result.restoreSeconds, "s"),
      ("restored trial", result.restoredTrialSeconds, "s"),
      ("cold boot / restored trial", result.ratio, ""),
      ("trials side by side", result.trialsPerSecond, "trials/s"),
      ("private memory of a clone", result.privateMemoryMiB, "MiB"),
    ]
    let title =
      "kernel \(result.kernel), \(result.accelerator.rawValue.uppercased()), "
      + "\(result.scenario), medians of \(result.rounds) rounds\n"
    return title
      + rows.map { name, value, unit in
        name.padding(toLength: 28, withPad: " ", startingAt: 0)
          + String(format: "%9.3f", value) + " \(unit)\n"
      }.joined()
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Lab

struct DoctorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Report what this machine has, what is missing, and which accelerator it uses.",
    discussion: """
      Each finding comes with the command that fixes it. The lines "offline" say for each kernel \
      whether it can run the whole catalogue without a network. Exit status 2 if something that a \
      run needs is missing.

      On a machine that you never used before, --self-check runs 13 trials whose results are known, one \
      for each kind of verdict and of hang. If one differs under KVM, guests run under TCG from then \
      on, and doctor says why. It takes about half a minute.

      Examples:
        panicroom doctor
        panicroom doctor --self-check
        panicroom doctor --format json
      """)

  @Option(help: "What goes to stdout: terminal or json.")
  var format = AnswerOptions.Format.terminal

  @Flag(help: "Also run trials whose results are known.")
  var selfCheck = false

  func run() async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: false) { progress.follow($0) }
    let command = Array(CommandLine.arguments.dropFirst())
    let list = try await Interruption.cancelling { [selfCheck] in
      var list = try await laboratory.doctor.diagnose()
      if selfCheck {
        list += try await laboratory.selfCheck.run(
          runs: laboratory.repository.runsFolder, command: command)
      }
      return list
    }
    switch format {
    case .json: try Output.print(json: list)
    case .terminal:
      for item in list { try Output.print(line(item)) }
    }
    if list.contains(where: { $0.state == .missing }) { throw ExitStatus.badRequest }
  }

  private func line(_ item: Diagnosis) -> String {
    let sign =
      switch item.state {
      case .fine: "ok     "
      case .missing: "MISSING"
      case .note: "note   "
      }
    let name = item.what.padding(toLength: 20, withPad: " ", startingAt: 0)
    return "\(sign)  \(name)  \(item.detail)"
      + (item.remedy.map { "\n\(String(repeating: " ", count: 31))→ \($0)" } ?? "") + "\n"
  }
}

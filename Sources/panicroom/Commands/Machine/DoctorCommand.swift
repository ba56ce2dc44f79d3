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

      Examples:
        panicroom doctor
        panicroom doctor --format json
      """)

  @Option(help: "What goes to stdout: terminal or json.")
  var format = AnswerOptions.Format.terminal

  func run() async throws {
    let laboratory = try Setup.laboratory(verbose: false) { _ in }
    let list = try await Interruption.cancelling { try await laboratory.doctor.diagnose() }
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

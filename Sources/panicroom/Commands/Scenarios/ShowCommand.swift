// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab
import Reports
import Scenarios

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one scenario: its lesson, its armed lines, what is expected and why.",
    discussion: """
      From 120 columns, the armed lines of both twins are shown side by side.

      Examples:
        panicroom show null-map-value
        panicroom show null-map-value --format json
      """)

  @Argument(help: "The scenario's name.", completion: Completions.scenarios)
  var scenario: String

  @Option(help: "What goes to stdout: terminal or json.")
  var format = AnswerOptions.Format.terminal

  func run() throws {
    let repository = try Setup.repository()
    let chosen = try Catalogue.load(repository: repository.root).scenario(named: scenario)
    let text = try ScenarioText.read(chosen.name, repository: repository.root)
    switch format {
    case .terminal:
      try Output.print(
        ShowReport.render(
          chosen, text, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
    case .json: try Output.print(try ScenarioJSON.show(chosen, text))
    }
  }
}

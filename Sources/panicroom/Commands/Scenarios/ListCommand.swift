// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab
import Reports
import Scenarios

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the scenarios.",
    discussion: """
      Different filters narrow the list together; repeating a filter accepts any of its values.

      Examples:
        panicroom list
        panicroom list 'null-*'
        panicroom list --family locks --verdict hung
        panicroom list --mechanism bpf --verdict survived --hook tc
        panicroom list --weakness 476 --format json
        panicroom list --format markdown > docs/catalogue.md
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case terminal, json, markdown
  }

  @Argument(
    help: "Names of scenarios, or patterns with * and ? (default: all).",
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @OptionGroup var filter: FilterOptions

  @Option(help: "terminal, json, or markdown for the page docs/catalogue.md.")
  var format = Format.terminal

  func run() throws {
    let repository = try Setup.repository()
    let catalogue = try Catalogue.load(repository: repository.root)
    let chosen = try filter.select(try catalogue.select(scenarios), of: catalogue)
    switch format {
    case .terminal where chosen.isEmpty:
      // stdout stays empty, for scripts.
      Terminal.standard.say("no scenario matches all of these filters; omit one of them")
    case .json: try Output.print(try ScenarioJSON.list(chosen))
    case .terminal:
      try Output.print(
        ListReport.render(
          chosen, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
    case .markdown:
      let types = try CrashTypes.read("\(repository.root)/docs/lkdtm.yaml")
      try Output.print(CatalogueReport.render(chosen, types))
    }
  }
}

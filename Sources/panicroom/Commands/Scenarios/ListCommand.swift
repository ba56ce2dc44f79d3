// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab
import Reports
import Scenarios

struct ListCommand: AsyncParsableCommand {
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
        panicroom list --mutants null-map-value
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

  @Flag(
    help: "List the small faults that --suite mutants puts into the twins, each as a changed line.")
  var mutants = false

  func validate() throws {
    if mutants, format == .markdown {
      throw ValidationError("--mutants are listed for the terminal or as json.")
    }
  }

  func run() async throws {
    let repository = try Setup.repository()
    let catalogue = try Catalogue.load(repository: repository.root)
    let chosen = try filter.select(try catalogue.select(scenarios), of: catalogue)
    if mutants, !chosen.isEmpty { return try await list(mutantsOf: chosen) }
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

  private func list(mutantsOf scenarios: [Scenario]) async throws {
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: false) { progress.follow($0) }
    let mutants = try await Interruption.cancelling {
      try await laboratory.mutantLists.mutants(of: scenarios)
    }
    Terminal.standard.show(status: "")
    try Output.print(
      format == .json
        ? try MutantListReport.json(mutants)
        : MutantListReport.render(
          mutants, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
  }
}

import ArgumentParser
import Lab
import Reports
import Scenarios

struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the scenarios.",
    discussion: """
      Examples:
        panicroom list
        panicroom list 'null-*'
      """)

  @Argument(help: "Names of scenarios, or patterns with * and ?. All where none is given.")
  var scenarios: [String] = []

  func run() throws {
    let repository = try Setup.repository()
    let chosen = try Catalogue.load(repository: repository.root).select(scenarios)
    try Output.print(
      ListReport.render(
        chosen, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
  }
}

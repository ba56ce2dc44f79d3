import ArgumentParser
import Lab
import Reports
import Scenarios

struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show",
    abstract: "Show one scenario: its lesson, its armed lines, what is expected and why.",
    discussion: """
      Example:
        panicroom show null-map-value
      """)

  @Argument(help: "The scenario's name.")
  var scenario: String

  func run() throws {
    let repository = try Setup.repository()
    let chosen = try Catalogue.load(repository: repository.root).scenario(named: scenario)
    let text = try ScenarioText.read(chosen.name, repository: repository.root)
    try Output.print(
      ShowReport.render(
        chosen, text, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
  }
}

import ArgumentParser
import Lab
import Scenarios

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check every scenario's file and sources.",
    discussion: """
      Problems are printed as file:line: message. Exit status 2 where there are any.

      Example:
        panicroom check
      """)

  func run() throws {
    let repository = try Setup.repository()
    let problems = try Check.problems(repository: repository.root)
    for problem in problems.sorted() { try Output.print("\(problem)\n") }
    if !problems.isEmpty { throw ExitStatus.badRequest }
    let count = try Catalogue.load(repository: repository.root).scenarios.count
    try Output.print("\(count) scenarios, nothing wrong.\n")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab
import Scenarios

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check every scenario's file and sources.",
    discussion: """
      Problems are printed as file:line: message. Exit status 2 if there are any.

      Examples:
        panicroom check
        panicroom check --compile
        panicroom check --compile 'null-*' --kernel 6.1
      """)

  @Argument(
    help: "What --compile compiles: names, or patterns with * and ?. All by default.",
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @Flag(help: "Also compile both twins. Fetches the kernel's headers if they are missing.")
  var compile = false

  @Option(
    help: "The kernel that --compile compiles for.",
    completion: Completions.kernel)
  var kernel: String?

  func validate() throws {
    if !compile, kernel != nil || !scenarios.isEmpty {
      throw ValidationError("Names and --kernel need --compile: without it everything is checked.")
    }
  }

  func run() async throws {
    let repository = try Setup.repository()
    var problems = try Check.problems(repository: repository.root)
    let catalogue = try Catalogue.load(repository: repository.root)
    if compile {
      let progress = Progress(Terminal.standard)
      let laboratory = try Setup.laboratory(verbose: false) { progress.follow($0) }
      let chosen = try scenarios.isEmpty ? catalogue.scenarios : catalogue.select(scenarios)
      problems += try await Interruption.cancelling { [kernel] in
        try await laboratory.compileCheck.problems(in: chosen, kernel: kernel)
      }
      Terminal.standard.show(status: "")
    }
    for problem in problems.sorted() { try Output.print("\(problem)\n") }
    if !problems.isEmpty { throw ExitStatus.badRequest }
    let compiled = compile ? " Both twins compile." : ""
    try Output.print("\(catalogue.scenarios.count) scenarios, no problems.\(compiled)\n")
  }
}

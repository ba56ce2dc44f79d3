// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Lab
public import Scenarios

struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write the three files of a new pair, which runs without changes.",
    discussion: """
      The files are filled in from the folder templates, or copied from another pair. Existing files are \
      not overwritten.

      Examples:
        panicroom new my-fault
        panicroom new my-fault --family lifetime
        panicroom new my-fault --from null-map-value
      """)

  @Argument(help: "The scenario's name: lower-case letters, digits and hyphens, a letter first.")
  var name: String

  @Option(help: "memory, control, locks, lifetime, contract or limits (default: memory).")
  var family: Scenario.Family?

  @Option(help: "Copy this pair.", completion: Completions.scenarios)
  var from: String?

  func validate() throws {
    if from != nil, family != nil {
      throw ValidationError("--from copies the family, too: use only one of --from and --family.")
    }
  }

  func run() throws {
    let repository = try Setup.repository().root
    let template =
      if let from {
        try ScenarioTemplate(name: name, from: from, repository: repository)
      } else {
        try ScenarioTemplate(name: name, family: family ?? .memory, repository: repository)
      }
    try template.write(to: repository)
    for file in template.files { try Output.print("\(file.path)\n") }
    try Output.print(
      """

      The pair already works: ./panicroom run \(name)
      Next: put your own job and fault into both sources, at the same place; mark the lines that the
      fault is in with /* armed */; say in the YAML file what theory expects and why; write the lesson.
      docs/scenarios.md describes the files. While you edit: ./panicroom check \(name) --watch

      """)
  }
}

extension Scenario.Family: ExpressibleByArgument {}

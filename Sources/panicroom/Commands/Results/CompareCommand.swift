// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Host
import Record
public import Reports

struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare runs: what changed in verdicts, categories, observations and times.",
    discussion: """
      The first run is the baseline. Exit status: 0 if nothing got worse, 1 if something did.

      Runs of one kernel each are compared even if their kernels differ.

      Examples:
        panicroom compare baseline runs/latest                     before and after a change
        panicroom compare runs/on-6.1 runs/on-6.12 runs/on-7.2     from kernel to kernel
        panicroom compare baseline runs/latest --format html -o changes.html
        panicroom compare baseline runs/latest --format markdown >> "$GITHUB_STEP_SUMMARY"
      """)

  @Argument(
    help: ArgumentHelp("The baseline's run directory, and one or more others.", valueName: "run"),
    completion: .directory)
  var directories: [String]

  @Option(help: "terminal, json, markdown or html.")
  var format = ComparisonReport.Format.terminal

  @Option(
    name: [.customShort("o"), .long], help: "Write to this file instead of stdout.",
    completion: .file())
  var output: String?

  func validate() throws {
    if directories.count < 2 {
      throw ValidationError("compare needs at least two run directories, the baseline first.")
    }
  }

  func run() throws {
    let runs = try directories.map(RunDirectory.read)
    let comparisons = runs.dropFirst().map { Comparison(runs[0], $0) }
    let text = try ComparisonReport.render(
      comparisons, as: format, width: Terminal.columns(1),
      colour: output == nil && Terminal.outputTakesColour)
    if let output {
      try Files.write(text, to: output)
    } else {
      try Output.print(text)
    }
    if comparisons.contains(where: \.isWorse) { throw ExitCode(1) }
  }
}

extension ComparisonReport.Format: ExpressibleByArgument {}

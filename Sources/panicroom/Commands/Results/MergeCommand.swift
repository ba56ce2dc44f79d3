// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Record

struct MergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Put the parts of a run together, as if it had never been cut.",
    discussion: """
      Takes run directories that run --shard made, in any order, and makes one run directory of them, \
      which every other command takes. Says which parts are missing, and how to get them. Nothing is \
      changed in the parts. The exit status is that of run.

      Examples:
        panicroom merge part-1/latest part-2/latest -o merged
        panicroom merge parts/*/latest -o merged --junit results.xml
      """)

  @Argument(
    help: ArgumentHelp("The run directories of the parts.", valueName: "run"),
    completion: .directory)
  var runs: [String]

  @Option(
    name: [.customShort("o"), .long],
    help: "The run directory to make. Evidence is hard-linked there if possible, else copied.",
    completion: .directory)
  var output: String

  @OptionGroup var answer: AnswerOptions

  func run() async throws {
    let merge = try await Interruption.cancelling { [runs, output] in
      let merge = try RunMerge(runs)
      let omissions = try merge.write(to: output)
      return (notes: merge.notes + omissions, gaps: merge.gaps)
    }
    for note in merge.notes { Terminal.standard.say("note: \(note)") }
    tell(merge.gaps)
    try answer.give(try RunDirectory.read(output), output)
  }

  private func tell(_ gaps: [RunMerge.Gap]) {
    guard !gaps.isEmpty else { return }
    let parts = gaps.map { "\($0.part)" }.joined(separator: ",")
    Terminal.standard.say(
      "trials are missing in parts \(parts); a Slurm array gets them with sbatch --array=\(parts), or:"
    )
    for gap in gaps {
      Terminal.standard.say("  ./panicroom \(PartCommand.quoted(gap.command))")
    }
  }
}

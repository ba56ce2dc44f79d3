// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Lab

extension KernelCommand {
  struct Build: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Build a kernel from Debian's source, with checks that no stock kernel has.",
      discussion: """
        vm/builds.yaml lists them. To continue a build that was interrupted, run the same command \
        again: what was fetched and compiled is kept. The time left is estimated from the files \
        that remain to be compiled.

        Examples:
          panicroom kernel build debug
          panicroom kernel build debug --series 6.12
          panicroom run --kernel debug
        """)

    @Argument(help: "A name of vm/builds.yaml.")
    var name: String

    @Option(
      help: ArgumentHelp(
        "The series of Linux (default: that of the default kernel).", valueName: "series"))
    var series: String?

    @Option(
      name: [.short, .long],
      help: "Compilers to run in parallel, 1 to 256 (default: one per core).")
    var jobs: Int?

    @Flag(help: "Discard what an earlier build left, and fetch the source again.")
    var fromScratch = false

    @Flag(help: "Keep source and objects (3 GiB), so that the next build is fast.")
    var keep = false

    @Flag(name: [.short, .long], help: "Print more detail.")
    var verbose = false

    func validate() throws {
      if let jobs, !(1...256).contains(jobs) {
        throw ValidationError("--jobs takes a number from 1 to 256.")
      }
    }

    func run() async throws {
      let progress = Progress(Terminal.standard)
      let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
      let order = KernelOrder(
        name: name, series: series, jobs: jobs, fromScratch: fromScratch, keeping: keep)
      let answer = try await Interruption.cancelling { try await laboratory.kernels.build(order) }
      Terminal.standard.show(status: "")
      try Output.print(answer.text)
    }
  }
}

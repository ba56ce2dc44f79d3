// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Kernels
import Lab
import Record
import Reports

struct KernelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernel",
    abstract: "Manage the kernels that guests run: list, fetch, add, build, remove, compare.",
    discussion: """
      Examples:
        panicroom kernel list
        panicroom kernel fetch all
        panicroom kernel build debug
      """,
    subcommands: [
      List.self, Fetch.self, Build.self, KernelAddCommand.self, Remove.self, Features.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the kernels, including those added here, and which are in the cache.",
      discussion: """
        Examples:
          panicroom kernel list
          panicroom kernel list --format json
          panicroom kernel list --available
        """)

    @Flag(help: "List instead every release that Debian's suites hold now, by apt's lists.")
    var available = false

    @Option(help: "What goes to stdout: terminal or json.")
    var format = AnswerOptions.Format.terminal

    func run() async throws {
      let progress = Progress(Terminal.standard)
      let kernels = try Setup.laboratory(verbose: false) { progress.follow($0) }.kernels
      if available { return try await listAvailable(kernels) }
      let list = try await kernels.list()
      switch format {
      case .json: try Output.print(json: list)
      case .terminal: for item in list { try Output.print(KernelCommand.lines(item)) }
      }
    }

    private func listAvailable(_ kernels: KernelShelf) async throws {
      let ladder = try await Interruption.cancelling { try await kernels.askForLadder() }
      switch format {
      case .json: try Output.print(json: ladder.rungs)
      case .terminal: try Output.print(LadderTable.render(ladder))
      }
    }
  }

  struct Fetch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Fetch kernels that are not in the cache yet.",
      discussion: """
        Exit status 2 if one can't be fetched; the others still are.

        Examples:
          panicroom kernel fetch 6.12
          panicroom kernel fetch all --verbose
        """)

    @Argument(
      help: "Names of kernels; all means those of vm/kernels.yaml.", completion: Completions.kernels
    )
    var names: [String]

    @Flag(name: [.short, .long], help: "Print more detail.")
    var verbose = false

    func run() async throws {
      let progress = Progress(Terminal.standard)
      let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
      let reasons = try await Interruption.cancelling { [names] in
        try await laboratory.kernels.fetch(names)
      }
      for (name, reason) in reasons.sorted(by: { $0.key < $1.key }) {
        Terminal.standard.say("panicroom: kernel \(name) could not be fetched: \(reason)")
      }
      if !reasons.isEmpty { throw ExitStatus.badRequest }
    }
  }

  struct Remove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete kernels from the cache, with the objects and templates made for them.",
      discussion: """
        An added kernel is removed permanently; the files it was made from stay. A kernel that was \
        built here is removed with its build, even if that was never finished.

        Examples:
          panicroom kernel remove sid
        """)

    @Argument(
      help: "Names of kernels; all means those of vm/kernels.yaml.", completion: Completions.kernels
    )
    var names: [String]

    func run() async throws {
      try await Setup.laboratory(verbose: false) { _ in }.kernels.remove(names)
    }
  }

  struct Features: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Probe a guest of each kernel for its program types, maps and helpers.",
      discussion: """
        The table has the features that differ between kernels; JSON has all of them. Exit status \
        2 if one of several kernels can't be probed; the others still are.

        Examples:
          panicroom kernel features
          panicroom kernel features 5.10 6.12
        """)

    @Argument(
      help: "Names of kernels (default: those of vm/kernels.yaml).",
      completion: Completions.kernels)
    var names: [String] = []

    @Option(help: "What goes to stdout: terminal or json.")
    var format = AnswerOptions.Format.terminal

    func run() async throws {
      let progress = Progress(Terminal.standard)
      let laboratory = try Setup.laboratory(verbose: false) { progress.follow($0) }
      let ladder = try await Interruption.cancelling { [names] in
        try await laboratory.features.probe(names)
      }
      switch format {
      case .json: try Output.print(json: ladder)
      case .terminal: try Output.print(FeatureReport.render(ladder))
      }
      if ladder.kernels.contains(where: { $0.reason != nil }) { throw ExitStatus.badRequest }
    }
  }

  /// A kernel in a line, and below it what it can't be used for.
  static func lines(_ item: KernelStatus) -> String {
    func pad(_ text: String, _ length: Int) -> String {
      text.padding(toLength: max(length, text.count), withPad: " ", startingAt: 0)
    }
    let mark = item.isDefault ? " (default)" : item.isLocal ? " (added)" : ""
    let name = pad(item.name + mark, 16)
    guard let release = item.release else {
      return item.problem.map { "\(name)  can't be used: \($0)\n" }
        ?? "\(name)  not fetched; from \(item.suites.joined(separator: ", "))\n"
    }
    let origin = item.ownCompiler ? "its own" : "this machine's"
    let compiler = item.compiler.map { "\($0), \(origin)" } ?? "no compiler"
    return "\(name)  \(pad(release, 28))  \(pad("\(item.mebibytes ?? 0) MiB", 8))  \(compiler)\n"
      + item.lacks.map { "    \($0)\n" }.joined()
  }
}

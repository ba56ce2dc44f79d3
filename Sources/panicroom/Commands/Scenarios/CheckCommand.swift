// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Host
import Interactive
import Lab
import Scenarios
import Verdicts

struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check scenarios: their files, their sources, and whether these compile.",
    discussion: """
      Problems are printed as file:line: message. Exit status 2 if there are any.

      Examples:
        panicroom check
        panicroom check my-fault --watch
        panicroom check --compile
        panicroom check --compile 'null-*' --kernel 6.1
      """)

  @Argument(
    help: "Names of scenarios, or patterns with * and ? (default: all).",
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @Flag(help: "Also compile both twins. Fetches the kernel's headers if they are missing.")
  var compile = false

  @Option(
    help: "The kernel that --compile compiles for.",
    completion: Completions.kernel)
  var kernel: String?

  @Flag(help: "Check again whenever a file of theirs is saved, until Ctrl-C.")
  var watch = false

  func validate() throws {
    if !compile, kernel != nil { throw ValidationError("--kernel needs --compile.") }
  }

  func run() async throws {
    let repository = try Setup.repository()
    try await Interruption.cancelling {
      if watch { return try await checkOnEverySave(in: repository) }
      guard try await check(in: repository) else { throw ExitStatus.badRequest }
    }
  }

  /// - Returns: whether there are no problems.
  private func check(in repository: Repository) async throws -> Bool {
    let names = try Catalogue.names(repository: repository.root, matching: scenarios)
    var problems = try Check.problems(repository: repository.root, matching: scenarios)
    if compile {
      let progress = Progress(Terminal.standard)
      let laboratory = try Setup.laboratory(verbose: false) { progress.follow($0) }
      let whole = try Catalogue.load(repository: repository.root).scenarios
      problems += try await laboratory.compileCheck.problems(
        in: whole.filter { names.contains($0.name) }, kernel: kernel)
      Terminal.standard.show(status: "")
    }
    for problem in problems.sorted() { try Output.print("\(problem)\n") }
    guard problems.isEmpty else { return false }
    let count = names.count == 1 ? "1 scenario" : "\(names.count) scenarios"
    try Output.print("\(count), no problems.\(compile ? " Both twins compile." : "")\n")
    return true
  }

  private func checkOnEverySave(in repository: Repository) async throws {
    var checked: SaveStamp?
    var last: SaveStamp?
    while true {
      let now = SaveStamp(of: try files(in: repository).filter(Files.exists))
      // What an editor does to save takes a moment, in which a file may be missing.
      if now == last, now != checked {
        checked = now
        _ = try await check(in: repository)
        Terminal.standard.say("waiting for the next save; Ctrl-C ends")
      }
      last = now
      try await Task.sleep(for: .milliseconds(80))
    }
  }

  /// Whatever a check reads, headers included.
  private func files(in repository: Repository) throws -> [String] {
    let names = try Catalogue.names(repository: repository.root, matching: scenarios)
    let headers = try ["bpf", "lkm"].flatMap { folder in
      try Files.list("\(repository.root)/\(folder)").filter { $0.hasSuffix(".h") }
        .map { "\(folder)/\($0)" }
    }
    let own = names.flatMap { name in
      ["scenarios/\(name).yaml"] + Mechanism.allCases.map { Scenario.sourcePath($0, of: name) }
    }
    return (own + headers).map { "\(repository.root)/\($0)" }
  }
}

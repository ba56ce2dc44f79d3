// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc
import Host
import Lab
import Record

/// The command line: parses, calls the library, renders.
@main
struct Panicroom: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "panicroom",
    abstract: "What does faulty code do to a Linux kernel: as a module, and as an eBPF program?",
    discussion: """
      Boots real kernels in QEMU, loads the two twins of a scenario, arms the fault, and records \
      whether it was rejected, contained, or brought the guest down.

      Exit status: 0 every outcome met; 1 some unmet; 2 the request or a file is wrong; \
      3 some inconclusive, none unmet; 130 interrupted.

      Examples:
        panicroom doctor                     what this machine has and lacks
        panicroom run null-map-value         one scenario, both twins
        panicroom try probe.bpf.c            your own program
      """,
    version: Version.number,
    subcommands: [
      RunCommand.self, ListCommand.self, ShowCommand.self, CheckCommand.self, NewCommand.self,
      ReportCommand.self, CompareCommand.self, MergeCommand.self, ShardsCommand.self,
      TryCommand.self, DemoCommand.self, ShellCommand.self, PrepareCommand.self, KernelCommand.self,
      DoctorCommand.self, BenchCommand.self, ClassifyCommand.self, ExplainCommand.self,
      ManCommand.self, ParseCommand.self,
    ])

  static func main() async {
    // Progress goes to a pipe that may close before we end: an error there, not a signal.
    signal(SIGPIPE, SIG_IGN)
    Heap.share()
    do {
      try UnknownCommand.refuse(CommandLine.arguments.dropFirst(), of: Panicroom.self)
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      finish(error)
    }
  }

  /// Say what went wrong and leave with design.md's status for it.
  private static func finish(_ error: any Error) -> Never {
    if let code = error as? ExitCode { Panicroom.exit(withError: code) }
    if error is CancellationError {
      Terminal.standard.show(status: "")
      Terminal.standard.say("panicroom: interrupted")
      Panicroom.exit(withError: ExitStatus.interrupted)
    }
    // Help and version are "errors" that succeed.
    if Panicroom.exitCode(for: error) == .success { Panicroom.exit(withError: error) }
    let isUsage = Panicroom.exitCode(for: error) == .validationFailure
    Terminal.standard.say(
      isUsage
        ? UsageHint.added(to: Panicroom.fullMessage(for: error))
        : "panicroom: \(error)\(hint(for: error))")
    Panicroom.exit(withError: ExitStatus.badRequest)
  }

  /// A run directory with a name like the given one.
  private static func hint(for error: any Error) -> String {
    guard case RunDirectoryError.notARunDirectory(let path)? = error as? RunDirectoryError else {
      return ""
    }
    let folder = path.contains("/") ? Files.parent(of: path) : "."
    return NearFile.hint(for: path) { Files.size("\(folder)/\($0)/run.json") != nil }
  }
}

enum ExitStatus {
  static let unmet = ExitCode(1)
  static let badRequest = ExitCode(2)
  static let inconclusive = ExitCode(3)
  static let interrupted = ExitCode(130)
}

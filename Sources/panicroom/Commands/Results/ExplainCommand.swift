// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports
import Verdicts

struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say in plain words why a program or module was rejected.",
    discussion: """
      Reads the verifier's log, alone or inside a loader's output (libbpf, ebpf-go, aya, bcc, \
      bpftrace, tc), or what the module loader printed (the kernel's log, insmod, modprobe), with \
      any timestamps, prefixes, JSON or quotes around it. Exit status 0 even if no refusal is \
      recognised; 1 if --fail-on names the one that was; 2 if the file can't be read.

      Examples:
        panicroom explain verifier.log
        bpftool prog load f.bpf.o /sys/fs/bpf/f 2>&1 | panicroom explain -
        panicroom explain --fail-on verifier --fail-on libbpf load.log
      """)

  @Option(help: "What goes to stdout: terminal or json.")
  var format = AnswerOptions.Format.terminal

  @Option(
    parsing: .singleValue,
    help: ArgumentHelp(
      "Exit with status 1 if the refusal is of this kind: any, a gate (verifier), a category "
        + "(memory-safety), a class (source, compiler, limit, environment) or an id. Repeatable.",
      valueName: "kind"))
  var failOn: [String] = []

  @Argument(help: "The log; - is stdin.")
  var file: String

  func validate() throws {
    for word in failOn where RefusalFilter(word) == nil {
      throw ValidationError(
        "--fail-on \(word): no such kind; it takes an id or one of "
          + RefusalFilter.words.joined(separator: ", "))
    }
  }

  func run() throws {
    var reader = RefusalLog()
    try InputFile(path: file).forEachPiece { reader.feed($0) }
    let rejection = reader.finish()
    switch format {
    case .json: try Output.print(ExplainReport.json(rejection))
    case .terminal:
      try Output.print(
        ExplainReport.render(
          rejection, file: file, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
    }
    if let rejection, failOn.contains(where: { RefusalFilter($0)?.matches(rejection) == true }) {
      throw ExitCode.failure
    }
  }
}

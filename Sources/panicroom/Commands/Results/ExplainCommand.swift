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
      Reads the verifier's log, alone or inside libbpf's output, or what the module loader \
      printed (the kernel's log, insmod, modprobe). Exit status 0 even if no refusal is \
      recognised; 2 if the file can't be read.

      Examples:
        panicroom explain verifier.log
        bpftool prog load f.bpf.o /sys/fs/bpf/f 2>&1 | panicroom explain -
      """)

  @Option(help: "What goes to stdout: terminal or json.")
  var format = RunCommand.Format.terminal

  @Argument(help: "The log; - is stdin.")
  var file: String

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
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports
import Verdicts

struct ClassifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Find the kernel's reports in console logs, and say which is the cause.",
    discussion: """
      Reads any Linux console log, of any size: a guest's, a serial line's, dmesg's, syslog's. \
      Exit status 0 whatever was found; 2 if a file can't be read (the others are answered).

      Examples:
        panicroom classify console.log
        dmesg | panicroom classify --format json -
      """)

  @Option(help: "What goes to stdout: terminal or json.")
  var format = RunCommand.Format.terminal

  @Argument(help: "Console logs; - is stdin.")
  var files: [String]

  func run() throws {
    var answered: [ClassifiedLog] = []
    var unreadable: [InputFile.Unreadable] = []
    for file in files {
      do {
        var reader = KernelLog()
        try InputFile(path: file).forEachPiece { reader.feed($0) }
        let log = ClassifiedLog(file: file, findings: reader.finish())
        switch format {
        case .json: answered.append(log)
        case .terminal:
          try Output.print(
            ClassifyReport.render(
              log, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
        }
      } catch let error as InputFile.Unreadable {
        unreadable.append(error)
      }
    }
    if format == .json { try Output.print(ClassifyReport.json(answered)) }
    for error in unreadable { Terminal.standard.say("panicroom: \(error)") }
    if !unreadable.isEmpty { throw ExitStatus.badRequest }
  }
}

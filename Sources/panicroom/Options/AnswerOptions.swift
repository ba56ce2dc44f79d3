// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Glibc
import Host
import Record
import Reports

/// What a command says about a run that it has carried out or put together.
struct AnswerOptions: ParsableArguments {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case terminal, json
  }

  @Option(help: "What goes to stdout: terminal or json.")
  var format = Format.terminal

  @Option(help: "Also write JUnit XML to this file.", completion: .file())
  var junit: String?

  func validate() throws {
    guard let junit else { return }
    if Files.isFolder(junit) {
      throw ValidationError("--junit \(junit): this is a folder; name a file.")
    }
    let folder = URL(fileURLWithPath: junit).deletingLastPathComponent().path
    if access(folder, W_OK) != 0 {
      throw ValidationError("--junit \(junit): there is no folder \(folder) to write it to.")
    }
  }

  /// Prints the run's report, and ends with the run's exit status.
  ///
  /// - Throws: `ExitCode` if that isn't 0; what keeps the report from being written.
  func give(_ record: RunRecord, _ directory: String) throws {
    switch format {
    case .terminal:
      let width = Terminal.columns(1)
      try Output.print(
        TerminalReport.render(
          record, width: width, colour: Terminal.outputTakesColour, directory: directory))
      Terminal.standard.say("evidence: \(directory)")
      Terminal.standard.say(Self.next(record, Self.short(directory)))
    case .json: try Output.print(try JSONReport.render(record))
    }
    if format == .json {
      for remark in record.remarks { Terminal.standard.say("warning: \(remark)") }
    }
    if let junit { try Files.write(JUnitReport.render(record, directory: directory), to: junit) }
    let status = Summary(record).exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  private static func next(_ record: RunRecord, _ directory: String) -> String {
    guard let shard = record.header.shard else {
      return "next: ./panicroom report \(directory) --format html -o report.html, and open it"
    }
    let part = "part \(shard.index) of \(shard.count)"
    let missing = record.remainingTrials.count
    return missing == 0
      ? "\(part) is complete; next: ./panicroom merge RUN… -o DIR, with the directories of all parts"
      : "\(part): \(missing) trials are missing; next: ./panicroom run --resume \(directory)"
  }

  /// As it is named from the current folder, by the link to the latest run if that is it.
  private static func short(_ directory: String) -> String {
    let latest = Files.parent(of: directory) + "/latest"
    let isLatest = Files.link(latest) == Files.name(of: directory)
    let here = FileManager.default.currentDirectoryPath + "/"
    let path = isLatest ? latest : directory
    return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
  }
}

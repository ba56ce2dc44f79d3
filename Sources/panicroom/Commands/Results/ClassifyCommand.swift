// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Reports
import Verdicts

struct ClassifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "classify",
    abstract: "Find the kernel's reports in console logs, and say which is the cause.",
    discussion: """
      Reads any Linux console log, of any size: a serial line's, dmesg's, syslog's, journald's; \
      quoted, wrapped or packed (gzip, xz, zstd, bzip2). \
      Exit status 0 whatever was found; 2 if a file can't be read (the others are answered).

      With --expect, the exit status is 1 if a log does not report what the file says, and 3 if a \
      log has no line of a kernel. The file has a line for each kind of report:
        warning in widget_probe exactly 2
        soft-lockup at least 1
        lockdep any
        none else

      Examples:
        panicroom classify console.log
        dmesg | panicroom classify --format json -
        panicroom classify --expect expected.txt --format junit console.log
        dmesg -W | panicroom classify --follow
      """)

  enum Format: String, ExpressibleByArgument, CaseIterable {
    case terminal, json, junit, ktap
  }

  @Option(help: "What goes to stdout: terminal, json, junit or ktap.")
  var format = Format.terminal

  @Option(help: "A file that says which reports each log must have.", completion: .file())
  var expect: String?

  @Flag(help: "Read stdin, and print each report as it comes.")
  var follow = false

  @Argument(help: "Console logs; - is stdin.")
  var files: [String] = []

  func validate() throws {
    if follow, expect != nil || format != .terminal || !files.isEmpty && files != ["-"] {
      throw ValidationError("--follow reads stdin and prints lines; it takes no other option.")
    }
    if !follow, files.isEmpty { throw ValidationError("Missing expected argument '<files> ...'") }
  }

  func run() async throws {
    if follow { return try FollowedLog().print() }
    let expectation = try expected()
    var answered: [ClassifiedLog] = []
    var unreadable: [any Error] = []
    for file in files {
      do {
        var reader = KernelLog(from: .anywhere)
        try await PackedLog.forEachPiece(of: file) { reader.feed($0) }
        let reading = reader.finished()
        let log = ClassifiedLog(
          file: file, reading: reading, outcomes: expectation?.outcomes(of: reading) ?? [])
        answered.append(log)
        if format == .terminal {
          try Output.print(
            ClassifyReport.render(
              log, width: Terminal.columns(1), colour: Terminal.outputTakesColour))
        }
      } catch let error as InputFile.Unreadable {
        unreadable.append(error)
      } catch let error as PackedLog.Unusable {
        unreadable.append(error)
      }
    }
    switch format {
    case .terminal: break
    case .json: try Output.print(ClassifyReport.json(answered))
    case .junit: try Output.print(ClassifyCIReport.junit(answered))
    case .ktap: try Output.print(ClassifyCIReport.ktap(answered))
    }
    for error in unreadable { Terminal.standard.say("panicroom: \(error)") }
    if !unreadable.isEmpty { throw ExitStatus.badRequest }
    guard expect != nil else { return }
    let states = answered.flatMap(\.outcomes).map(\.state)
    if states.contains(.unmet) { throw ExitStatus.unmet }
    if states.contains(.inconclusive) { throw ExitStatus.inconclusive }
  }

  /// What is expected; for CI systems' formats nothing at all, unless a file says otherwise.
  private func expected() throws -> LogExpectation? {
    guard let expect else {
      return format == .junit || format == .ktap ? LogExpectation() : nil
    }
    var bytes: [UInt8] = []
    try InputFile(path: expect).forEachPiece { bytes.append(contentsOf: $0.prefix(1 << 20)) }
    do {
      return try LogExpectation(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      throw ValidationError("\(expect): \(error)")
    }
  }
}

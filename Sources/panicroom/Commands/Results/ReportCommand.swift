// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
import Host
import Lab
import Record
public import Reports

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a report of a run, in any format, from its run directory alone.",
    discussion: """
      Examples:
        panicroom report runs/latest                               in the terminal
        panicroom report runs/latest --format html -o report.html  the page
        panicroom report runs/latest --format html -o report.html --with-evidence
        panicroom report runs/latest --format html -o report.zip --with-evidence
        panicroom report runs/latest --format html -o summary.html --summary
        panicroom report runs/latest --format junit -o results.xml
        panicroom report runs/latest --format sarif -o results.sarif
        panicroom report runs/latest --format markdown >> "$GITHUB_STEP_SUMMARY"
        panicroom report runs/latest --format picture -o result.svg
        panicroom report runs/latest --annotate github
      """)

  enum Annotations: String, ExpressibleByArgument, CaseIterable {
    case github
  }

  @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
  var directory: String

  @Option(
    help: """
      terminal, html, markdown, json, junit, ktap, tap, sarif, code-quality (GitLab's), badge or \
      picture.
      """)
  var format = ReportFormat.terminal

  @Option(
    name: [.customShort("o"), .long], help: "Write to this file instead of stdout.",
    completion: .file())
  var output: String?

  @Flag(
    help: """
      Copy the evidence next to the page, into the folder FILE-evidence, and link it; if FILE ends \
      in .zip, both go into one archive. For html with --output.
      """)
  var withEvidence = false

  @Flag(help: "Only the answer and its breakdown, to print on two pages. For html.")
  var summary = false

  @Option(help: "github: print unexpected results as annotations, instead of a report.")
  var annotate: Annotations?

  func validate() throws {
    if withEvidence && (format != .html || output == nil) {
      throw ValidationError("--with-evidence needs --format html and --output FILE.")
    }
    if summary && (format != .html || withEvidence) {
      throw ValidationError("--summary needs --format html, and links no evidence.")
    }
    if annotate != nil && (output != nil || format != .terminal) {
      throw ValidationError("--annotate prints annotations instead of a report.")
    }
  }

  func run() async throws {
    let record = try RunDirectory.read(directory)
    for warning in record.warnings { Terminal.standard.say("warning: \(warning)") }
    if annotate != nil {
      try Output.print(AnnotationReport.render(record))
      return
    }
    var input = ReportFormat.Input(
      run: record, evidence: RunEvidence(path: directory), width: Terminal.columns(1),
      colour: output == nil && Terminal.outputTakesColour)
    input.edition = summary ? .summary : .whole
    if withEvidence, let output, output.hasSuffix(".zip") {
      try await writeArchive(input, to: output)
    } else if let output {
      try write(input, to: output)
    } else {
      try Output.print(try format.render(input))
    }
  }

  private func write(_ input: ReportFormat.Input, to output: String) throws {
    var input = input
    if withEvidence { input.evidenceLinks = try copyEvidence(beside: output) }
    try Files.write(try format.render(input), to: output)
  }

  /// Page and evidence in one archive, by Info-ZIP's `zip`, whose format every system opens.
  private func writeArchive(_ input: ReportFormat.Input, to output: String) async throws {
    let target = URL(fileURLWithPath: output)
    let name = target.deletingPathExtension().lastPathComponent
    // Next to the archive, so that a rename puts it in place, complete or not at all.
    let staging = target.deletingLastPathComponent()
      .appending(path: ".\(name)-\(UUID().uuidString)").path
    try Files.makeFolder("\(staging)/\(name)")
    do {
      try write(input, to: "\(staging)/\(name)/\(name).html")
      // -y: a symlink would be stored as such; the copy has none.
      let zip = try await Tool("zip").run(
        ["-q", "-r", "-X", "-y", "archive.zip", name], directory: staging)
      guard zip.status == 0 else {
        throw LabError("zip ended with status \(zip.status): \(zip.errorText)")
      }
      try Files.rename("\(staging)/archive.zip", to: target.path)
    } catch let failure {
      // Why it failed is the thing to say.
      do { try Files.remove(staging) } catch { throw failure }
      throw failure
    }
    try Files.remove(staging)
  }

  /// - Returns: the folder's name, relative to the page.
  private func copyEvidence(beside page: String) throws -> String {
    let url = URL(fileURLWithPath: page)
    let name = url.deletingPathExtension().lastPathComponent + "-evidence"
    let folder = url.deletingLastPathComponent().appending(path: name).path
    guard !Files.exists(folder) else {
      throw LabError("\(folder) already exists: remove it, or choose another file.")
    }
    try Files.makeFolder(folder)
    for omission in try RunEvidence(path: directory).copy(into: folder) {
      Terminal.standard.say("warning: \(omission)")
    }
    return name
  }
}

extension ReportFormat: ExpressibleByArgument {}

public import ArgumentParser
import Foundation
import Host
import Lab
import Record
public import Reports

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Make a report of a run, in any format, from its run directory alone.",
    discussion: """
      Examples:
        panicroom report runs/latest                               in the terminal
        panicroom report runs/latest --format html -o report.html  the page
        panicroom report runs/latest --format html -o report.html --with-evidence
        panicroom report runs/latest --format markdown >> "$GITHUB_STEP_SUMMARY"
        panicroom report runs/latest --annotate github
      """)

  enum Annotations: String, ExpressibleByArgument, CaseIterable {
    case github
  }

  @Argument(help: ArgumentHelp("The run directory.", valueName: "run"), completion: .directory)
  var directory: String

  @Option(help: "terminal, html, markdown, json, junit, ktap or badge.")
  var format = ReportFormat.terminal

  @Option(
    name: [.customShort("o"), .long], help: "Write it to this file instead of standard output.",
    completion: .file())
  var output: String?

  @Flag(
    help: """
      Copy the evidence beside the page, into the folder FILE-evidence, and link it. For html with \
      --output.
      """)
  var withEvidence = false

  @Option(help: "github: print what is not as expected as annotations, instead of a report.")
  var annotate: Annotations?

  func validate() throws {
    if withEvidence && (format != .html || output == nil) {
      throw ValidationError("--with-evidence goes with --format html and --output FILE.")
    }
    if annotate != nil && (output != nil || format != .terminal) {
      throw ValidationError("--annotate prints annotations instead of a report.")
    }
  }

  func run() throws {
    let record = try RunDirectory.read(directory)
    for warning in record.warnings { Terminal.standard.say("warning: \(warning)") }
    if annotate != nil {
      try Output.print(AnnotationReport.render(record))
      return
    }
    var input = ReportFormat.Input(
      run: record, evidence: RunEvidence(path: directory), width: Terminal.columns(1),
      colour: output == nil && Terminal.outputTakesColour)
    if withEvidence, let output {
      input.evidenceLinks = try copyEvidence(beside: output)
    }
    let report = try format.render(input)
    if let output {
      try Files.write(report, to: output)
    } else {
      try Output.print(report)
    }
  }

  /// - Returns: the folder's name, relative to the page.
  private func copyEvidence(beside page: String) throws -> String {
    let url = URL(fileURLWithPath: page)
    let name = url.deletingPathExtension().lastPathComponent + "-evidence"
    let folder = url.deletingLastPathComponent().appending(path: name).path
    guard !Files.exists(folder) else {
      throw LabError("\(folder) is there already: remove it, or choose another file.")
    }
    try Files.makeFolder(folder)
    try FileManager.default.copyItem(atPath: "\(directory)/evidence", toPath: "\(folder)/evidence")
    return name
  }
}

extension ReportFormat: ExpressibleByArgument {}

import ArgumentParser
import Foundation
import Lab

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "What this machine has, what is missing, and which accelerator it runs guests on.",
    discussion: """
      Exit status 2 where something is missing that a run needs.

      Example:
        panicroom doctor
      """)

  @Option(help: "What goes to standard output: terminal or json.")
  var format = RunCommand.Format.terminal

  func run() throws {
    let list = try Setup.laboratory(verbose: false) { _ in }.diagnose()
    switch format {
    case .json:
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try Output.print(String(decoding: try encoder.encode(list), as: UTF8.self) + "\n")
    case .terminal:
      for item in list { try Output.print(line(item)) }
    }
    if list.contains(where: { $0.state == .missing }) { throw ExitStatus.badRequest }
  }

  private func line(_ item: Diagnosis) -> String {
    let sign =
      switch item.state {
      case .fine: "ok     "
      case .missing: "MISSING"
      case .note: "note   "
      }
    let name = item.what.padding(toLength: 20, withPad: " ", startingAt: 0)
    return "\(sign)  \(name)  \(item.detail)"
      + (item.remedy.map { "\n\(String(repeating: " ", count: 31))→ \($0)" } ?? "") + "\n"
  }
}

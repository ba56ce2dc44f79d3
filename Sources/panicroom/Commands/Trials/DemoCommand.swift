// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Host
import Interactive
import Lab
import Machine
import Scenarios

struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo",
    abstract: "Present scenarios full-screen: predict, run, reveal.",
    discussion: """
      For each scenario the question, both sources with the armed lines, the audience's prediction, \
      both guests live, and the reason for what happened. ? shows the keys, n the presenter's notes.

      Examples:
        panicroom demo                            eight scenarios that teach well
        panicroom demo null-map-value self-deadlock
        panicroom demo --hold                     logs first, the verdict when space is pressed
        panicroom demo --record talk.jsonl        keep the trials, to show them without guests
        panicroom demo --replay talk.jsonl
        panicroom demo --replay talk.jsonl --auto --pace 4
        panicroom demo --replay talk.jsonl --html talk.html
      """)

  @Argument(
    help: "Names of scenarios, or patterns with * and ?, in the order in which to show them.",
    completion: Completions.scenarios)
  var scenarios: [String] = []

  @Option(help: "A kernel of vm/kernels.yaml.", completion: Completions.kernel)
  var kernel: String?

  @Option(help: "kvm or tcg (default: detect). One that doesn't work is an error.")
  var accelerator: Accelerator?

  @Flag(help: "Play without key presses. Without a terminal the pictures are printed.")
  var auto = false

  @Option(help: "Seconds that --auto shows each picture (8).")
  var pace: Double?

  @Flag(help: "Cover each verdict until space is pressed: logs are shown first.")
  var hold = false

  @Option(help: "Write the trials to this file, for --replay.", completion: .file())
  var record: String?

  @Option(help: "Show the trials of a recording: no guest is started.", completion: .file())
  var replay: String?

  @Option(help: "With --replay: write its pictures to this file, as a page.", completion: .file())
  var html: String?

  @Option(help: "Keep the evidence in a run directory in this folder.", completion: .directory)
  var runs: String?

  @Flag(name: [.short, .long], help: "Print more detail during preparation.")
  var verbose = false

  /// From what is refused to what nobody promises to stop; see docs/workshop.md.
  static let usual = [
    "null-map-value", "array-out-of-bounds-write", "use-after-free", "infinite-loop",
    "reference-leak", "divide-by-zero", "nested-loops-stall", "wrong-logic",
  ]

  func validate() throws {
    if let pace, !(0...3600).contains(pace) {
      throw ValidationError("--pace takes a number of seconds from 0 to 3600.")
    }
    if pace != nil && !auto { throw ValidationError("--pace needs --auto.") }
    if html != nil && (replay == nil || auto || hold) {
      throw ValidationError("--html needs --replay, and shows nothing: omit --auto and --hold.")
    }
    let isMade = kernel != nil || accelerator != nil || runs != nil || record != nil
    if replay != nil && (isMade || !scenarios.isEmpty) {
      throw ValidationError(
        "--replay shows what was recorded: of scenarios and options, it accepts only --auto, "
          + "--pace, --hold and --html.")
    }
  }

  func run() async throws {
    if let html, let replay {
      return try Files.write(DemoPage.render(try DemoRecording(path: replay)), to: html)
    }
    guard auto || Terminal.isFullScreen else {
      throw LabError(
        "The demo needs a terminal that it can control, and this is not one (TERM is "
          + "\"\(ProcessInfo.processInfo.environment["TERM"] ?? "")\"). With --auto its pictures "
          + "are printed.")
    }
    if let replay {
      let recording = try DemoRecording(path: replay)
      return try await Interruption.cancelling {
        try await show(
          recording.header.scenarios, setting: recording.header.setting, isReplay: true,
          RecordedTrials(recording))
      }
    }
    let progress = Progress(Terminal.standard)
    let laboratory = try Setup.laboratory(verbose: verbose) { progress.follow($0) }
    let chosen = try select(Catalogue.load(repository: laboratory.repository.root))
    var request = StageRequest(scenarios: chosen)
    request.kernel = kernel
    request.accelerator = accelerator
    request.runs = runs
    request.command = Array(CommandLine.arguments.dropFirst())
    let texts = try chosen.map {
      DemoScenario($0, try ScenarioText.read($0.name, repository: laboratory.repository.root))
    }
    try await Interruption.cancelling { [request] in
      try await laboratory.stages.withStage(request) { stage in
        Terminal.standard.show(status: "")
        try await show(
          texts,
          setting: "Linux \(stage.kernelRelease), \(stage.accelerator.rawValue.uppercased())",
          isReplay: false, GuestTrials(stage, chosen))
      }
    }
  }

  private func select(_ catalogue: Catalogue) throws -> [Scenario] {
    var chosen: [Scenario] = []
    for pattern in scenarios.isEmpty ? Self.usual : scenarios {
      for scenario in try catalogue.select([pattern])
      where !chosen.contains(where: { $0.name == scenario.name }) { chosen.append(scenario) }
    }
    return chosen
  }

  private func show(
    _ scenarios: [DemoScenario], setting: String, isReplay: Bool, _ trials: any DemoTrials
  ) async throws {
    guard Terminal.isFullScreen else {
      let state = DemoState(
        scenarios: scenarios, setting: setting,
        size: ScreenSize(columns: Terminal.columns(STDOUT_FILENO), rows: 24), pace: pace ?? 0,
        isReplay: isReplay, holds: hold)
      var session = try DemoSession(
        state, trials: trials, output: .pages { try Output.print($0) }, record: record)
      return try await session.run()
    }
    let terminal = try RawTerminal(.own)
    // Messages that arrive during the demo would be written into the picture.
    Terminal.standard.hold()
    defer {
      terminal.leave()
      Terminal.standard.release()
    }
    let state = DemoState(
      scenarios: scenarios, setting: setting, size: terminal.size, pace: auto ? pace ?? 8 : nil,
      isReplay: isReplay, holds: hold)
    var session = try DemoSession(
      state, trials: trials,
      output: .terminal(terminal, colour: Terminal.outputTakesColour), record: record)
    try await session.run()
  }
}

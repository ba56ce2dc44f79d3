// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Logging
import Machine
import Record
import Scenarios
package import Verdicts

extension TrialRunner {
  /// The judge's rule and verdict, and what they are worth.
  struct Judgement {
    var rule: String
    var verdict: Verdict
    var doubt: Doubt?
    /// The guest's memory, if the trial left everything as it was; nil if it did not, or if that isn't
    /// known.
    var clean: KernelReading?
  }

  /// Reads the evidence, resolves frames to source lines, and lets the judge decide.
  func judge(
    _ trial: Trial, _ course: Course, full: String, _ evidence: Evidence
  ) async throws -> Judgement {
    let console =
      Files.exists(evidence.path(Evidence.consoleName))
      ? try Files.read(evidence.path(Evidence.consoleName)) : []
    let findings = KernelLog.findings(in: console)
    var facts = TrialFacts(
      mechanism: trial.id.mechanism, armed: trial.isArmed,
      guardName: trial.scenario.twins[trial.id.mechanism].guardName, agent: course.report.facts,
      console: findings, ending: course.ending,
      agentLines: course.report.lines, isUndeclared: trial.isUndeclared,
      module: trial.id.mechanism == .lkm ? trial.objectName : nil, witness: course.memory?.witness)
    facts.isMutant = trial.overrides?.isMutant == true
    let starvation = Self.starvation(in: course, facts, console)
    facts.ending = Self.ending(of: course, facts, console, starvation)
    try course.memory?.write(to: evidence, facts)
    if !course.report.verifierLog.isEmpty {
      try evidence.write(Evidence.verifierName, course.report.verifierLog)
      facts.rejection = VerifierLog.rejection(in: course.report.verifierLog)
    }
    do {
      facts.resolvedFrames = try await resolve(trial, course, facts, full: full)
    } catch let error where !(error is CancellationError) {
      // The verdict stands without its place in the source.
      logger.warning(
        "Frames could not be resolved to source lines.",
        metadata: ["trial": "\(trial.id.folderName)", "error": "\(error)"])
    }
    if !facts.resolvedFrames.isEmpty {
      try evidence.write("frames.json", json: facts.resolvedFrames)
    }
    let decision = Judge.decision(of: facts)
    var judgement = Judgement(rule: decision.rule, verdict: decision.verdict)
    if case .laboratoryFailed = facts.ending {
      judgement.doubt =
        starvation != nil || course.harnessWasAway ? .hostWasSlow : .laboratoryFailed
    } else if decision.rule == Judge.theFaultNeverRan, trial.scenario.cpus > 1,
      !trial.isLeftToChance
    {
      // A guest's processors race only while the host runs them at once.
      judgement.doubt = .raceDidNotHappen
    }
    judgement.clean = course.cleanReading(facts)
    return judgement
  }

  /// How the guest ended, or why that is the laboratory's failure and says nothing of the twin.
  private static func ending(
    of course: Course, _ facts: TrialFacts, _ console: [UInt8], _ starvation: String?
  ) -> Ending {
    if case .laboratoryFailed = course.ending { return course.ending }
    if course.accelerator == .tcg, let fault = EmulatorFault.reason(for: facts.console, in: console)
    {
      return .laboratoryFailed("QEMU erred: \(fault)")
    }
    if let starvation { return .laboratoryFailed(starvation) }
    // The agent names each step before it takes it. Without one the twin was not even there, unless
    // the step was lost because the twin stopped the guest at once.
    guard facts.agent.isEmpty, !facts.consoleShowsTwin else {
      return course.ending.completed(
        by: console, reports: facts.console, isOfTwin: facts.isOfTwin)
    }
    let death = facts.console.first.map { "the guest's kernel reported \($0.title)" }
    return .laboratoryFailed("\(death ?? "the guest ended") before the twin had arrived")
  }

  /// Why the first report says nothing of the twin, if the host starved the guest; nil if it didn't.
  private static func starvation(
    in course: Course, _ facts: TrialFacts, _ console: [UInt8]
  ) -> String? {
    guard let report = facts.console.first else { return nil }
    let byte = byte(ofLine: report.line, in: console)
    return course.processors.shares(beforeReportAt: byte).lazy.compactMap {
      Starvation.reason(for: facts.console, ran: $0.ran, waited: $0.waited)
    }.first
  }

  /// How many bytes stand before a line, counted from 1.
  private static func byte(ofLine line: Int, in console: [UInt8]) -> Int {
    console.split(
      separator: UInt8(ascii: "\n"), maxSplits: line - 1, omittingEmptySubsequences: false
    ).last?.startIndex ?? 0
  }

  private func resolve(_ trial: Trial, _ course: Course, _ facts: TrialFacts, full: String)
    async throws -> [String: SourcePlace]
  {
    var traces = facts.console.map(\.frames)
    // Of what the console has, too, the frames are the same.
    let onConsole = Set(facts.console.map(\.text))
    traces += (facts.witness?.log ?? []).filter { !onConsole.contains($0.text) }.map(\.frames)
    if case .lockedUp(let lockup) = facts.ending { traces.append(lockup.frames) }
    switch trial.id.mechanism {
    case .lkm:
      let question = FrameQuestion(traces, ofModule: trial.objectName)
      if let places = try await course.earlyFrames?.answer(to: question) { return places }
      return try await trial.forge.resolve(question, in: full)
    case .bpf:
      guard let rejection = facts.rejection else {
        let places: [String: SourcePlace] = traces.reduce(into: [:]) { places, trace in
          places.merge(course.report.compiled.places(of: trace)) { first, _ in first }
        }
        // What the guest says about its program's sources counts only if the object says so, too.
        let source = places.isEmpty ? SourceLines([:]) : SourceLines(ofObject: full)
        return places.filter { source.has($0.value) }
      }
      let table = try LineTable(ObjectFile(path: full))
      let place = table.place(
        program: Self.refusedProgram(facts.agent), instruction: rejection.instruction?.index,
        text: rejection.sourceText)
      return place.map { ["verifier": $0] } ?? [:]
    }
  }

  /// Which of an object's programs was refused, according to libbpf: `prog 'count_packet': BPF
  /// program load failed: Permission denied` (libbpf.c, `bpf_object_load_prog`).
  package static func refusedProgram(_ agent: [AgentFact]) -> String? {
    for case .refused(_, _, let message) in agent {
      for line in message.split(separator: "\n") where line.contains("load") {
        guard let start = line.firstRange(of: "prog '")?.upperBound,
          let end = line[start...].firstIndex(of: "'")
        else { continue }
        return String(line[start..<end])
      }
    }
    return nil
  }
}

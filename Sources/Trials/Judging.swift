import Forge
import Host
import Logging
import Record
import Scenarios
package import Verdicts

extension TrialRunner {
  /// Read the evidence, resolve frames to source lines, and let the judge decide.
  func judge(_ trial: Trial, _ course: Course, full: String, _ evidence: Evidence) async throws
    -> Verdict
  {
    let console =
      Files.exists(evidence.path(Evidence.consoleName))
      ? try Files.read(evidence.path(Evidence.consoleName)) : []
    let findings = KernelLog.findings(in: console)
    var facts = TrialFacts(
      mechanism: trial.id.mechanism, armed: trial.id.armed,
      guardName: trial.scenario.twins[trial.id.mechanism].guardName, agent: course.report.facts,
      console: findings, ending: course.ending.completed(by: console),
      agentLines: course.report.lines, isTried: trial.isUndeclared)
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
    return Judge.verdict(of: facts)
  }

  private func resolve(_ trial: Trial, _ course: Course, _ facts: TrialFacts, full: String)
    async throws -> [String: SourcePlace]
  {
    var traces = facts.console.map(\.frames)
    if case .lockedUp(let lockup) = facts.ending { traces.append(lockup.frames) }
    switch trial.id.mechanism {
    case .lkm:
      let question = FrameQuestion(traces, ofModule: trial.objectName)
      if let places = try await course.earlyFrames?.answer(to: question) { return places }
      return try await trial.forge.resolve(question, in: full)
    case .bpf:
      guard let rejection = facts.rejection else {
        return traces.reduce(into: [:]) { places, trace in
          places.merge(course.report.compiled.places(of: trace)) { first, _ in first }
        }
      }
      let table = try LineTable(ObjectFile(path: full))
      let place = table.place(
        program: Self.refusedProgram(facts.agent), instruction: rejection.instruction?.index,
        text: rejection.sourceText)
      return place.map { ["verifier": $0] } ?? [:]
    }
  }

  /// Which of an object's programs was refused, in libbpf's words: `prog 'count_packet': BPF program
  /// load failed: Permission denied` (libbpf.c, `bpf_object_load_prog`).
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

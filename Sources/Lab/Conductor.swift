import Kernels
import Machine
import Record
import Scenarios
import Verdicts

/// Runs trials side by side and journals each as it ends.
struct Conductor: Sendable {
  let runner: TrialRunner
  let directory: RunDirectory
  let prepared: [String: PreparedKernel]
  let scenarios: [String: Scenario]
  /// Where the run is of a suite: its items, by kernel and name.
  var items: [String: [String: SuiteItem]] = [:]
  let header: RunHeader
  /// The one that the catalogue is written for.
  let defaultKernel: String
  /// Makes a machine ready on which no trial was planned.
  let prepare:
    @Sendable (PreparedKernel, _ profile: String, _ cpus: Int) async throws
      -> PreparedMachine
  let emit: @Sendable (Event) -> Void

  /// - Throws: `CancellationError` where the run is interrupted; a failure of the journal.
  func run(_ trials: [TrialID], jobs: Int) async throws {
    // At once, as a run that goes on may not know what was expected of them.
    let absent = Set(header.kernels.filter { $0.obstacle != nil }.map(\.name))
    for trial in trials where absent.contains(trial.kernel) { try await carryOut(trial) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      var waiting = trials.filter { !absent.contains($0.kernel) }.makeIterator()
      for _ in 0..<jobs {
        guard let trial = waiting.next() else { break }
        group.addTask { try await carryOut(trial) }
      }
      while try await group.next() != nil {
        if let trial = waiting.next() {
          group.addTask { try await carryOut(trial) }
        }
      }
    }
  }

  /// One trial, and a second try where the laboratory itself failed. The record keeps both.
  private func carryOut(_ trial: TrialID) async throws {
    try Task.checkCancellation()
    let kernel = header.kernels.first { $0.name == trial.kernel }
    if let reason = kernel?.missing { return try leaveOut(trial, .skipped, reason) }
    if let reason = kernel?.failure { return try leaveOut(trial, .inconclusive, reason) }
    if let scenario = scenarios[trial.scenario], let prepared = prepared[trial.kernel],
      let reason = prepared.lack(of: scenario, trial.mechanism, armed: trial.armed)
    {
      return try leaveOut(trial, .skipped, reason)
    }
    if let reason = item(trial)?.skipped { return try leaveOut(trial, .skipped, reason) }
    emit(.trialStarted(trial))
    var result = try await attempt(trial)
    if result.laboratoryFailed {
      result.record.superseded = true
      try directory.append(result.record)
      emit(.note("\(trial.folderName) is tried again: \(result.record.verdict.reason ?? "")"))
      result = try await attempt(trial)
    }
    try directory.append(result.record)
    emit(.trialEnded(result.record))
    if let look = header.secondLook(at: result.record), !header.trials.contains(look) {
      emit(.secondLook(look))
      try await carryOut(look)
    }
  }

  private func item(_ trial: TrialID) -> SuiteItem? { items[trial.kernel]?[trial.scenario] }

  /// What is declared of a trial; nil where nobody knows the scenario.
  private func expected(_ trial: TrialID, _ kernel: KernelTraits?) -> TrialRecord.Expected? {
    if let item = item(trial) { return item.expected }
    return scenarios[trial.scenario].map {
      TrialRecord.Expected(
        of: $0, trial.mechanism, armed: trial.armed, profile: trial.profile, kernel: kernel)
    }
  }

  /// A trial of a kernel that can't be had or lacks what the trial needs, or of an item that can't
  /// be judged.
  private func leaveOut(_ trial: TrialID, _ outcome: Outcome, _ reason: String) throws {
    guard let expected = expected(trial, prepared[trial.kernel]?.traits) else { return }
    let record = TrialRecord(
      id: trial, verdict: Verdict(.inconclusive), expected: expected, outcome: outcome,
      reason: reason)
    try directory.append(record)
    emit(.trialEnded(record))
  }

  private func attempt(_ trial: TrialID) async throws -> TrialRunner.Result {
    let folder = try directory.makeEvidenceFolder(for: trial)
    do {
      return try await runner.run(
        try await job(trial, evidenceFolder: "\(directory.path)/\(folder)", evidenceName: folder))
    } catch {
      // What the plan asked for must not end with a machine that only a second look needs.
      guard !Task.isCancelled, !header.trials.contains(trial), let failure = Self.failure(error),
        let expected = expected(trial, prepared[trial.kernel]?.traits)
      else { throw error }
      return unprepared(trial, expected, failure, evidenceName: folder)
    }
  }

  private static func failure(_ error: any Error) -> String? {
    (error as? MachineError)?.message ?? KernelFailure(error)?.reason
  }

  private func unprepared(
    _ trial: TrialID, _ expected: TrialRecord.Expected, _ failure: String, evidenceName: String
  ) -> TrialRunner.Result {
    let reason = "no guest of the profile \(trial.profile) could be started: \(failure)"
    return TrialRunner.Result(
      record: TrialRecord(
        id: trial, verdict: Verdict(.inconclusive, reason: reason), expected: expected,
        outcome: .inconclusive, evidenceDirectory: evidenceName), laboratoryFailed: true)
  }

  private func job(
    _ trial: TrialID, evidenceFolder: String, evidenceName: String
  ) async throws -> TrialRunner.Job {
    let item = item(trial)
    guard let scenario = item?.scenario ?? scenarios[trial.scenario],
      let kernel = prepared[trial.kernel],
      let twin = item?.twin ?? kernel.twin(trial.scenario, trial.mechanism, armed: trial.armed)
    else { throw LabError("Nothing was prepared for the trial \(trial.folderName).") }
    let ready = kernel.machines[.init(profile: trial.profile, cpus: scenario.cpus)]
    let machine: PreparedMachine
    if let ready {
      machine = ready
    } else {
      machine = try await prepare(kernel, trial.profile, scenario.cpus)
    }
    var job = TrialRunner.Job(
      id: trial, scenario: scenario, twin: twin, description: machine.description,
      template: machine.template, forge: kernel.forge, evidenceFolder: evidenceFolder,
      evidenceName: evidenceName)
    job.isSecondLook = !header.trials.contains(trial)
    job.isInspected = header.inspected == true
    job.traits = kernel.traits
    job.mayLack = item == nil && trial.kernel != defaultKernel
    job.item = item
    // Nothing is observed but what the item says.
    job.trying = item?.trying
    return job
  }
}

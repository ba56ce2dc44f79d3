// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import Record
import Scenarios
import Trials
import Verdicts

/// Carries out a run's trials side by side, in order, and leaves out what can't be run.
struct Conductor: Sendable {
  let session: TrialSession
  let machines: RunMachines
  let prepared: [String: PreparedKernel]
  let scenarios: [String: Scenario]
  /// The items of a suite's run, by kernel and name.
  var items: [String: [String: SuiteItem]] = [:]
  let header: RunHeader
  let retries: RetryRule
  /// The one that the catalogue is written for.
  let defaultKernel: String
  var ending = RunEnding()
  var began = ContinuousClock.now
  let emit: EventSink

  /// - Throws: `CancellationError` if the run is interrupted; a failure of the journal.
  func run(_ trials: [TrialID], jobs: Int) async throws {
    // First, since a resumed run may not know what was expected of them.
    let absent = Set(header.kernels.filter { $0.obstacle != nil }.map(\.name))
    for trial in trials where absent.contains(trial.kernel) { _ = try await carryOut(trial) }
    try await withThrowingTaskGroup(of: TrialRecord?.self) { group in
      var waiting = trials.filter { !absent.contains($0.kernel) }[...]
      for _ in 0..<jobs {
        guard let trial = waiting.popFirst() else { break }
        group.addTask { try await carryOut(trial) }
      }
      while let record = try await group.next() {
        if !waiting.isEmpty, let reason = record.flatMap(reasonToEnd) {
          emit(.note("\(waiting.count) trials are not begun, because \(reason)"))
          waiting = []
        }
        if let trial = waiting.popFirst() {
          group.addTask { try await carryOut(trial) }
        }
      }
    }
  }

  private func reasonToEnd(after record: TrialRecord) -> String? {
    let isExcused =
      scenarios[record.id.scenario]?.repeat != nil
      || KnownIssueRule(header).issue(with: record) != nil
    return ending.reason(
      after: record, isExcused: isExcused, elapsed: ContinuousClock.now - began)
  }

  /// Carries out a trial, and those that follow from its result: a second look, and repetitions of
  /// what is unmet.
  ///
  /// - Returns: the record that decides whether the run goes on; nil if nothing is declared for it.
  private func carryOut(_ id: TrialID) async throws -> TrialRecord? {
    try Task.checkCancellation()
    if let obstacle = obstacle(to: id) {
      guard let expected = expected(id, prepared[id.kernel]?.traits) else { return nil }
      let record = try session.leaveOut(id, expected, because: obstacle)
      emit(.trialEnded(record))
      return record
    }
    emit(.trialStarted(id))
    let trial = try trial(id)
    let retrying: @Sendable (TrialRecord) -> Void = { [emit] record in
      emit(.note("\(id.folderName) is retried: \(record.reason ?? "")"))
    }
    let (record, _) = try await session.carryOut(
      trial, in: await guests(for: trial), .init(retrying: retrying))
    emit(.trialEnded(record))
    var second: TrialRecord?
    if let look = retries.secondLook(at: record), !header.wholePlan.contains(look) {
      emit(.secondLook(look))
      second = try await carryOut(look)
    }
    let settled = try await retried(record)
    return second?.outcome == .unmet ? second : settled
  }

  /// - Returns: the repetition that is met, if there is one, else the record itself.
  private func retried(_ record: TrialRecord) async throws -> TrialRecord {
    guard let retry = retries.next(after: record),
      !ending.hasPassed(ContinuousClock.now - began)
    else { return record }
    emit(.retry(retry))
    guard let again = try await carryOut(retry), again.outcome == .met else { return record }
    return again
  }

  private func obstacle(to id: TrialID) -> OutcomePolicy.Obstacle? {
    let kernel = header.kernels.first { $0.name == id.kernel }
    if let reason = kernel?.missing { return .kernelMissing(reason) }
    if let reason = kernel?.failure { return .kernelFailed(reason) }
    if let scenario = scenarios[id.scenario], let prepared = prepared[id.kernel],
      let reason = prepared.lack(of: scenario, id.mechanism, armed: id.armed)
    {
      return .kernelLacks(reason)
    }
    return item(id)?.skipped.map { .itemNotJudged($0) }
  }

  private func item(_ id: TrialID) -> SuiteItem? { items[id.kernel]?[id.scenario] }

  /// Whether a trial should take long: what hangs is waited for until the kernel is known to hang.
  func takesLong(_ id: TrialID) -> Bool {
    expected(id, prepared[id.kernel]?.traits)?.verdict == .hung
  }

  /// What is declared for a trial; nil if the scenario is unknown.
  private func expected(_ id: TrialID, _ kernel: KernelTraits?) -> TrialRecord.Expected? {
    if let item = item(id) { return item.expected }
    return scenarios[id.scenario].map {
      TrialRecord.Expected(
        of: $0, id.mechanism, armed: id.armed, profile: id.profile, kernel: kernel)
    }
  }

  private func trial(_ id: TrialID) throws -> Trial {
    let item = item(id)
    guard let scenario = item?.scenario ?? scenarios[id.scenario],
      let kernel = prepared[id.kernel],
      let twin = item?.twin ?? kernel.twin(id.scenario, id.mechanism, armed: id.armed)
    else { throw LabError("Nothing was prepared for the trial \(id.folderName).") }
    return Trial(
      id: id, scenario: scenario, twin: twin, forge: kernel.forge, traits: kernel.traits,
      purpose: purpose(of: id), isInspected: header.inspected == true)
  }

  private func purpose(of id: TrialID) -> Trial.Purpose {
    if let item = item(id) { return .item(item.task) }
    return header.trials.contains(retries.origin(of: id) ?? id)
      ? .scenario(mayLack: id.kernel != defaultKernel) : .secondLook
  }

  private func guests(for trial: Trial) async -> any GuestSource {
    await machines.guests(
      for: trial.id, cpus: trial.scenario.cpus,
      canShare: header.sharesGuests == true && trial.canShare)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Machine
import Record
import Synchronization
import TestSupport
import Testing
import Trials
import Verdicts
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct TrialSessionTests {
  /// Fails as many trials as it is told, then gives them guests.
  private final class Unreliable: GuestSource {
    private let failures: Mutex<Int>
    private let guests: FreshGuests

    init(failing count: Int, then guests: FreshGuests) {
      failures = Mutex(count)
      self.guests = guests
    }

    func guest(
      for trial: Trial, _ plan: TrialPlan, _ evidence: Evidence
    ) async throws -> StartedGuest {
      let fails = failures.withLock { left in
        left -= 1
        return left >= 0
      }
      if fails { throw MachineError(.qemuFailed, "QEMU had enough") }
      return try await guests.guest(for: trial, plan, evidence)
    }
  }

  /// Gives guests as if other trials had had them before; those of its own go to `unshared`.
  private struct HandedOn: GuestSource {
    let guests: FreshGuests
    let unshared: any GuestSource

    init(_ guests: FreshGuests) {
      self.guests = guests
      unshared = guests
    }

    func guest(
      for trial: Trial, _ plan: TrialPlan, _ evidence: Evidence
    ) async throws -> StartedGuest {
      var started = try await guests.guest(for: trial, plan, evidence)
      started.trials = 1
      return started
    }

    func isShared(_ plan: TrialPlan) -> Bool { true }
  }

  private func session(
    in folder: String, of trial: Trial, limits: TrialWatch.Limits = .init()
  ) throws -> TrialSession {
    let header = RunHeader(
      id: "20261129T010203Z-0001", began: "2026-11-29T01:02:03Z", command: [],
      host: .init(system: "", processor: "", cores: 1, memoryMiB: 1), accelerator: "tcg",
      acceleratorReason: "", kernels: [.init(name: "6.1", release: "6.1-scripted")],
      profiles: ["stock"], versions: [:], seed: 0, repetitions: 1, cold: false, trials: [trial.id])
    let directory = try RunDirectory.create(in: folder + "/runs", header: header, scenarios: [])
    return TrialSession(
      directory, runner: TrialRunner(logger: ScriptedTrial.logger, limits: limits))
  }

  private func carryOut(failing count: Int) async throws -> (
    record: TrialRecord, journal: [String], retries: [String]
  ) {
    try await withTemporaryFolder { folder in
      let scripted = try ScriptedTrial(
        ScriptedTrial.greeting + ScriptedTrial.hearTrial + ScriptedTrial.honest, in: folder)
      let session = try session(in: folder, of: scripted.trial)
      let retries = Mutex<[String]>([])
      let (record, evidence) = try await session.carryOut(
        scripted.trial, in: Unreliable(failing: count, then: scripted.guests),
        .init(retrying: { record in retries.withLock { $0.append(record.reason ?? "") } }))
      #expect(Files.exists(evidence))
      let journal = try Files.text(session.directory.path + "/trials.jsonl")
      return (record, journal.split(separator: "\n").map(String.init), retries.withLock { $0 })
    }
  }

  @Test func aTrialIsJournalledOnce() async throws {
    let (record, journal, retries) = try await carryOut(failing: 0)
    #expect(record.outcome == .met)
    #expect(journal.count == 1)
    #expect(retries.isEmpty)
  }

  @Test func theLaboratorysFailureIsTriedOnceMoreAndBothAreKept() async throws {
    let (record, journal, retries) = try await carryOut(failing: 1)
    #expect(record.outcome == .met)
    #expect(record.evidenceDirectory?.hasSuffix(".try2") == true)
    #expect(journal.count == 2)
    #expect(journal.first?.contains(#""superseded":true"#) == true)
    #expect(journal.last?.contains("superseded") == false)
    #expect(retries.count == 1)
    #expect(retries.first?.contains("QEMU had enough") == true)
  }

  @Test func aLaboratoryThatFailsTwiceGivesNoVerdict() async throws {
    let (record, journal, _) = try await carryOut(failing: 2)
    #expect(record.outcome == .inconclusive)
    #expect(record.verdict.ruling == .inconclusive)
    #expect(journal.count == 2)
  }

  /// Any harness was away for longer than less than no time.
  @Test func aTrialForWhichTheHostIsTooSlowIsTriedMoreOften() async throws {
    try await withTemporaryFolder { folder in
      let scripted = try ScriptedTrial(
        ScriptedTrial.greeting + ScriptedTrial.hearTrial + ScriptedTrial.honest, in: folder)
      var limits = TrialWatch.Limits()
      limits.away = -1
      let session = try session(in: folder, of: scripted.trial, limits: limits)
      let (record, _) = try await session.carryOut(scripted.trial, in: scripted.guests)
      #expect(record.outcome == .inconclusive)
      #expect(record.reason?.contains("the harness was away") == true)
      let journal = try Files.text(session.directory.path + "/trials.jsonl")
        .split(separator: "\n")
      #expect(
        journal.map { $0.contains(#""superseded":true"#) } == [true, true, true, true, false])
    }
  }

  @Test func anAmendedRecordIsTheOneThatIsJournalled() async throws {
    try await withTemporaryFolder { folder in
      let scripted = try ScriptedTrial(
        ScriptedTrial.greeting + ScriptedTrial.hearTrial + ScriptedTrial.honest, in: folder)
      let session = try session(in: folder, of: scripted.trial)
      let (record, _) = try await session.carryOut(
        scripted.trial, in: scripted.guests, .init(amend: { $0.verdict.title = "as amended" }))
      #expect(record.verdict.title == "as amended")
      #expect(
        try Files.text(session.directory.path + "/trials.jsonl").contains("as amended"))
    }
  }

  /// Nothing is known of a scripted guest's memory, so it can't be proven that nothing changed.
  @Test func whatChangesASharedGuestIsTriedAgainInAGuestOfItsOwn() async throws {
    try await withTemporaryFolder { folder in
      let scripted = try ScriptedTrial(
        ScriptedTrial.greeting + ScriptedTrial.hearTrial + ScriptedTrial.honest, in: folder)
      let session = try session(in: folder, of: scripted.trial)
      let (record, _) = try await session.carryOut(
        scripted.trial, in: HandedOn(scripted.guests))
      #expect(record.outcome == .met)
      #expect(!record.superseded)
      let journal = try Files.text(session.directory.path + "/trials.jsonl")
        .split(separator: "\n")
      #expect(journal.map { $0.contains(#""superseded":true"#) } == [true, false])
      #expect(journal.first?.contains("other trials had had that guest before") == true)
    }
  }
}

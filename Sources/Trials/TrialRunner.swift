// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
package import Logging
import Machine
package import Record
import Scenarios
import Verdicts
import Wire

/// Runs one trial: a guest, the twin, the workload, the evidence, the verdict.
package struct TrialRunner: Sendable {
  let logger: Logger
  let limits: TrialWatch.Limits

  package init(logger: Logger, limits: TrialWatch.Limits = .init()) {
    self.logger = logger
    self.limits = limits
  }

  /// A trial's record, and why it should be carried out again.
  package struct Result: Sendable {
    package var record: TrialRecord
    /// Nil if it stands.
    package var doubt: Doubt?

    /// Whether the record is the laboratory's failure.
    package var laboratoryFailed: Bool { doubt == .laboratoryFailed || doubt == .hostWasSlow }
  }

  /// Why a trial's result says little of its twin, so that it is carried out again.
  package enum Doubt: Sendable, Equatable {
    case laboratoryFailed
    /// The host gave the guest or the harness hardly any CPU time.
    case hostWasSlow
    /// The guest's processors did not run at once, so that its fault never ran.
    case raceDidNotHappen
    /// Other trials had its guest before, and something is not as it was: that may be their work.
    case guestWasShared
  }

  /// - Parameters:
  ///   - source: provides its guest.
  ///   - evidence: the empty folder of its evidence.
  ///   - follow: takes what happens while it happens.
  /// - Throws: `CancellationError`, or a failure to write evidence. Everything else is in the
  ///   record.
  package func run(
    _ trial: Trial, in source: any GuestSource, evidence: Evidence,
    follow: (@Sendable (TrialNews) -> Void)? = nil
  ) async throws -> Result {
    let began = ContinuousClock.now
    var record = TrialRecord(
      id: trial.id, verdict: Verdict(.inconclusive), expected: trial.expected,
      outcome: .inconclusive, evidenceDirectory: evidence.name)
    var evidence = evidence
    var judgement: Judgement
    var remains = TrialRemains()
    switch trial.twin.result {
    case .unavailable(let reason):
      let decision = OutcomePolicy.decision(leavingOut: .kernelLacks(reason))
      (record.outcome, record.reason) = (decision.outcome, decision.reason)
      return Result(record: record)
    case .refused(let messages):
      let place = messages.first.flatMap { message in
        message.line.map { SourcePlace(file: message.file, line: $0) }
      }
      let (rule, verdict) = Judge.decision(
        of: TrialFacts(
          mechanism: trial.id.mechanism, armed: trial.isArmed, ending: .noGuest,
          compilerRefusal: try evidence.write(messages), compilerPlace: place,
          isUndeclared: trial.isUndeclared))
      judgement = Judgement(rule: rule, verdict: verdict)
    case .success(let twin):
      let object = try Files.read(twin.object)
      let course = try await conduct(trial, in: source, object, &evidence, follow)
      do {
        judgement = try await weigh(trial, course, full: twin.full, &evidence)
      } catch {
        await course.shared?.guest.end()
        throw error
      }
      course.describe(in: &record)
      remains = course.report.remains
      if course.trialsBefore > 0, judgement.clean == nil { judgement.doubt = .guestWasShared }
      if let shared = course.shared { await source.takeBack(shared, clean: judgement.clean) }
    }
    record.verdict = judgement.verdict
    let (_, decision) = OutcomePolicy.decision(
      on: OutcomeFacts(
        record, basis: trial.basis, remains: remains, judgedBy: judgement.rule,
        isLeftToChance: trial.isLeftToChance))
    (record.outcome, record.reason, record.checks) = (
      decision.outcome, decision.reason, decision.checks
    )
    record.seconds.total = (ContinuousClock.now - began).seconds
    return Result(record: record, doubt: judgement.doubt)
  }

  /// Keeps what the agent said and what tools printed, and judges.
  ///
  /// - Throws: `CancellationError`, `HostError`. Whatever else a guest left is this trial's trouble and
  ///   no other's.
  private func weigh(
    _ trial: Trial, _ course: Course, full: String, _ evidence: inout Evidence
  ) async throws -> Judgement {
    try evidence.finish()
    do {
      try await evidence.write(course.report.tools, of: course.report.compiled, full: full)
      return try await judge(trial, course, full: full, evidence)
    } catch let error where !(error is CancellationError || error is HostError) {
      return Judgement(
        rule: "",
        verdict: Verdict(
          .inconclusive, reason: "what the guest left could not be weighed: \(error)"),
        doubt: .laboratoryFailed)
    }
  }

  /// What happened between a guest's start and its end.
  struct Course {
    var started: TrialRecord.Start?
    var seconds = TrialRecord.Seconds(start: 0, trial: 0, total: 0)
    var report: AgentFacts
    var ending: Ending
    var earlyFrames: EarlyFrames?
    var accelerator: Accelerator?
    /// What the guest's kernel memory showed; nil if there was no guest.
    var memory: MemoryEvidence?
    var processors = ProcessorHistory()
    /// Whether the harness itself had no CPU for too long.
    var harnessWasAway = false
    /// How many trials the guest had before.
    var trialsBefore = 0
    /// The guest, stopped, if other trials may have it afterwards. It must be given back or ended.
    var shared: StartedGuest?

    func describe(in record: inout TrialRecord) {
      record.started = started
      record.seconds = seconds
      record.observed = report.observed
      record.programs = report.programs.map(ProgramRecord.init)
      record.functions = report.functions.map { FunctionRecord(name: $0.name, calls: $0.calls) }
    }
  }

  private func conduct(
    _ trial: Trial, in source: any GuestSource, _ object: [UInt8], _ evidence: inout Evidence,
    _ follow: (@Sendable (TrialNews) -> Void)?
  ) async throws -> Course {
    var plan = trial.plan(objectSize: object.count)
    plan.isShared = source.isShared(plan)
    var course = Course(
      report: AgentFacts(
        objectName: trial.objectName, entryPoints: trial.overrides?.entryPoints ?? []),
      ending: .laboratoryFailed("no guest was started"))
    let began = ContinuousClock.now
    let started: StartedGuest
    do {
      started = try await source.guest(for: trial, plan, evidence)
    } catch {
      // A failure caused by an interruption is not a result, nor is a QEMU that can't be started at
      // all.
      try Task.checkCancellation()
      if let error = error as? SystemCallError, error.isFailedStart { throw error }
      course.ending = .laboratoryFailed("no guest could be started: \(error)")
      return course
    }
    (course.started, course.accelerator) = (started.start, started.accelerator)
    course.trialsBefore = started.trials
    course.seconds.start = (ContinuousClock.now - began).seconds
    var desk = NewsDesk(console: evidence.guestFiles.console, follow: follow)
    desk.tell(.began(started.start))
    let clock = SuspendingClock.now
    do {
      try await converse(started, trial, plan, object, &course, &evidence, &desk)
    } catch {
      course.ending = .laboratoryFailed("\(error)")
    }
    // Before the guest's end, which takes its times and its memory along.
    course.processors.note(
      started.guest.processorTime(), at: (SuspendingClock.now - clock).seconds,
      console: started.guest.consoleBytes)
    course.memory = MemoryEvidence(await started.guest.lookAtKernel())
    course.seconds.trial = (ContinuousClock.now - began).seconds - course.seconds.start
    var loss: ConsoleLoss?
    // A guest whose memory could not be read may still run, and write; the end of a long console is in its
    // file only when the guest has ended.
    if plan.isShared, course.ending == .answered, course.memory?.witness != nil,
      started.guest.consoleBytes <= Console.head, !Task.isCancelled
    {
      loss = await started.guest.settleConsole()
      course.shared = started
    } else {
      loss = await started.guest.end()
    }
    if let loss {
      course.ending = .laboratoryFailed("the console could not be kept: \(loss)")
    } else if case .lockedUp = course.ending,
      let contradiction = course.ending.contradiction(
        in: try Files.read(evidence.guestFiles.console))
    {
      course.ending = .laboratoryFailed(contradiction)
    }
    desk.finish(verifierLog: course.report.verifierLog)
    do {
      try Task.checkCancellation()
    } catch {
      await course.shared?.guest.end()
      throw error
    }
    return course
  }

  private func converse(
    _ started: StartedGuest, _ trial: Trial, _ plan: TrialPlan, _ object: [UInt8],
    _ course: inout Course, _ evidence: inout Evidence, _ desk: inout NewsDesk
  ) async throws {
    let guest = started.guest
    // A host that was suspended during a trial is not silence of the guest.
    let began = SuspendingClock.now
    let start = ContinuousClock.now
    var limits = limits
    limits.fit(cpus: trial.scenario.cpus, kernel: trial.traits)
    var watch = TrialWatch(limits: limits)
    var registers = RegisterLog(logger: logger)
    let time = guest.processorTime()
    if let briefing = started.briefing, briefing.plan == plan {
      for message in briefing.messages {
        course.report.add(message, line: evidence.add(message, seconds: 0))
        if case .end(let ending) = watch.handle(
          .message(message), now: 0, processor: guest.processorSeconds() ?? 0)
        {
          course.ending = ending
          return
        }
      }
    } else {
      try await guest.send(.trial(plan))
    }
    try await guest.send(blob: object)
    for await event in guest.events {
      let now = (SuspendingClock.now - began).seconds
      switch event {
      case .message(let message):
        let line = evidence.add(message, seconds: now)
        course.report.add(message, line: line)
        desk.tell(message)
        if case .workerEnded = message { course.earlyFrames = earlyFrames(trial, evidence) }
      case .blob(let bytes): course.report.add(blob: bytes)
      case .qmp(let event): evidence.add(event, seconds: now)
      case .malformed, .exited, .tick: break
      }
      desk.look(at: guest.consoleBytes)
      let processor = guest.processorSeconds() ?? 0
      let absence = Presence.shared.longestAbsence(since: start)
      course.harnessWasAway = absence > limits.away
      if event == .tick {
        course.processors.note(guest.processorTime(), at: now, console: guest.consoleBytes)
      }
      var action = watch.handle(
        event, now: now, processor: processor, console: guest.consoleBytes,
        absence: absence,
        waited: time.flatMap { guest.processorTime()?.since($0).longestWait.waited } ?? 0)
      if case .sample(let suspicion) = action {
        desk.suspect()
        let sample = await registers.sample(guest) { (SuspendingClock.now - began).seconds }
        action = sample.map { watch.note($0, on: suspicion) } ?? .wait
      }
      switch action {
      case .wait, .sample: continue
      case .injectNMI:
        desk.tell(.questioned)
        try await question(guest, &registers, evidence)
      case .end(let ending):
        course.ending = registers.citing(ending)
        return
      }
    }
    try Task.checkCancellation()
    course.ending = .laboratoryFailed("the guest's events ended before the trial")
  }

  /// What a dead worker leaves on the console is looked up while its guest is examined.
  private func earlyFrames(_ trial: Trial, _ evidence: Evidence) -> EarlyFrames? {
    guard trial.id.mechanism == .lkm, case .success(let twin) = trial.twin.result else {
      return nil
    }
    return EarlyFrames(
      console: evidence.guestFiles.console, ofModule: trial.objectName, full: twin.full,
      by: trial.forge)
  }

  /// Keeps a silent guest's registers, then asks its kernel for a backtrace.
  private func question(_ guest: Guest, _ registers: inout RegisterLog, _ evidence: Evidence)
    async throws
  {
    if registers.isEmpty { _ = await registers.sample(guest) { 0 } }
    try evidence.write(RegisterLog.name, registers.bytes)
    do {
      try await guest.injectNMI()
    } catch let error as MachineError {
      // The guest counts as silent in any case; only its backtrace is missing.
      logger.warning("A silent guest could not be questioned.", metadata: ["error": "\(error)"])
    }
  }
}

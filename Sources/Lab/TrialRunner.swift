package import Forge
import Host
import Kernels
package import Logging
package import Machine
package import Record
package import Scenarios
import Verdicts
import Wire

/// Runs one trial: a fresh guest, the twin, the workload, the evidence, the verdict.
package struct TrialRunner: Sendable {
  /// One trial and all that it needs.
  package struct Job: Sendable {
    var id: TrialID
    var scenario: Scenario
    var twin: ForgedTwin
    var description: MachineDescription
    /// Nil where every guest is to boot.
    var template: Template?
    var forge: Forge
    var traits: KernelTraits?
    var evidenceFolder: String
    /// The evidence folder's name relative to the run directory.
    var evidenceName: String
    /// Whether this trial follows from another that survived, and not from the plan.
    var isSecondLook = false
    /// What is tried, where no scenario declares what is to come of it.
    var trying: Trying?
    /// Whether bpftool looks at a program while it is loaded.
    var isInspected = false
    /// Whether the kernel may lack what the twin needs: the one that the catalogue is written for
    /// may not.
    var mayLack = false
    /// What is to come of it, where it is of a suite.
    var item: SuiteItem?
    /// A guest that waits for this trial, its console in ``evidenceFolder``; nil to start one.
    var ready: ReadyGuest?
    /// Takes what happens while it happens.
    var follow: (@Sendable (TrialNews) -> Void)?

    /// What the agent is asked to do.
    func plan(objectSize: Int) -> TrialPlan {
      scenario.plan(
        id.mechanism, armed: id.armed, objectSize: objectSize, inspected: isInspected,
        trying: trying, test: item?.test)
    }

    /// The module's or the object's name.
    var objectName: String { trying?.objectName ?? scenario.objectName }

    package init(
      id: TrialID, scenario: Scenario, twin: ForgedTwin, description: MachineDescription,
      template: Template?, forge: Forge, evidenceFolder: String, evidenceName: String
    ) {
      self.id = id
      self.scenario = scenario
      self.twin = twin
      self.description = description
      self.template = template
      self.forge = forge
      self.evidenceFolder = evidenceFolder
      self.evidenceName = evidenceName
    }
  }

  let logger: Logger
  let limits: TrialWatch.Limits
  let bootSeconds: Double

  /// - Parameter bootSeconds: how long a boot may take, in seconds of wall time; a restore gets a
  ///   third.
  package init(logger: Logger, limits: TrialWatch.Limits = .init(), bootSeconds: Double = 90) {
    self.logger = logger
    self.limits = limits
    self.bootSeconds = bootSeconds
  }

  /// A trial's record, and whether it was the laboratory that failed: then it may be tried again.
  package struct Result: Sendable {
    package var record: TrialRecord
    package var laboratoryFailed: Bool
  }

  /// - Throws: `CancellationError`, or a failure to write evidence. All else is in the record.
  package func run(_ job: Job) async throws -> Result {
    let began = ContinuousClock.now
    var record = TrialRecord(
      id: job.id, verdict: Verdict(.inconclusive, reason: "the trial did not take place"),
      expected: job.item?.expected
        ?? TrialRecord.Expected(
          of: job.scenario, job.id.mechanism, armed: job.id.armed,
          profile: job.id.profile, kernel: job.traits),
      outcome: .inconclusive,
      evidenceDirectory: job.evidenceName)
    var evidence = try Evidence(folder: job.evidenceFolder)
    var laboratoryFailed = false
    var left = SuiteEvidence()
    switch job.twin.result {
    case .unavailable(let reason):
      record.verdict = Verdict(.inconclusive)
      (record.outcome, record.reason) = (.skipped, reason)
      return Result(record: record, laboratoryFailed: false)
    case .refused(let messages):
      let place = messages.first.flatMap { message in
        message.line.map { SourcePlace(file: message.file, line: $0) }
      }
      record.verdict = Judge.verdict(
        of: TrialFacts(
          mechanism: job.id.mechanism, armed: job.id.armed, ending: .noGuest,
          compilerRefusal: try evidence.write(messages), compilerPlace: place,
          isTried: job.trying != nil))
    case .success(let twin):
      let course = try await conduct(job, object: try Files.read(twin.object), &evidence)
      try evidence.finish()
      try await evidence.write(
        course.report.tools, of: course.report.compiled, repository: job.forge.repository)
      record.started = course.started
      record.seconds = course.seconds
      record.observed = course.report.observed
      record.verdict = try await judge(job, course, full: twin.full, evidence)
      laboratoryFailed = course.laboratoryFailed
      left = SuiteEvidence(
        verifierLog: course.report.verifierLog, tools: course.report.tools,
        steps: course.report.facts.compactMap { if case .step(let name) = $0 { name } else { nil } }
      )
    }
    (record.outcome, record.reason) = OutcomeRule.outcome(
      verdict: record.verdict, observed: record.observed, expected: record.expected)
    if job.trying != nil, record.outcome != .inconclusive {
      (record.outcome, record.reason) = (.skipped, record.verdict.reason ?? Trying.unexpected)
    }
    if let item = job.item, record.outcome != .inconclusive {
      let finding = item.expectation.weigh(record, left)
      (record.outcome, record.reason, record.checks) = (
        finding.outcome, finding.reason, finding.checks
      )
    }
    if job.isSecondLook, record.outcome != .inconclusive,
      job.id.profile != Scenario.sensitiveProfile
        || !job.scenario.twins[job.id.mechanism].declaresSensitive(on: job.traits)
    {
      (record.outcome, record.reason) = (
        .skipped, "the scenario declares no expectation for the profile \(job.id.profile)"
      )
    }
    if job.mayLack, !job.id.armed, record.outcome == .unmet,
      let lack = MissingFeature.reason(
        for: record.verdict, verifierSpoke: try evidence.verifierSpoke())
    {
      (record.outcome, record.reason) = (.skipped, lack)
    }
    record.seconds.total = (ContinuousClock.now - began).seconds
    return Result(record: record, laboratoryFailed: laboratoryFailed)
  }

  /// What happened between a guest's start and its end.
  struct Course {
    var started: TrialRecord.Start?
    var seconds = TrialRecord.Seconds(start: 0, trial: 0, total: 0)
    var report: AgentReport
    var ending: Ending
    var earlyFrames: EarlyFrames?

    var laboratoryFailed: Bool {
      if case .laboratoryFailed = ending { true } else { false }
    }
  }

  private func conduct(_ job: Job, object: [UInt8], _ evidence: inout Evidence) async throws
    -> Course
  {
    var course = Course(
      report: AgentReport(objectName: job.objectName),
      ending: .laboratoryFailed("no guest was started"))
    let began = ContinuousClock.now
    let guest: Guest
    do {
      (guest, course.started) = try await start(job, evidence.guestFiles)
    } catch {
      // What an interruption makes fail is no result; nor is a QEMU that can't be started at all.
      try Task.checkCancellation()
      if let error = error as? SystemCallError, error.isFailedStart { throw error }
      course.ending = .laboratoryFailed("no guest could be started: \(error)")
      return course
    }
    course.seconds.start = (ContinuousClock.now - began).seconds
    var desk = NewsDesk(console: evidence.guestFiles.console, follow: job.follow)
    if let started = course.started { desk.tell(.began(started)) }
    do {
      try await converse(guest, job, object, &course, &evidence, &desk)
    } catch {
      course.ending = .laboratoryFailed("\(error)")
    }
    course.seconds.trial = (ContinuousClock.now - began).seconds - course.seconds.start
    if let loss = await guest.end() {
      course.ending = .laboratoryFailed("the console could not be kept: \(loss)")
    }
    desk.finish(verifierLog: course.report.verifierLog)
    try Task.checkCancellation()
    return course
  }

  /// Take the guest that is ready; else start one.
  private func start(_ job: Job, _ files: Guest.Files) async throws -> (Guest, TrialRecord.Start) {
    guard let guest = job.ready?.guest else {
      return try await PreparedMachine(description: job.description, template: job.template)
        .start(files, bootSeconds: bootSeconds, for: job.id.folderName, logger: logger)
    }
    return (try await guest.endingOnError { try await guest.goOn() }, .restored)
  }

  private func converse(
    _ guest: Guest, _ job: Job, _ object: [UInt8], _ course: inout Course,
    _ evidence: inout Evidence, _ desk: inout NewsDesk
  ) async throws {
    // A host that was suspended in mid-trial is no silence of the guest's.
    let began = SuspendingClock.now
    var limits = limits
    limits.fit(cpus: job.scenario.cpus, kernel: job.traits)
    var watch = TrialWatch(limits: limits)
    var registers = RegisterLog(logger: logger)
    let plan = job.plan(objectSize: object.count)
    if let briefing = job.ready?.briefing, briefing.plan == plan {
      for message in briefing.messages {
        course.report.add(message, line: try evidence.add(message, seconds: 0))
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
        let line = try evidence.add(message, seconds: now)
        course.report.add(message, line: line)
        desk.tell(message)
        if case .workerEnded = message { course.earlyFrames = earlyFrames(job, evidence) }
      case .blob(let bytes): course.report.add(blob: bytes)
      case .qmp(let event): try evidence.add(event, seconds: now)
      case .malformed, .exited, .tick: break
      }
      desk.look(at: guest.consoleBytes)
      let processor = guest.processorSeconds() ?? 0
      var action = watch.handle(
        event, now: now, processor: processor, console: guest.consoleBytes)
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
  private func earlyFrames(_ job: Job, _ evidence: Evidence) -> EarlyFrames? {
    guard job.id.mechanism == .lkm, case .success(let twin) = job.twin.result else { return nil }
    return EarlyFrames(
      console: evidence.guestFiles.console, ofModule: job.objectName, full: twin.full,
      by: job.forge)
  }

  /// Keep a silent guest's registers, then ask its kernel for a back trace.
  private func question(_ guest: Guest, _ registers: inout RegisterLog, _ evidence: Evidence)
    async throws
  {
    if registers.isEmpty { _ = await registers.sample(guest) { 0 } }
    try evidence.write(RegisterLog.name, registers.bytes)
    do {
      try await guest.injectNMI()
    } catch let error as MachineError {
      // The guest is called silent either way; its back trace is what is missing.
      logger.warning("A silent guest could not be questioned.", metadata: ["error": "\(error)"])
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Wire

/// What the supervisor does with what it hears, without doing it: events in, actions out.
package struct Conversation: Sendable {
  package enum Event: Sendable {
    /// Worker and examiner are warmed up.
    case ready
    case host(WireFrame)
    case hostMalformed(WireError)
    case worker(WireFrame)
    case workerMalformed(WireError)
    case workerEnded(exitStatus: Int32?, signal: Int32?)
    case examiner(WireFrame)
    case examinerMalformed(WireError)
    case examinerEnded(String)
    case heartbeatDue(uptimeMilliseconds: UInt64, processState: String?, ticks: [UInt64]? = nil)
    case shell(ShellEvent)
  }

  package enum Action: Equatable, Sendable {
    case tellHost(WireFrame)
    case tellWorker(WireFrame)
    case tellExaminer(WireFrame)
    case shell(ShellAction)
    /// Go through a conversation with no listener.
    case rehearse
  }

  enum Phase: Sendable {
    case greeting
    case idle
    /// The object arrives while the examiner notes the kernel's state.
    case preparing(plan: TrialPlan, frames: [WireFrame], received: Int, noted: Bool)
    case working
    case examining
    /// How many of worker and examiner are still warming up again.
    case rehearsing(Int)
    /// The worker runs a tool for the host.
    case tooling
    /// A file for the shell arrives.
    case filing(IncomingFile)
    case shell
    /// Its trial is finished, and the guest could do another.
    case finished
    /// Nothing more is done.
    case over
  }

  private let kernelRelease: String
  private let places: KernelPlaces?
  var phase = Phase.greeting
  var step: String?
  private var unloaded = false
  /// Nothing faulty can have run: the twin is disarmed, or an eBPF object refused at its load.
  private var harmless = false
  private var isShared = false
  private var mechanism: TrialPlan.Mechanism?
  private var workerAlive = true
  private var examinerEnding: String?

  package init(kernelRelease: String, places: KernelPlaces? = nil) {
    self.kernelRelease = kernelRelease
    self.places = places
  }

  /// Whether heartbeats are due.
  package var underWay: Bool {
    switch phase {
    case .preparing, .working, .examining, .tooling, .shell: true
    case .greeting, .idle, .rehearsing, .filing, .finished, .over: false
    }
  }

  /// Whether the worker is done, and the examiner is not.
  package var examinerIsAtWork: Bool {
    if case .examining = phase { true } else { false }
  }

  package mutating func handle(_ event: Event) -> [Action] {
    switch event {
    case .ready: return greet(places)
    case .host(let frame): return hear(frame)
    case .hostMalformed(let error): return fail("the host's message was malformed: \(error)")
    case .worker(let frame): return relay(frame)
    case .workerMalformed(let error):
      return fail("the worker's message was malformed: \(error)") + examine()
    case .workerEnded(let status, let signal):
      return loseWorker(exitStatus: status, signal: signal)
    case .examiner(let frame): return relayExaminer(frame)
    case .examinerMalformed(let error):
      return loseExaminer("its message was malformed: \(error)")
    case .examinerEnded(let detail): return loseExaminer(detail)
    case .heartbeatDue(let uptime, let state, let ticks):
      guard underWay else { return [] }
      return [
        tell(
          .heartbeat(uptimeMilliseconds: uptime, step: step, processState: state, ticks: ticks))
      ]
    case .shell(let event): return hearShell(event)
    }
  }

  func tell(_ message: AgentMessage) -> Action {
    .tellHost(message.frame)
  }

  /// A guest that has lost one of the two is useless: with a template of it, every clone's trial
  /// would fail.
  private func greet(_ places: KernelPlaces? = nil) -> [Action] {
    if let examinerEnding { return fail("the examiner is gone: \(examinerEnding)") }
    guard workerAlive else { return fail("the worker is gone") }
    return [tell(.hello(version: wireVersion, kernelRelease: kernelRelease, places: places))]
  }

  func fail(_ reason: String) -> [Action] {
    [tell(.failed(reason))]
  }

  private mutating func hear(_ frame: WireFrame) -> [Action] {
    if case .blob(let bytes) = frame { return takeForShell(bytes) ?? takeObject(frame) }
    let message: HostMessage
    do throws(WireError) {
      message = try HostMessage(frame)
    } catch {
      return fail("the host's message was malformed: \(error)")
    }
    switch message {
    case .hello(let version):
      switch phase {
      case .greeting, .idle: phase = version == wireVersion ? .idle : .greeting
      case .preparing, .working, .examining, .rehearsing, .tooling, .filing, .shell, .finished,
        .over:
        break
      }
      return greet()
    case .trial(let plan): return begin(plan, frame)
    case .rehearse:
      guard case .idle = phase, workerAlive, examinerEnding == nil else {
        return fail("a rehearsal was asked for before a hello, or behind a trial")
      }
      phase = .rehearsing(2)
      return [.tellWorker(frame), .tellExaminer(ExaminerRequest.rehearse.frame), .rehearse]
    case .tool:
      guard case .idle = phase, workerAlive else {
        return fail("a tool was asked for before a hello, or behind a trial")
      }
      phase = .tooling
      return [.tellWorker(frame)]
    case .file, .shell, .shellSize, .shellTaken, .shellInputEnded:
      return hearOfShell(message)
    }
  }

  private mutating func begin(_ plan: TrialPlan, _ frame: WireFrame) -> [Action] {
    switch phase {
    case .idle, .finished: break
    case .greeting: return fail("a trial came before a hello of version \(wireVersion)")
    case .rehearsing: return fail("a trial came in the middle of a rehearsal")
    case .preparing, .working, .examining, .tooling, .filing, .shell, .over:
      return fail("a trial came while the guest had something else to do, or had failed")
    }
    guard plan.objectSize > 0 else {
      return fail("the plan announces an object of \(plan.objectSize) bytes")
    }
    if let examinerEnding {
      phase = .over
      return fail("the examiner ended before the trial: \(examinerEnding)")
    }
    guard workerAlive else {
      phase = .over
      return fail("the worker ended before the trial")
    }
    phase = .preparing(plan: plan, frames: [frame], received: 0, noted: false)
    step = "prepare"
    mechanism = plan.mechanism
    harmless = !plan.armed
    isShared = plan.isShared
    unloaded = false
    return [.tellExaminer(ExaminerRequest.note(plan: frame).frame)]
  }

  private mutating func takeObject(_ frame: WireFrame) -> [Action] {
    guard case .preparing(let plan, let frames, let received, let noted) = phase,
      received < plan.objectSize
    else { return fail("bytes came that no plan announced") }
    let count = received + frame.payload.count
    guard count <= plan.objectSize else {
      phase = .over
      return fail("the object has more than the \(plan.objectSize) bytes of the plan")
    }
    phase = .preparing(plan: plan, frames: frames + [frame], received: count, noted: noted)
    return beginWorkWhenPrepared()
  }

  private mutating func beginWorkWhenPrepared() -> [Action] {
    guard case .preparing(let plan, let frames, let received, true) = phase,
      received == plan.objectSize
    else { return [] }
    phase = .working
    return frames.map { .tellWorker($0) }
  }

  /// Passes on what the worker says. Its messages are compared as bytes: to decode each would cost
  /// guest time for nothing.
  private mutating func relay(_ frame: WireFrame) -> [Action] {
    if case .rehearsing = phase { return endRehearsal(frame) }
    if case .tooling = phase {
      if frame == WorkerSignals.finished { phase = .over }
      return [.tellHost(frame)]
    }
    guard case .working = phase else { return [] }
    if frame == WorkerSignals.finished { return examine() }
    if let name = WorkerSignals.step(in: frame) {
      step = name
    } else if frame == WorkerSignals.unloaded {
      unloaded = true
    } else if WorkerSignals.isRefusal(frame), step == "load", mechanism == .bpf {
      harmless = true
    }
    return [.tellHost(frame)]
  }

  /// One of the two is warm again, or says why it can't be.
  private mutating func endRehearsal(_ frame: WireFrame) -> [Action] {
    guard case .rehearsing(let left) = phase, frame == WorkerSignals.finished else {
      return [.tellHost(frame)]
    }
    phase = left > 1 ? .rehearsing(left - 1) : .idle
    return left > 1 ? [] : [.tellHost(frame)]
  }

  private mutating func loseWorker(
    exitStatus: Int32?, signal: Int32?
  ) -> [Action] {
    workerAlive = false
    let told = tell(.workerEnded(exitStatus: exitStatus, signal: signal))
    switch phase {
    case .working: return [told] + examine()
    case .preparing:
      phase = .over
      return [told] + (fail("the worker ended before the trial"))
    case .rehearsing, .tooling:
      phase = .over
      return [told] + fail("the worker ended before the trial, in a rehearsal or a tool")
    case .greeting, .idle, .examining, .filing, .shell, .finished, .over: return []
    }
  }

  private mutating func examine() -> [Action] {
    guard case .working = phase else { return [] }
    step = "health"
    if let examinerEnding { return endWithoutExaminer(examinerEnding) }
    phase = .examining
    return [
      .tellExaminer(
        ExaminerRequest.examine(
          brief: harmless && workerAlive, settle: unloaded || isShared
        ).frame)
    ]
  }

  private mutating func relayExaminer(_ frame: WireFrame) -> [Action] {
    if case .rehearsing = phase { return endRehearsal(frame) }
    guard frame == WorkerSignals.finished else {
      guard underWay else { return [] }
      if WorkerSignals.isFailure(frame) { phase = .over }
      return [.tellHost(frame)]
    }
    switch phase {
    case .preparing(let plan, let frames, let received, _):
      phase = .preparing(plan: plan, frames: frames, received: received, noted: true)
      return beginWorkWhenPrepared()
    case .examining:
      phase = .finished
      return [.tellHost(frame)]
    case .greeting, .idle, .working, .rehearsing, .tooling, .filing, .shell, .finished, .over:
      return []
    }
  }

  private mutating func loseExaminer(_ detail: String) -> [Action] {
    guard examinerEnding == nil else { return [] }
    examinerEnding = detail
    switch phase {
    case .preparing:
      phase = .over
      return fail("the examiner ended before the trial: \(detail)")
    case .examining: return endWithoutExaminer(detail)
    case .rehearsing:
      phase = .over
      return fail("the examiner ended in a rehearsal: \(detail)")
    // Sent when it is needed: the worker's trial comes first.
    case .greeting, .idle, .working, .tooling, .filing, .shell, .finished, .over: return []
    }
  }

  private mutating func endWithoutExaminer(_ detail: String) -> [Action] {
    phase = .over
    return [tell(.health(check: "examiner", detail: detail)), tell(.finished)]
  }
}

/// What the supervisor asks of the examiner, which answers each with messages for the host and
/// `finished`.
package enum ExaminerRequest: Equatable, Sendable {
  /// Loads the modules that the plan asks for, then records the kernel's state: what the laboratory
  /// itself brought in is not a change made by a trial. The frame is the host's own.
  case note(plan: WireFrame)
  /// `brief`: nothing faulty can have run, so a few checks do. `settle`: wait a little for what
  /// the kernel frees late.
  case examine(brief: Bool, settle: Bool)
  case rehearse

  package var frame: WireFrame {
    switch self {
    case .note(let plan): plan
    case .examine(let brief, let settle): .blob([brief ? 1 : 0, settle ? 1 : 0])
    case .rehearse: .blob([])
    }
  }

  package init(_ frame: WireFrame) throws(WireError) {
    switch frame {
    case .message: self = .note(plan: frame)
    case .blob([]): self = .rehearse
    case .blob(let flags):
      guard flags.count == 2 else { throw .unexpected("a request of \(flags.count) bytes") }
      self = .examine(brief: flags[0] == 1, settle: flags[1] == 1)
    }
  }
}

/// The messages between the processes that mean something to the supervisor itself.
package enum WorkerSignals {
  package static let finished = AgentMessage.finished.frame
  package static let loaded = AgentMessage.loaded.frame
  package static let unloaded = AgentMessage.unloaded.frame

  /// The step that a message names; nil for all other messages.
  package static func step(in frame: WireFrame) -> String? {
    let prefix = Array(#"{"step":{"_0":""#.utf8)
    let suffix = Array(#""}}"#.utf8)
    guard starts(frame, with: prefix) else { return nil }
    return String(
      decoding: frame.payload.dropFirst(prefix.count).dropLast(suffix.count), as: UTF8.self)
  }

  package static func isFailure(_ frame: WireFrame) -> Bool {
    starts(frame, with: Array(#"{"failed":"#.utf8))
  }

  package static func isRefusal(_ frame: WireFrame) -> Bool {
    starts(frame, with: Array(#"{"refused":"#.utf8))
  }

  private static func starts(_ frame: WireFrame, with prefix: [UInt8]) -> Bool {
    guard case .message(let bytes) = frame else { return false }
    return bytes.starts(with: prefix)
  }
}

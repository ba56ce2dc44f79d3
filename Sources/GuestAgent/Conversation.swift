package import Wire

/// What the supervisor does with what it hears, without doing it: events in, actions out.
package struct Conversation: Sendable {
  package enum Event: Sendable {
    /// Worker and examiner are warmed up.
    case ready
    case host(Frame)
    case hostMalformed(WireError)
    case worker(Frame)
    case workerMalformed(WireError)
    case workerEnded(exitStatus: Int32?, signal: Int32?)
    case examiner(Frame)
    case examinerMalformed(WireError)
    case examinerEnded(String)
    case heartbeatDue(uptimeMilliseconds: UInt64, workerState: String?)
  }

  package enum Action: Equatable, Sendable {
    case tellHost(Frame)
    case tellWorker(Frame)
    case tellExaminer(Frame)
  }

  private enum Phase: Sendable {
    case greeting
    case idle
    /// The object arrives while the examiner notes the kernel's state.
    case preparing(plan: TrialPlan, frames: [Frame], received: Int, noted: Bool)
    case working
    case examining
    /// A guest does one trial.
    case over
  }

  private let kernelRelease: String
  private var phase = Phase.greeting
  private var step: String?
  private var unloaded = false
  private var workerAlive = true
  private var examinerEnding: String?

  package init(kernelRelease: String) { self.kernelRelease = kernelRelease }

  /// Whether heartbeats are due.
  package var underWay: Bool {
    switch phase {
    case .preparing, .working, .examining: true
    case .greeting, .idle, .over: false
    }
  }

  package mutating func handle(_ event: Event) -> [Action] {
    do {
      switch event {
      case .ready: return try greet()
      case .host(let frame): return try hear(frame)
      case .hostMalformed(let error): return try fail("the host's message was malformed: \(error)")
      case .worker(let frame): return try relay(frame)
      case .workerMalformed(let error):
        return try fail("the worker's message was malformed: \(error)") + examine()
      case .workerEnded(let status, let signal):
        return try loseWorker(exitStatus: status, signal: signal)
      case .examiner(let frame): return try relayExaminer(frame)
      case .examinerMalformed(let error):
        return try loseExaminer("its message was malformed: \(error)")
      case .examinerEnded(let detail): return try loseExaminer(detail)
      case .heartbeatDue(let uptime, let state):
        guard underWay else { return [] }
        return [
          try tell(.heartbeat(uptimeMilliseconds: uptime, step: step, workerState: state))
        ]
      }
    } catch {
      // Only a message that can't be encoded ends here, and this one can.
      return (try? fail("\(error)")) ?? []
    }
  }

  private func tell(_ message: AgentMessage) throws(WireError) -> Action {
    .tellHost(try Frame.encode(message))
  }

  private func greet() throws(WireError) -> [Action] {
    [try tell(.hello(version: wireVersion, kernelRelease: kernelRelease))]
  }

  private func fail(_ reason: String) throws(WireError) -> [Action] {
    [try tell(.failed(reason))]
  }

  private mutating func hear(_ frame: Frame) throws(WireError) -> [Action] {
    if case .blob = frame { return try takeObject(frame) }
    let message: HostMessage
    do {
      message = try frame.decode(HostMessage.self)
    } catch {
      return try fail("the host's message was malformed: \(error)")
    }
    switch message {
    case .hello(let version):
      switch phase {
      case .greeting, .idle: phase = version == wireVersion ? .idle : .greeting
      case .preparing, .working, .examining, .over: break
      }
      return try greet()
    case .trial(let plan): return try begin(plan, frame)
    }
  }

  private mutating func begin(_ plan: TrialPlan, _ frame: Frame) throws(WireError) -> [Action] {
    switch phase {
    case .idle: break
    case .greeting: return try fail("a trial came before a hello of version \(wireVersion)")
    case .preparing, .working, .examining, .over:
      return try fail("a second trial came; a guest does one")
    }
    guard plan.objectSize > 0 else {
      return try fail("the plan announces an object of \(plan.objectSize) bytes")
    }
    if let examinerEnding {
      phase = .over
      return try fail("the examiner ended before the trial: \(examinerEnding)")
    }
    guard workerAlive else {
      phase = .over
      return try fail("the worker ended before the trial")
    }
    phase = .preparing(plan: plan, frames: [frame], received: 0, noted: false)
    step = "prepare"
    return [.tellExaminer(try .encode(ExaminerRequest.note(caches: plan.watchedCaches, modules: plan.modules)))]
  }

  private mutating func takeObject(_ frame: Frame) throws(WireError) -> [Action] {
    guard case .preparing(let plan, let frames, let received, let noted) = phase,
      received < plan.objectSize
    else { return try fail("bytes came that no plan announced") }
    let count = received + frame.payload.count
    guard count <= plan.objectSize else {
      phase = .over
      return try fail("the object has more than the \(plan.objectSize) bytes of the plan")
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
  private mutating func relay(_ frame: Frame) throws(WireError) -> [Action] {
    guard case .working = phase else { return [] }
    if frame == WorkerSignals.finished { return try examine() }
    if WorkerSignals.isStep(frame), case .step(let name) = try frame.decode(AgentMessage.self) {
      step = name
    } else if frame == WorkerSignals.unloaded {
      unloaded = true
    }
    return [.tellHost(frame)]
  }

  private mutating func loseWorker(
    exitStatus: Int32?, signal: Int32?
  ) throws(WireError) -> [Action] {
    workerAlive = false
    let told = try tell(.workerEnded(exitStatus: exitStatus, signal: signal))
    switch phase {
    case .working: return [told] + (try examine())
    case .preparing:
      phase = .over
      return [told] + (try fail("the worker ended before the trial"))
    case .greeting, .idle, .examining, .over: return []
    }
  }

  private mutating func examine() throws(WireError) -> [Action] {
    guard case .working = phase else { return [] }
    step = "health"
    if let examinerEnding { return try endWithoutExaminer(examinerEnding) }
    phase = .examining
    return [.tellExaminer(try .encode(ExaminerRequest.examine(settle: unloaded)))]
  }

  private mutating func relayExaminer(_ frame: Frame) throws(WireError) -> [Action] {
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
      phase = .over
      return [.tellHost(frame)]
    case .greeting, .idle, .working, .over: return []
    }
  }

  private mutating func loseExaminer(_ detail: String) throws(WireError) -> [Action] {
    guard examinerEnding == nil else { return [] }
    examinerEnding = detail
    switch phase {
    case .preparing:
      phase = .over
      return try fail("the examiner ended before the trial: \(detail)")
    case .examining: return try endWithoutExaminer(detail)
    // Told when it is needed: the worker's trial comes first.
    case .greeting, .idle, .working, .over: return []
    }
  }

  private mutating func endWithoutExaminer(_ detail: String) throws(WireError) -> [Action] {
    phase = .over
    return [try tell(.health(check: "examiner", detail: detail)), try tell(.finished)]
  }
}

/// What the supervisor asks of the examiner, which answers each with messages for the host and
/// `finished`.
package enum ExaminerRequest: Codable, Sendable, Equatable {
  /// Loads the modules that the plan asks for, then notes the kernel's state: what the laboratory
  /// itself brought in is no change that a trial made.
  case note(caches: [String], modules: [String])
  /// `settle`: wait a little for what the kernel frees late.
  case examine(settle: Bool)
}

/// The messages between the processes that mean something to the supervisor itself.
package enum WorkerSignals {
  package static let finished = Frame.message(Array(#"{"finished":{}}"#.utf8))
  package static let unloaded = Frame.message(Array(#"{"unloaded":{}}"#.utf8))
  private static let stepPrefix = Array(#"{"step":"#.utf8)
  private static let failurePrefix = Array(#"{"failed":"#.utf8)

  package static func isStep(_ frame: Frame) -> Bool { starts(frame, with: stepPrefix) }

  package static func isFailure(_ frame: Frame) -> Bool { starts(frame, with: failurePrefix) }

  private static func starts(_ frame: Frame, with prefix: [UInt8]) -> Bool {
    guard case .message(let bytes) = frame else { return false }
    return bytes.starts(with: prefix)
  }
}

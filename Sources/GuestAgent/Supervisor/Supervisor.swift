// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel
internal import Wire

/// PID 1: sets the guest up, and carries messages between the host and the two processes that do
/// the work. It never waits for anything but poll(2), and touches nothing that a trial may have
/// broken.
package struct Supervisor: ~Copyable {
  /// Heartbeats come a little more often than promised, so that one is never late.
  private static let heartbeatInterval: UInt64 = 200
  /// A log that the host does not take fast enough stays in the worker.
  private static let mostPending = 4 << 20

  private let signals: Descriptor
  private var port: Port
  private var worker: Child
  private var examiner: Child
  private var conversation: Conversation
  private var warming: Set<pid_t>
  private var workerOpen = true
  private var examinerOpen = true
  private var lastHeartbeat: UInt64 = 0
  private var shell: GuestShell?

  /// Never returns but for a failure of the laboratory.
  package static func run() throws {
    try GuestSetup.prepare()
    var supervisor = try Supervisor()
    try supervisor.serve()
  }

  private init() throws {
    let signals = try Supervisor.makeSignalDescriptor()
    let worker = try Child(.worker)
    let examiner = try Child(.examiner)
    try GuestSetup.loadBootModules()
    try WarmUp.supervisor()
    let port = try Port.find()
    let places = try KernelPlacesReading.now()
    self.signals = signals
    self.worker = worker
    self.examiner = examiner
    self.port = port
    warming = [worker.process, examiner.process]
    conversation = Conversation(
      kernelRelease: GuestSetup.kernelRelease, places: places)
  }

  /// SIGCHLD for children that end, SIGIO for a host that connects to the port.
  private static func makeSignalDescriptor() throws(SystemError) -> Descriptor {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGCHLD)
    sigaddset(&set, SIGIO)
    sigprocmask(SIG_BLOCK, &set, nil)
    signal(SIGPIPE, SIG_IGN)
    return Descriptor(
      owning: try system("make a signal descriptor") {
        signalfd(-1, &set, Int32(SFD_CLOEXEC) | Int32(SFD_NONBLOCK))
      })
  }

  private mutating func serve() throws {
    while true {
      var polled = [pollfd(fd: signals.number, events: Int16(POLLIN), revents: 0)]
      polled.append(pollfd(fd: port.polledDescriptor, events: port.events, revents: 0))
      polled.append(
        events(of: worker, reading: workerOpen && port.channel.pending < Supervisor.mostPending))
      polled.append(events(of: examiner, reading: examinerOpen))
      polled.append(shell?.polled ?? pollfd(fd: -1, events: 0, revents: 0))
      let timeout = timeout()
      _ = try system("poll") { poll(&polled, nfds_t(polled.count), timeout) }

      if polled[0].revents != 0 { reap() }
      if warming.isEmpty { hearHost(polled[1].revents) }
      if polled[2].revents != 0 { hearWorker() }
      if polled[3].revents != 0 { hearExaminer() }
      serveShell(polled[4].revents)
      beatHeart()
      try flush()
    }
  }

  private func events(of child: Child, reading: Bool) -> pollfd {
    let events = (reading ? POLLIN : 0) | (child.channel.pending > 0 ? POLLOUT : 0)
    // A negative descriptor is passed over; a closed one would report its end for ever.
    return pollfd(
      fd: events == 0 ? -1 : child.channel.descriptor, events: Int16(events), revents: 0)
  }

  private func timeout() -> Int32 {
    if conversation.underWay {
      let due = lastHeartbeat + Supervisor.heartbeatInterval
      let now = Clock.milliseconds()
      return due > now ? Int32(due - now) : 0
    }
    return port.connected ? -1 : Port.retryMilliseconds
  }

  private mutating func perform(_ event: Conversation.Event) {
    let wasUnderWay = conversation.underWay
    defer { if !wasUnderWay, conversation.underWay { lastHeartbeat = Clock.milliseconds() } }
    for action in conversation.handle(event) {
      switch action {
      case .tellHost(let frame): port.channel.enqueue(frame)
      case .tellWorker(let frame): worker.channel.enqueue(frame)
      case .tellExaminer(let frame): examiner.channel.enqueue(frame)
      case .shell(let action): perform(action)
      case .rehearse:
        do { try WarmUp.supervisor() } catch { GuestSetup.say("the rehearsal failed: \(error)") }
      }
    }
  }

  private mutating func perform(_ action: ShellAction) {
    switch action {
    case .put(let file):
      do { try GuestFiles.put(file) } catch { perform(.shell(.failed("\(error)"))) }
    case .start(let plan):
      do { shell = try GuestShell(plan) } catch { perform(.shell(.failed("\(error)"))) }
    case .input(let bytes): shell?.take(bytes)
    case .inputEnded: shell?.endInput()
    case .resize(let size): shell?.resize(size)
    case .taken(let bytes): shell?.hostTook(bytes)
    }
  }

  private mutating func serveShell(_ revents: Int16) {
    guard shell != nil else { return }
    let took = shell?.flush() ?? 0
    if took > 0 { perform(.shell(.took(took))) }
    guard revents != 0 || shell?.status != nil else { return }
    let bytes = shell?.output() ?? []
    if !bytes.isEmpty {
      perform(.shell(.output(bytes)))
    } else if let ended = shell, ended.isOver, let status = ended.status {
      ended.close()
      shell = nil
      perform(.shell(.ended(status: status)))
    }
  }

  private mutating func flush() throws {
    try port.flush()
    // A child that is gone is reaped by its signal, not noticed here.
    if workerOpen { do { try worker.channel.flush() } catch { workerOpen = false } }
    if examinerOpen { do { try examiner.channel.flush() } catch { examinerOpen = false } }
  }

  private mutating func hearHost(_ revents: Int16) {
    switch port.receive(revents) {
    case .frames(let frames), .closed(let frames):
      for frame in frames { perform(.host(frame)) }
    case .malformed(let frames, let error):
      for frame in frames { perform(.host(frame)) }
      perform(.hostMalformed(error))
    }
  }

  private mutating func hearWorker() {
    let arrival = worker.channel.receive()
    switch arrival {
    case .frames(let frames): tellOfWorker(frames)
    case .closed(let frames):
      workerOpen = false
      tellOfWorker(frames)
    case .malformed(let frames, let error):
      tellOfWorker(frames)
      perform(.workerMalformed(error))
    }
  }

  private mutating func tellOfWorker(_ frames: [WireFrame]) {
    for frame in frames where !noteReady(worker, frame) { perform(.worker(frame)) }
  }

  private mutating func hearExaminer() {
    let arrival = examiner.channel.receive()
    switch arrival {
    case .frames(let frames): tellOfExaminer(frames)
    case .closed(let frames):
      examinerOpen = false
      tellOfExaminer(frames)
    case .malformed(let frames, let error):
      tellOfExaminer(frames)
      perform(.examinerMalformed(error))
    }
  }

  private mutating func tellOfExaminer(_ frames: [WireFrame]) {
    for frame in frames where !noteReady(examiner, frame) { perform(.examiner(frame)) }
  }

  /// A child's first message says that it is warm, or why it can't be.
  private mutating func noteReady(_ child: Child, _ frame: WireFrame) -> Bool {
    guard warming.remove(child.process) != nil else { return false }
    if frame != WorkerSignals.finished {
      port.channel.enqueue(frame)
      GuestSetup.say(String(decoding: frame.payload, as: UTF8.self))
    }
    if warming.isEmpty { perform(.ready) }
    return true
  }

  private mutating func reap() {
    var information = [UInt8](repeating: 0, count: 128 * 4)
    while read(signals.number, &information, information.count) > 0 {}
    while true {
      var status: Int32 = 0
      let process = waitpid(-1, &status, WNOHANG)
      guard process > 0 else { return }
      let signal = status & 0x7f
      if process == worker.process {
        hearWorker()
        workerOpen = false
        perform(
          .workerEnded(
            exitStatus: signal == 0 ? status >> 8 & 0xff : nil,
            signal: signal == 0 ? nil : signal))
        childIsGone(process, "worker")
      } else if process == examiner.process {
        hearExaminer()
        examinerOpen = false
        perform(
          .examinerEnded(
            signal == 0 ? "it exited with \(status >> 8 & 0xff)" : "killed by signal \(signal)"))
        childIsGone(process, "examiner")
      } else if process == shell?.process {
        shell?.status = signal == 0 ? status >> 8 & 0xff : 128 + signal
      }
    }
  }

  private mutating func childIsGone(_ process: pid_t, _ name: String) {
    guard warming.remove(process) != nil else { return }
    GuestSetup.say("the \(name) ended while it warmed up")
    if warming.isEmpty { perform(.ready) }
  }

  private mutating func beatHeart() {
    guard conversation.underWay else { return }
    let now = Clock.milliseconds()
    guard now >= lastHeartbeat + Supervisor.heartbeatInterval else { return }
    lastHeartbeat = now
    let atWork = conversation.examinerIsAtWork ? examiner.process : worker.process
    perform(
      .heartbeatDue(
        uptimeMilliseconds: now, processState: ProcessState.letter(of: atWork),
        ticks: ProcessorTicks.now()))
  }
}

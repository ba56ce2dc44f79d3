// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Glibc
import Synchronization
public import Wire

/// A running guest. Whoever starts one must ``end()`` it.
public final class Guest: Sendable {
  /// The files that a guest's output goes to.
  public struct LogFiles: Sendable {
    /// The console, bounded (see `Console`).
    public var console: String
    /// What QEMU itself has to say.
    public var qemuLog: String
    /// Also receives the console's bytes as they arrive, on its own thread; must not block.
    public var consoleTap: (@Sendable (ArraySlice<UInt8>) -> Void)?

    public init(console: String, qemuLog: String) {
      self.console = console
      self.qemuLog = qemuLog
    }

    /// The first line that QEMU itself printed, without its name; nil if it printed nothing.
    var firstWords: String? { lines(of: qemuLog).first }

    /// The last line that QEMU printed, or else the kernel's panic, or else the console's last
    /// line; `none` if neither printed anything.
    var lastWords: String {
      let console = lines(of: console)
      let panic = console.last { $0.contains("Kernel panic - not syncing") }
      return lines(of: qemuLog).last ?? panic ?? console.last ?? "none"
    }

    /// The last lines of the console, for people.
    public func tail(_ count: Int) -> [String] { lines(of: console).suffix(count) }

    /// Warnings are not the cause: newer QEMUs deprecate options that older ones need.
    private func lines(of path: String) -> [String] {
      let bytes = FileManager.default.contents(atPath: path) ?? Data()
      return bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).lazy
        .map { String(decoding: $0, as: UTF8.self) }.filter { !$0.contains("warning: ") }
        .map { line in
          line.hasPrefix(QEMU.program + ": ")
            ? String(line.dropFirst(QEMU.program.count + 2)) : line
        }
    }
  }

  /// Everything that happens, for one reader. It ends with ``end()``.
  public let events: GuestEvents

  /// The guest's memory, seen from outside.
  public let memory: GuestMemory

  let qmp: QMPClient
  private let files: LogFiles
  private let process: QEMUProcess
  private let agent: Channel
  private let line: AgentLine
  let console: Console
  private let sink: AsyncStream<AgentLine.Weighed>.Continuation
  // libdispatch's sources may be used from any thread; Swift's overlay doesn't say so.
  private nonisolated(unsafe) let clock: any DispatchSourceTimer
  let rest = Mutex(GuestRest())
  private let suspensionNumber = Mutex<Int?>(nil)
  let access = Mutex(KernelAccess.unknown("the guest has not greeted"))
  let look = Mutex<Task<KernelLook, Never>?>(nil)

  init(_ description: MachineDescription, _ mode: StartMode, files: LogFiles) async throws {
    let (stream, sink) = AsyncStream.makeStream(of: AgentLine.Weighed.self)
    let line = AgentLine()
    events = GuestEvents(stream: stream, line: line)
    self.line = line
    self.sink = sink
    self.files = files
    let console = try Console(path: files.console)
    self.console = console
    let log = try Descriptor(opening: files.qemuLog, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    let qmpPair = try SocketPair()
    let consolePipe = try ConsolePipe()
    let agentPair = try SocketPair()
    let memoryFile = try GuestMemory.makeFile()
    // In the order of InheritedDescriptor.
    var inherited = [
      qmpPair.theirs.number, consolePipe.theirs.number, agentPair.theirs.number,
      memoryFile.number,
    ]
    if case .restore(_, let state, let memory) = mode {
      inherited += [state] + (memory.map { [$0] } ?? [])
    }
    let jail =
      await Confinement.of(description.qemu) == .jailed ? try description.jail(mode) : nil
    process = try await QEMUProcess(
      path: jail?.program ?? description.qemu, arguments: description.arguments(mode),
      descriptors: inherited, output: log.number, jail: jail)

    let (ends, ended) = AsyncStream.makeStream(of: Void.self)
    let (stops, stopped) = AsyncStream.makeStream(of: Void.self)
    let told = EventCount()
    do {
      qmp = try QMPClient(
        qmpPair.ours, onEnd: { ended.yield() },
        onEvent: { event in
          if told.admits(event) { sink.yield((.qmp(event), 0)) }
          if event.name == "SHUTDOWN" { stopped.yield() }
        })
      try ConsoleReader.start(consolePipe, into: console, tap: files.consoleTap)
      agent = try Channel(agentPair.ours, name: "agent") { bytes in
        guard let bytes else {
          ended.yield()
          return
        }
        line.receive(bytes) { sink.yield(($0, $1)) }
      }
    } catch {
      await process.end()
      throw error
    }
    memory = GuestMemory(qmp, file: memoryFile, megabytes: description.memoryMiB)
    clock = DispatchSource.makeTimerSource(queue: .global())
    clock.schedule(deadline: .now() + 0.1, repeating: 0.1)
    clock.setEventHandler { sink.yield((.tick, 0)) }
    clock.resume()
    let number = Suspension.shared.add(self)
    suspensionNumber.withLock { $0 = number }
    Task { [process] in
      let exit = await process.exit()
      // The last messages of QEMU and the agent may still be in their sockets: if a reset's
      // SHUTDOWN event came after the exit, it would look as if QEMU had died by itself.
      for await _ in ends.prefix(2) {}
      sink.yield((.exited("\(exit)"), 0))
      stopped.finish()
    }
    // A guest that powers itself off or resets leaves its memory to be read, and nothing else.
    Task { [weak self] in
      for await _ in stops {
        _ = await self?.lookAtKernel()
        await self?.process.end()
      }
    }
  }

  /// Boots a guest, and greets its agent when that is ready.
  ///
  /// - Parameter seconds: how long the boot may take.
  /// - Throws: ``MachineError`` or ``SystemCallError``; nothing of the guest is left running.
  public static func boot(_ description: MachineDescription, files: LogFiles, seconds: Double)
    async throws -> Guest
  {
    let guest = try await Guest(description, .boot, files: files)
    return try await guest.endingOnError {
      try await guest.qmp.execute("qmp_capabilities")
      // The agent sends its greeting when it is ready, and again when it is greeted.
      let greeting = try await guest.awaitHello(seconds: seconds)
      try await guest.learn(greeting.places)
      try await guest.sayHello()
      _ = try await guest.awaitHello(seconds: seconds)
    }
  }

  /// Sends the host's version to the agent.
  func sayHello() async throws {
    try await send(.hello(version: wireVersion))
  }

  /// Waits for the agent's `hello`.
  ///
  /// - Returns: the guest's kernel release, and where that kernel is in memory.
  /// - Throws: ``MachineError``: `noAnswer` if QEMU was killed or `seconds` went by first,
  ///   `qemuFailed` if QEMU exited by itself, `notReady` if the agent gave up, `malformedMessage`
  ///   if it speaks another version.
  func awaitHello(seconds: Double) async throws -> (release: String, places: KernelPlaces?) {
    let patience = Patience(seconds: seconds)
    for await event in events {
      switch event {
      case .message(.hello(let version, let release, let places)):
        guard version == wireVersion else {
          throw MachineError(
            .malformedMessage,
            "The agent speaks version \(version), the harness version \(wireVersion).")
        }
        return (release, places)
      case .message(.failed(let words)):
        throw MachineError(.notReady, "The agent could not get ready: \(words)")
      case .malformed(let error):
        throw MachineError(.malformedMessage, "The agent's greeting makes no sense: \(error)")
      case .exited(let how):
        // If QEMU exited by itself, it refused what it was given, such as a damaged template; if it
        // was killed, that says nothing about its input.
        throw MachineError(
          how.hasPrefix("signal") ? .noAnswer : .qemuFailed,
          "QEMU ended before the agent was ready (\(how)). Last words: \(files.lastWords)")
      case .tick where patience.isOver:
        throw MachineError(
          .noAnswer, "No word from the agent within \(seconds) s. Last words: \(files.lastWords)")
      case .message, .blob, .qmp, .tick: break
      }
    }
    throw MachineError(.noAnswer, "The guest was ended while its greeting was awaited.")
  }

  /// Has the agent repeat what it did before the guest was frozen. Under TCG, whose translations
  /// are not part of a template, this makes the trial faster.
  ///
  /// - Throws: ``MachineError`` if it doesn't answer within `seconds`.
  public func rehearse(seconds: Double) async throws {
    try await ask(.rehearse, for: "rehearsal", seconds: seconds) { message in
      switch message {
      case .finished: true
      case .failed(let words):
        throw MachineError(.noAnswer, "The agent could not rehearse: \(words)")
      default: false
      }
    }
  }

  /// Announces to the agent the trial that it will have, and waits until it has recorded the
  /// kernel's state. The trial begins once the agent has the whole object.
  ///
  /// - Returns: what the agent said, including a failure: that belongs to the trial.
  /// - Throws: ``MachineError`` if it doesn't answer within `seconds`.
  public func brief(_ plan: TrialPlan, seconds: Double) async throws -> [AgentMessage] {
    var messages: [AgentMessage] = []
    try await ask(.trial(plan), for: "briefing", seconds: seconds) { message in
      messages.append(message)
      return switch message {
      case .state, .failed: true
      default: false
      }
    }
    return messages
  }

  /// Sends a message to a guest that has no trial yet, and passes on what the agent says until that
  /// ends the answer.
  private func ask(
    _ message: HostMessage, for what: String, seconds: Double,
    isLast: (AgentMessage) throws -> Bool
  ) async throws {
    let patience = Patience(seconds: seconds)
    try await send(message)
    for await event in events {
      switch event {
      case .message(let message): if try isLast(message) { return }
      case .exited(let how):
        throw MachineError(.noAnswer, "QEMU ended in the \(what) (\(how)).")
      case .malformed(let error):
        throw MachineError(.malformedMessage, "The agent's words make no sense: \(error)")
      case .tick where patience.isOver:
        throw MachineError(.noAnswer, "No end of the \(what) within \(seconds) s.")
      case .blob, .qmp, .tick: break
      }
    }
    throw MachineError(.noAnswer, "The guest was ended in its \(what).")
  }

  /// A guest that waits for long would fill its stream with ticks.
  package func setTicks(held: Bool) {
    rest.withLock { rest in
      guard rest.isHeld != held else { return }
      rest.isHeld = held
      if held { clock.suspend() } else { clock.resume() }
    }
  }

  public func send(_ message: HostMessage) async throws {
    line.said(message)
    try await agent.send(message.frame.encoded())
  }

  /// Send raw bytes that a message announced.
  public func send(blob bytes: [UInt8]) async throws {
    line.sent(blob: bytes.count)
    for frame in WireFrame.blobs(bytes) { try await agent.send(frame.encoded()) }
  }

  /// A non-maskable interrupt to all CPUs: with `unknown_nmi_panic` the kernel prints a backtrace,
  /// even with interrupts off.
  public func injectNMI() async throws {
    try await qmp.execute("inject-nmi", seconds: 5)
  }

  /// The CPUs' registers, as QEMU's monitor prints them.
  public func registers() async throws -> String {
    try await qmp.execute(
      "human-monitor-command", ["command-line": .string("info registers -a")], seconds: 2
    ).string ?? ""
  }

  /// The IDs of the threads that run the CPUs, by CPU number.
  public func processorThreads() async throws -> [Int: Int] {
    guard case .array(let processors) = try await qmp.execute("query-cpus-fast", seconds: 2) else {
      return [:]
    }
    let onHost = process.threads()
    var threads: [Int: Int] = [:]
    for processor in processors {
      if case .integer(let number)? = processor["cpu-index"],
        case .integer(let thread)? = processor["thread-id"]
      {
        threads[number] = onHost[thread]
      }
    }
    return threads
  }

  /// CPU time of the host that one of QEMU's threads has used, in seconds, and whether it sleeps
  /// now; nil when it is gone.
  public func usage(ofThread thread: Int) -> (seconds: Double, sleeps: Bool)? {
    process.usage(ofThread: thread).map { ($0.seconds, $0.state == "S") }
  }

  /// How many bytes the console has had so far.
  public var consoleBytes: Int { console.received }

  /// CPU time that this guest's QEMU has used, in seconds; nil when it is gone.
  public func processorSeconds() -> Double? { process.processorSeconds() }

  /// How much of the host's CPUs this guest's QEMU has had so far; nil when it is gone, and on a
  /// host that doesn't count it.
  public func processorTime() -> ProcessorTime? { process.processorTime() }

  /// Memory that is this guest's alone, in KiB: `Private_Dirty` of `/proc/<pid>/smaps_rollup`.
  public func privateKiB() -> Int? {
    guard let file = fopen("/proc/\(process.pid)/smaps_rollup", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      if text.hasPrefix("Private_Dirty:") {
        return text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      }
    }
    return nil
  }

  /// Ends the guest at once and waits until its QEMU is reaped and its console is in the file.
  ///
  /// Every guest ends here; further calls do no harm.
  ///
  /// - Returns: why the console is incomplete; nil if it is complete.
  @discardableResult
  package func end() async -> ConsoleLoss? {
    // A cancelled trial still waits here until nothing of its guest is left.
    await Task.detachedFromCancellation { [self] in
      if let number = suspensionNumber.withLock(\.self) { Suspension.shared.remove(number) }
      await process.end()
      // libdispatch takes the release of a suspended source for a bug.
      setTicks(held: false)
      clock.cancel()
      line.close()
      let loss = await console.finish()
      agent.close()
      qmp.close()
      sink.finish()
      return loss
    }
  }

  /// Ends the guest if `body` fails.
  @discardableResult
  package func endingOnError<T>(_ body: () async throws -> T) async throws -> Guest {
    do {
      _ = try await body()
      return self
    } catch {
      await end()
      throw error
    }
  }
}

extension Task where Failure == Never {
  /// Runs to the end whatever happens to the caller: a child task would be cancelled with it.
  fileprivate static func detachedFromCancellation(
    _ body: @escaping @Sendable () async -> Success
  ) async -> Success {
    await Task(operation: body).value
  }
}

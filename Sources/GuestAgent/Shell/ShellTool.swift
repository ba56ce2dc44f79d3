// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel
internal import Wire

/// What `load`, `work` and `unload` do in a shell: a scenario's twin, its workload.
///
/// A module needs no process once it is loaded. A program is freed when the process that loaded it
/// ends, so `load` leaves a holder running; that also does the workload, which some programs are
/// part of.
enum ShellTool {
  static let name = "shell-tool"
  static let plans = "/scenario/.plans"

  /// - Returns: the exit status.
  static func run(_ arguments: [String]) -> Int32 {
    do {
      switch arguments.first {
      case "work": return try work()
      case "load" where arguments.count > 1: return try load(Array(arguments.dropFirst()))
      case "hold" where arguments.count > 1: return try ProgramHolder.run(arguments)
      case "unload": return try ProgramHolder.ask("unload")
      default:
        say("this is what the commands load, work and unload call")
        return 2
      }
    } catch let refusal as LoadRefusal {
      tell(refusal)
      return 1
    } catch {
      say("\(error)")
      return 1
    }
  }

  static func say(_ text: String) {
    var bytes = Array((text + "\n").utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { write(1, $0.baseAddress, $0.count) }
      if count < 0, errno != EINTR { return }
      bytes = bytes.dropFirst(max(count, 0))
    }
  }

  static func tell(_ refusal: LoadRefusal) {
    if !refusal.verifierLog.isEmpty { say(String(decoding: refusal.verifierLog, as: UTF8.self)) }
    say("refused by the \(refusal.gate): \(refusal.message)")
  }

  /// What the host has laid down of the scenario: a trial's plan.
  static func plan(_ mechanism: TrialPlan.Mechanism) throws -> TrialPlan {
    let bytes = try contents(of: "\(plans)/\(mechanism.rawValue)")
    guard case .trial(let plan) = try HostMessage(.message(bytes)) else {
      throw SystemError("\(plans)/\(mechanism.rawValue) holds no plan", errno: 0)
    }
    return plan
  }

  /// The workload, by the holder if a program is loaded, otherwise by this process.
  private static func work() throws -> Int32 {
    if ProgramHolder.isThere { return try ProgramHolder.ask("work") }
    let plan = try plan(.lkm)
    let folder = "/sys/module/\(plan.objectName)"
    if access(folder, F_OK) != 0 { say("(no twin is loaded: the workload alone)") }
    try ShellWorkload(
      plan: plan,
      trigger: { try put(Array("1".utf8), into: "\(folder)/parameters/trigger") },
      iterate: {
        let path = "/proc/\(plan.objectName)"
        try drain(try Descriptor(opening: path, O_RDONLY), path)
      }
    ).perform(say: say)
    if case .variable(let name) = plan.observation {
      let path = "\(folder)/parameters/\(name)"
      if access(path, R_OK) == 0 { say("\(name) = \(try firstWords(of: path).first ?? "")") }
    }
    return 0
  }

  /// Starts a holder and passes on its output until it says that it is ready, or ends.
  private static func load(_ arguments: [String]) throws -> Int32 {
    if ProgramHolder.isThere {
      say("a program is loaded already; take it out with: unload")
      return 1
    }
    var ends: [Int32] = [0, 0]
    _ = try system("make a pipe") { pipe(&ends) }
    let reading = Descriptor(owning: ends[0])
    let process = try start(arguments, output: Descriptor(owning: ends[1]))
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try system("read from the holder") { read(reading.number, &piece, piece.count) }
      if count == 0 { break }
      bytes += piece[..<count]
      if let end = bytes.firstIndex(of: 0) {
        say(String(decoding: bytes[..<end], as: UTF8.self))
        return 0
      }
    }
    if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    say(String(decoding: bytes, as: UTF8.self))
    var status: Int32 = 0
    _ = try system("wait for the holder") { waitpid(process, &status, 0) }
    let signal = status & 0x7f
    if signal != 0 { say("the process that loads was killed by signal \(signal)") }
    return signal == 0 ? max(1, status >> 8 & 0xff) : 128 + signal
  }

  private static func start(_ arguments: [String], output: consuming Descriptor) throws -> pid_t {
    let words = (["/init", name, "hold"] + arguments).map { strdup($0) } + [nil]
    let environment = [strdup("PATH=/sbin:/bin"), nil]
    defer { for pointer in words + environment { free(pointer) } }
    var process: pid_t = 0
    let null = try Descriptor(opening: "/dev/null", O_RDONLY)
    // In its own session, out of the way of Ctrl-C. It has no other descriptors, so that the pipe's
    // reader sees its end.
    let result = cguest_start_session(
      "/init", words, environment, nil, [null.number, output.number, output.number], "/",
      &process)
    if result != 0 { throw SystemError("start the holder", errno: result) }
    return process
  }
}

/// The steps of a plan's workload, one after the other, each reported.
struct ShellWorkload {
  var plan: TrialPlan
  var socketFilter: Int32?
  var trigger: () throws -> Void
  var iterate: () throws -> Void

  func perform(say: (String) -> Void) throws {
    var held: [Int32] = []
    defer { for end in held { close(end) } }
    for step in plan.workload {
      say("  \(step.words)")
      switch step {
      case .trigger(let times): for _ in 0..<times { try trigger() }
      case .iterate(let times): for _ in 0..<times { try iterate() }
      case .unload: say("  (left to you: take the twin out with unload)")
      case .held(let count): held += try Loopback.hold(count)
      case .release:
        for end in held { close(end) }
        held = []
      default: try Workload.perform(step, socketFilter: socketFilter)
      }
    }
  }
}

extension WorkStep {
  /// As a scenario's file has it.
  fileprivate var words: String {
    switch self {
    case .systemCall(let name, let times, let callers):
      "system call \(name), \(times) times" + (callers > 1 ? ", \(callers) callers at once" : "")
    case .files(let count): "files: \(count)"
    case .packets(let count): "packets: \(count)"
    case .connections(let count): "connections: \(count)"
    case .held(let count): "connections held open: \(count)"
    case .release: "connections closed"
    case .processes(let count): "processes: \(count)"
    case .sleep(let milliseconds): "sleep \(milliseconds) ms"
    case .signals(let count): "signals: \(count)"
    case .bystander(let writes): "a bystander writes \(writes) times"
    case .iterate(let times): "read the twin's file, \(times) times"
    case .trigger(let times): "set the twin off, \(times) times"
    case .crashPoint(let name, let times): "crash point \(name), \(times) times"
    case .shell(let line): "shell: \(line)"
    case .devices(let times): "read and write what has appeared, \(times) times"
    case .unload: "unload the twin"
    }
  }
}

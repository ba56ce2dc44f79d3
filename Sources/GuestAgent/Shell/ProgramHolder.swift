// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
internal import GuestKernel
internal import Wire

/// The process that `load bpf` starts: loads and attaches a scenario's program, and keeps it until it is
/// asked to release it, or killed.
struct ProgramHolder: ~Copyable {
  private static let socket = "/run/panicroom-program"

  static var isThere: Bool {
    // A socket whose owner was killed is still in its folder.
    guard let end = connection() else { return false }
    close(end)
    return true
  }

  /// - Parameter arguments: `hold bpf`, and `armed` if it should be.
  static func run(_ arguments: [String]) throws -> Int32 {
    let plan = try ShellTool.plan(.bpf)
    let armed = arguments.contains("armed")
    let plain = "/scenario/\(plan.objectName).bpf.o"
    let variant = "/scenario/\(plan.objectName).armed.bpf.o"
    let file = armed && access(variant, R_OK) == 0 ? variant : plain
    guard access(file, R_OK) == 0 else {
      ShellTool.say("/scenario holds no \(plan.objectName).bpf.o: the compiler refused it")
      return 1
    }
    captureLibbpfMessages()
    var program = try ProgramObject.loading(
      try contents(of: file), name: plan.objectName, armed: armed)
    try program.attach(plan.attachments)
    let listening = try listen()
    let ids = program.ids.map(String.init).joined(separator: ", ")
    // The NUL says that what follows is silence.
    ShellTool.say("loaded and attached: program \(ids). work sets it off, unload takes it out\0")
    for number: Int32 in 1...2 { dup2(0, number) }
    signal(SIGPIPE, SIG_IGN)
    while serve(listening.number, program, plan) {}
    unlink(socket)
    return 0
  }

  /// One request; false if it was the last.
  private static func serve(
    _ listening: Int32, _ program: borrowing ProgramObject, _ plan: TrialPlan
  ) -> Bool {
    let end = accept(listening, nil, nil)
    guard end >= 0 else { return errno == EINTR || errno == ECONNABORTED }
    defer { close(end) }
    var request = [UInt8](repeating: 0, count: 64)
    let count = read(end, &request, request.count)
    switch String(decoding: request.prefix(max(count, 0)), as: UTF8.self) {
    case "unload": return false
    case "work":
      do {
        try work(program, plan) { text in
          let bytes = Array((text + "\n").utf8)
          _ = write(end, bytes, bytes.count)
        }
      } catch {
        let bytes = Array("\(error)\n".utf8)
        _ = write(end, bytes, bytes.count)
      }
      return true
    default: return true
    }
  }

  private static func work(
    _ program: borrowing ProgramObject, _ plan: TrialPlan, say: (String) -> Void
  ) throws {
    let filter = program.socketFilter
    var failure: SystemError?
    for step in plan.workload {
      switch step {
      // A value that can't be copied can't be kept by a closure: these are done here.
      case .trigger(let times):
        say("  the program's test run, \(times) times")
        for _ in 0..<times { for name in program.testRuns { try program.testRun(name) } }
      case .iterate(let times):
        say("  the program's iterators are read, \(times) times")
        for _ in 0..<times { try program.readIterators() }
      default:
        var part = plan
        part.workload = [step]
        do {
          try ShellWorkload(plan: part, socketFilter: filter, trigger: {}, iterate: {}).perform(
            say: say)
        } catch let error as SystemError {
          failure = error
        }
      }
      if let error = failure.take() { say("  failed: \(error)") }
    }
    switch plan.observation {
    case .variable(let name):
      if let value = try program.variable(name) { say("\(name) = \(value)") }
    case .map(let name):
      if let sum = try program.sum(ofMap: name) { say("sum of \(name) = \(sum)") }
    }
  }

  /// Passes a request on and prints the answer.
  static func ask(_ request: String) throws -> Int32 {
    guard let end = connection() else {
      ShellTool.say("no program is loaded; a module is taken out with rmmod")
      return 1
    }
    defer { close(end) }
    try writeAll(Array(request.utf8), to: end, "ask the holder")
    var piece = [UInt8](repeating: 0, count: 4096)
    var got = 0
    while true {
      let count = read(end, &piece, piece.count)
      if count < 0, errno == EINTR { continue }
      if count <= 0 { break }
      got += count
      try writeAll(piece[..<count], to: 1, "write to the terminal")
    }
    return 0
  }

  private static func address() -> sockaddr_un {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: socket.utf8) }
    return address
  }

  private static func makeSocket() throws(SystemError) -> Descriptor {
    Descriptor(
      owning: try system("make a socket") {
        Glibc.socket(
          AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
      })
  }

  private static func listen() throws(SystemError) -> Descriptor {
    let made = try makeSocket()
    let number = made.number
    unlink(socket)
    var address = address()
    _ = try system("bind \(socket)") {
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    }
    _ = try system("listen at \(socket)") { Glibc.listen(number, 4) }
    return made
  }

  /// Nil if there is none.
  private static func connection() -> Int32? {
    do {
      let made = try makeSocket()
      let number = made.number
      var address = address()
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      guard result == 0 else { return nil }
      return made.release()
    } catch {
      return nil
    }
  }
}

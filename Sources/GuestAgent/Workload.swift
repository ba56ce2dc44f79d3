internal import CGuest
internal import Glibc
package import GuestKernel
package import Wire

/// The ordinary work that sets a twin off.
package enum Workload {
  /// System calls that take no argument that matters, by name.
  private static let systemCalls: [String: Int32] = [
    "getegid": SYS_getegid, "geteuid": SYS_geteuid, "getgid": SYS_getgid,
    "getpgid": SYS_getpgid, "getpid": SYS_getpid, "getppid": SYS_getppid,
    "getsid": SYS_getsid, "gettid": SYS_gettid, "getuid": SYS_getuid,
    "sched_yield": SYS_sched_yield,
  ]

  /// Does one step. ``WorkStep/trigger(times:)`` and ``WorkStep/unload`` need the twin, and are not
  /// done here.
  package static func perform(_ step: WorkStep) throws(SystemError) {
    switch step {
    case .systemCall(let name, let times): try callSystem(name, times: times)
    case .files(let count):
      for index in 0..<count { try exerciseFile("/tmp/panicroom-\(getpid())-\(index)") }
    case .packets(let count): try Loopback.exchangeDatagrams(count)
    case .connections(let count):
      for _ in 0..<count { try Loopback.exchangeOverConnection() }
    case .processes(let count):
      for _ in 0..<count { try startAndWait() }
    case .sleep(let milliseconds): sleep(milliseconds: milliseconds)
    case .trigger, .unload:
      throw SystemError("a step that needs the twin came to the workload", errno: 0)
    }
  }

  /// Raw, so that exactly so many calls happen: the C library caches some.
  private static func callSystem(_ name: String, times: Int) throws(SystemError) {
    guard let number = systemCalls[name] else {
      throw SystemError(
        "the agent knows no system call \(name), only "
          + systemCalls.keys.sorted().joined(separator: ", "), errno: 0)
    }
    for _ in 0..<times {
      let result = cguest_system_call(Int(number))
      if result < 0 { throw SystemError("call \(name)", errno: Int32(-result)) }
    }
  }

  /// Writes a page, reads it back, removes the file.
  static func exerciseFile(_ path: String) throws(SystemError) {
    let page = [UInt8](repeating: 0xa5, count: 4096)
    try put(page, into: path, creating: true)
    let found = try contents(of: path)
    _ = try system("remove \(path)") { unlink(path) }
    guard found == page else {
      throw SystemError("\(path) reads differently from what was written", errno: 0)
    }
  }

  static func startAndWait() throws(SystemError) {
    let result = cguest_fork_and_wait()
    if result > 0 { throw SystemError("start a process", errno: result) }
    if result < 0 { throw SystemError("a process that should end at once ended badly", errno: 0) }
  }

  private static func sleep(milliseconds: Int) {
    var left = timespec(
      tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    var rest = timespec()
    while nanosleep(&left, &rest) < 0, errno == EINTR { left = rest }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import Glibc
package import GuestKernel
package import Wire

/// The ordinary work that sets a twin off.
package enum Workload {
  /// Does one step. Those that need the twin, and those that outlast a step, are not done here.
  ///
  /// - Parameter socketFilter: the program that filters the sockets of ``WorkStep/packets(count:)``.
  package static func perform(
    _ step: WorkStep, socketFilter: Int32? = nil
  ) throws(SystemError) {
    switch step {
    case .systemCall(let name, let times, let callers):
      try HarmlessCalls.make(name, times: times, callers: callers)
    case .files(let count):
      for index in 0..<count { try exerciseFile("/tmp/panicroom-\(getpid())-\(index)") }
    case .packets(let count): try Loopback.exchangeDatagrams(count, filter: socketFilter)
    case .connections(let count):
      for _ in 0..<count { try Loopback.exchangeOverConnection() }
    case .processes(let count):
      for _ in 0..<count { try startAndWait() }
    case .sleep(let milliseconds): sleep(milliseconds: milliseconds)
    case .signals(let count): try exchangeSignals(count)
    case .bystander(let writes): try runBystander(writes: writes)
    case .shell(let line): try GuestCommand.run(line)
    case .trigger, .iterate, .unload, .held, .release, .crashPoint, .devices:
      throw SystemError("a step that is the worker's came to the workload", errno: 0)
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

  private static func exchangeSignals(_ count: Int) throws(SystemError) {
    var taken = 0
    let result = cguest_exchange_signals(count, &taken)
    if result < 0 { throw SystemError("send a signal", errno: -result) }
    guard result == 0, taken == count else {
      throw SystemError("of \(count) signals the child took \(taken)", errno: 0)
    }
  }

  private static func runBystander(writes: Int) throws(SystemError) {
    let result = cguest_run_bystander(writes)
    if result < 0 { throw SystemError("start the bystander", errno: -result) }
    switch result {
    case 0: return
    case 1: throw SystemError(bystanderChanged, errno: 0)
    case 2: throw SystemError("the bystander could not do its work", errno: 0)
    default: throw SystemError("the bystander was killed by signal \(result >> 8)", errno: 0)
    }
  }

  /// What a bystander's failure says if its memory was written to.
  static let bystanderChanged = "the bystander's page has changed"

  /// In short naps: a starved guest's clock goes on without its CPU, and in one long sleep what the kernel
  /// does late (RCU's callbacks) would get no time.
  private static func sleep(milliseconds: Int) {
    let nap = 20
    for start in stride(from: 0, to: milliseconds, by: nap) {
      rest(milliseconds: min(nap, milliseconds - start))
    }
  }

  private static func rest(milliseconds: Int) {
    var left = timespec(
      tv_sec: milliseconds / 1000, tv_nsec: milliseconds % 1000 * 1_000_000)
    var rest = timespec()
    while nanosleep(&left, &rest) < 0, errno == EINTR { left = rest }
  }
}

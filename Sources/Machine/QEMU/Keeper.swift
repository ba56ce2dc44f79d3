// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CMachine
import Dispatch
import Glibc
import Synchronization

/// The one thread that starts QEMU.
///
/// A parent-death signal follows the *thread* that forked, not its process (prctl(2)): started from
/// Swift's thread pool, QEMU would be killed as soon as a pool thread retires. This thread lives as
/// long as the harness, so QEMU ends with the harness, however that ends, and never before.
final class Keeper: Sendable {
  /// The `call` of a ``SystemCallError`` that says that the program could not be started.
  static let startCall = "start"

  static let shared = Keeper()

  struct Order: Sendable {
    var path: String
    var arguments: [String]
    var environment: [String] = []
    /// They become the child's descriptors 3, 4, …; they stay the caller's.
    var descriptors: [Int32]
    /// Where the child's output goes.
    var output: Int32
    /// Nil for a child with the harness's own rights.
    var jail: Jail?
  }

  private typealias Answer = CheckedContinuation<Result<pid_t, SystemCallError>, Never>
  private let waiting = Mutex<[(Order, Answer)]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  /// Why there is no such thread; nil if there is.
  private let failure = Mutex<SystemCallError?>(nil)

  private init() {
    do {
      try startThread("keeper") { [self] in
        // libdispatch gives its threads, and those that they start, a nice value of their own. QEMU
        // has the harness's, which the main thread kept.
        let process = __priority_which_t(PRIO_PROCESS.rawValue)
        setpriority(process, 0, getpriority(process, id_t(getpid())))
        while true {
          arrivals.wait()
          let (order, answer) = waiting.withLock { $0.removeFirst() }
          answer.resume(returning: Self.carryOut(order))
        }
      }
    } catch {
      failure.withLock { $0 = error }
    }
  }

  func start(_ order: Order) async throws(SystemCallError) -> pid_t {
    if let failure = failure.withLock(\.self) { throw failure }
    let result = await withCheckedContinuation { (answer: Answer) in
      waiting.withLock { $0.append((order, answer)) }
      arrivals.signal()
    }
    return try result.get()
  }

  private static func carryOut(_ order: Order) -> Result<pid_t, SystemCallError> {
    var arguments = ([order.path] + order.arguments).map { strdup($0) } + [nil]
    var environment = order.environment.map { strdup($0) } + [nil]
    defer { for text in arguments + environment { free(text) } }
    var pid: pid_t = -1
    func spawn(_ jail: UnsafeMutablePointer<cmachine_jail>?) -> (code: Int32, step: String?) {
      let code = cmachine_spawn(
        order.path, &arguments, &environment, order.descriptors, Int32(order.descriptors.count),
        order.output, jail, &pid)
      return (code, jail?.pointee.step.map { String(cString: $0) })
    }
    let (code, step) = order.jail.map { $0.withPointer { spawn($0) } } ?? spawn(nil)
    guard code == 0 else {
      // The child of a failed exec has ended already and waits to be reaped.
      if pid > 0 { waitpid(pid, nil, 0) }
      let subject = step.map { "\(order.path) (in a jail: \($0))" } ?? order.path
      return .failure(SystemCallError(call: startCall, subject: subject, errno: code))
    }
    return .success(pid)
  }
}

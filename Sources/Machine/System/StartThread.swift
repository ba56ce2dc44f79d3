// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CMachine
import Glibc

/// Does blocking work on its own thread: Swift's pool has one per CPU, and none to spare.
///
/// - Parameter name: what debuggers call it, by its first 15 bytes (pthread_setname_np(3)).
/// - Throws: if the system can't start a thread (pthread_create(3)); Foundation's `Thread` would
///   not report that.
func startThread(
  _ name: String, _ work: @escaping @Sendable () -> Void
) throws(SystemCallError) {
  let start = Unmanaged.passRetained(ThreadStart(name: name, work: work))
  var thread = pthread_t()
  let code = pthread_create(
    &thread, nil,
    { start in
      let start = Unmanaged<ThreadStart>.fromOpaque(start!).takeRetainedValue()
      cmachine_name_thread(start.name)
      start.work()
      return nil
    }, start.toOpaque())
  guard code == 0 else {
    start.release()
    throw SystemCallError(call: SystemCallError.threadCall, subject: name, errno: code)
  }
  pthread_detach(thread)
}

private final class ThreadStart: Sendable {
  let name: String
  let work: @Sendable () -> Void

  init(name: String, work: @escaping @Sendable () -> Void) {
    self.name = name
    self.work = work
  }
}

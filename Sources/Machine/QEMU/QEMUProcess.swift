// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Synchronization

/// One running QEMU. It is ended and reaped by ``end()``, and dies with the harness in any case.
final class QEMUProcess: Sendable {
  let pid: pid_t
  private let ending: ExitWatch

  /// How a QEMU process ended.
  enum Exit: Sendable, Equatable {
    case status(Int32)
    case signal(Int32)
  }

  init(
    path: String, arguments: [String], descriptors: [Int32], output: Int32, jail: Jail?
  ) async throws(SystemCallError) {
    pid = try await Keeper.shared.start(
      Keeper.Order(
        path: path, arguments: arguments, descriptors: descriptors, output: output, jail: jail))
    do {
      ending = try ExitWatch(pid: pid)
    } catch {
      kill(pid, SIGKILL)
      while waitpid(pid, nil, 0) < 0 && errno == EINTR {}
      throw error
    }
  }

  /// Waits until the process has exited or was ended, and was reaped.
  func exit() async -> Exit {
    await ending.wait()
  }

  /// Ends the process at once, and waits until nothing of it is left.
  @discardableResult
  func end() async -> Exit {
    ending.kill()
    return await ending.wait()
  }

  /// CPU time that the process has used, in seconds; nil when it is gone.
  func processorSeconds() -> Double? { Self.usage(from: "/proc/\(pid)/stat")?.seconds }

  /// The same of one of its threads, and the letter of its state; nil when it is gone.
  func usage(ofThread thread: Int) -> Usage? {
    Self.usage(from: "/proc/\(pid)/task/\(thread)/stat")
  }

  /// How much of the host's CPUs its threads have had so far; nil when it is gone, and on a host that
  /// doesn't count it (Linux: Documentation/scheduler/sched-stats.rst, `/proc/<pid>/schedstat`).
  func processorTime() -> ProcessorTime? {
    let folder = "/proc/\(pid)/task"
    // A process that is gone has no threads, which the caller learns from the result.
    guard let threads = try? Files.list(folder) else { return nil }
    var time = ProcessorTime(threads: [:])
    for thread in threads.compactMap({ Int($0) }) {
      // A thread that ended in the meantime used little.
      guard let text = try? Files.text("\(folder)/\(thread)/schedstat") else { continue }
      let fields = text.split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
      guard fields.count == 3 else { return nil }
      time.threads[thread] = .init(ran: fields[0] / 1e9, waited: fields[1] / 1e9)
    }
    return time.threads.values.contains { $0.ran > 0 } ? time : nil
  }

  /// The IDs of its threads on the host, by those in its own PID namespace, if it has one;
  /// empty when it is gone.
  func threads() -> [Int: Int] {
    let folder = "/proc/\(pid)/task"
    // A process that is gone has no threads, which the caller learns from the result.
    guard let threads = try? Files.list(folder) else { return [:] }
    var own: [Int: Int] = [:]
    for thread in threads.compactMap({ Int($0) }) {
      // A thread that has just ended is not one that the caller needs.
      guard let text = try? Files.text("\(folder)/\(thread)/status"),
        let line = text.split(separator: "\n").first(where: { $0.hasPrefix("NSpid:") }),
        let inner = line.split(whereSeparator: \.isWhitespace).last.flatMap({ Int($0) })
      else { continue }
      own[inner] = thread
    }
    return own
  }

  struct Usage {
    var seconds: Double
    var state: Substring
  }

  /// Fields 3, 14 and 15 of a `stat` file, the times in clock ticks (proc(5)).
  private static func usage(from path: String) -> Usage? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 1024)
    guard fgets(&buffer, Int32(buffer.count), file) != nil else { return nil }
    let text = String(
      decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    // The command's name, field 2, is in parentheses and may hold spaces.
    guard let name = text.lastIndex(of: ")") else { return nil }
    let fields = text[text.index(after: name)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
    else { return nil }
    return Usage(
      seconds: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))), state: fields[0])
  }
}

/// Waits for a process's end on its own thread, reaps it, and notifies everyone who is waiting.
private final class ExitWatch: Sendable {
  private typealias Waiter = CheckedContinuation<QEMUProcess.Exit, Never>

  private enum State {
    case running(waiting: [Waiter])
    case ended(QEMUProcess.Exit)
  }

  private let pid: pid_t
  private let state = Mutex(State.running(waiting: []))

  init(pid: pid_t) throws(SystemCallError) {
    self.pid = pid
    try startThread("qemu-\(pid)") { [self] in
      // WNOWAIT leaves it to be reaped under the lock.
      while waitid(P_PID, id_t(pid), nil, WEXITED | WNOWAIT) < 0 && errno == EINTR {}
      reap()
    }
  }

  private func reap() {
    let (exit, waiting) = state.withLock { state -> (QEMUProcess.Exit, [Waiter]) in
      // Under the lock, so that kill() never gets an ID that was reaped; it returns at once.
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
      // WIFSIGNALED, WTERMSIG and WEXITSTATUS of wait(2) are macros.
      let signal = status & 0x7f
      let exit = signal == 0 ? QEMUProcess.Exit.status(status >> 8 & 0xff) : .signal(signal)
      guard case .running(let waiting) = state else { return (exit, []) }
      state = .ended(exit)
      return (exit, waiting)
    }
    for continuation in waiting { continuation.resume(returning: exit) }
  }

  /// Until it is reaped, the ID belongs to the process: no other can be hit.
  func kill() {
    state.withLock { state in
      if case .running = state { Glibc.kill(pid, SIGKILL) }
    }
  }

  func wait() async -> QEMUProcess.Exit {
    await withCheckedContinuation { continuation in
      let ended = state.withLock { state -> QEMUProcess.Exit? in
        switch state {
        case .ended(let exit): return exit
        case .running(let waiting):
          state = .running(waiting: waiting + [continuation])
          return nil
        }
      }
      if let ended { continuation.resume(returning: ended) }
    }
  }
}

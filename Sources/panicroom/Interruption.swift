// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import Machine

/// Runs work that Ctrl-C, Ctrl-\, a hang-up or a SIGTERM ends: the work is cancelled and cleans up,
/// and its journal stays. Ctrl-Z stops it together with its guests.
enum Interruption {
  // Left alone, SIGQUIT is Swift's to print a backtrace for, which takes a minute while guests run on.
  private static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  static func cancelling<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let (registered, registrations) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      // A source's first registration installs libdispatch's handler, though the work may have
      // sources of its own (RawTerminal): ignoring the signal after that would ignore it
      // permanently.
      for await _ in registered.prefix(numbers.count + 1) {}
      try Task.checkCancellation()
      return try await work()
    }
    func follow(_ number: Int32, _ handle: @escaping @Sendable () -> Void)
      -> any DispatchSourceSignal
    {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler(handler: handle)
      source.setRegistrationHandler { registrations.yield() }
      source.resume()
      return source
    }
    var sources = numbers.map { number in follow(number) { task.cancel() } }
    sources.append(follow(SIGTSTP) { Suspension.shared.stop() })
    defer {
      for source in sources { source.cancel() }
      // What follows, the report, ends at a Ctrl-C as any program does.
      for number in numbers + [SIGTSTP] { signal(number, SIG_DFL) }
    }
    do {
      return try await task.value
    } catch {
      // Whatever a cancelled step threw, it was the interruption that ended it.
      throw task.isCancelled ? CancellationError() : error
    }
  }
}

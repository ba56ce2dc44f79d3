import Dispatch
import Glibc

/// Runs work that Ctrl-C, a hang-up or a polite kill ends: the work is cancelled, tears down what
/// it has, and its journal stays.
enum Interruption {
  private static let numbers = [SIGINT, SIGTERM, SIGHUP]

  static func cancelling<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let (registered, registrations) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      // A source's first registration installs libdispatch's handler, where the work may have sources
      // of its own (RawTerminal): ignoring the signal behind that would ignore it for good.
      for await _ in registered.prefix(numbers.count) {}
      try Task.checkCancellation()
      return try await work()
    }
    let sources = numbers.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { task.cancel() }
      source.setRegistrationHandler { registrations.yield() }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      // What follows, the report, ends at a Ctrl-C as any program does.
      for number in numbers { signal(number, SIG_DFL) }
    }
    do {
      return try await task.value
    } catch {
      // Whatever a cancelled step threw, it was the interruption that ended it.
      throw task.isCancelled ? CancellationError() : error
    }
  }
}

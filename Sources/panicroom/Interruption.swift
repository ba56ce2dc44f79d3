import Dispatch
import Glibc

/// Runs work that Ctrl-C, a hang-up or a polite kill ends: the work is cancelled, tears down what
/// it has, and its journal stays.
enum Interruption {
  static func cancelling<Result: Sendable>(
    _ work: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    let task = Task { try await work() }
    let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { task.cancel() }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      // What follows, the report, ends at a Ctrl-C as any program does.
      for number in [SIGINT, SIGTERM, SIGHUP] { signal(number, SIG_DFL) }
    }
    do {
      return try await task.value
    } catch {
      // Whatever a cancelled step threw, it was the interruption that ended it.
      throw task.isCancelled ? CancellationError() : error
    }
  }
}

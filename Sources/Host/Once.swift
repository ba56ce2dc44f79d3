// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// What is found out once per process, by however many ask for it at the same time: the answers of
/// programs to questions that take longer than they are worth.
public final class Once<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let known = Mutex<[Key: Task<Value, any Error>]>([:])

  public init() {}

  /// The answer; `find` is only called if there is none. Whoever stops waiting doesn't stop it, because
  /// others may wait, too.
  ///
  /// - Throws: what `find` throws. The next one to ask tries again.
  public func value(
    _ key: Key, _ find: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = known.withLock { known in
      let task = known[key] ?? Task { try await find() }
      known[key] = task
      return task
    }
    do {
      return try await task.value
    } catch {
      known.withLock { if $0[key] == task { $0[key] = nil } }
      throw error
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Synchronization
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(1))) struct OnceTests {
  private struct Refused: Error {}

  /// Counts how often it is asked.
  private final class Source: Sendable {
    private let count = Mutex(0)
    var asked: Int { count.withLock { $0 } }

    func answer(failing: Bool = false) async throws -> Int {
      count.withLock { $0 += 1 }
      await Task.yield()
      if failing { throw Refused() }
      return asked
    }
  }

  @Test func manyWhoAskAtOnceAskOnce() async throws {
    let (once, source) = (Once<String, Int>(), Source())
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<20 { group.addTask { try await once.value("a") { try await source.answer() } } }
      for try await answer in group { #expect(answer == 1) }
    }
    #expect(try await once.value("b") { try await source.answer() } == 2)
    #expect(source.asked == 2)
  }

  @Test func afterAFailureTheNextAsksAgain() async throws {
    let (once, source) = (Once<String, Int>(), Source())
    await #expect(throws: Refused.self) {
      try await once.value("a") { try await source.answer(failing: true) }
    }
    #expect(try await once.value("a") { try await source.answer() } == 2)
  }
}

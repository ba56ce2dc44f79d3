// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Synchronization
import TestSupport
import Testing

@Suite(.lane, .timeLimit(.minutes(5))) struct GuestSlotsTests {
  /// How many are inside at a time, and were at most.
  private final class Crowd: Sendable {
    private let counts = Mutex((now: 0, most: 0))

    func enter() {
      counts.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
    }
    func leave() { counts.withLock { $0.now -= 1 } }
    var most: Int { counts.withLock { $0.most } }
  }

  private func most(of tasks: Int, alone: Bool = false, _ slots: GuestSlots) async throws -> Int {
    let crowd = Crowd()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<tasks {
        group.addTask {
          let taken = alone ? try await slots.takeAll() : [try await slots.takeOne()]
          defer { withExtendedLifetime(taken) {} }
          crowd.enter()
          try await Task.sleep(for: .milliseconds(20))
          crowd.leave()
        }
      }
      try await group.waitForAll()
    }
    return crowd.most
  }

  @Test func noMoreTestsHaveOneThanThereAre() async throws {
    try await withTemporaryFolder { folder in
      let most = try await most(of: 6, GuestSlots(folder: "\(folder)/slots", count: 2))
      #expect(most == 2)
    }
  }

  @Test func whoTakesAllIsAlone() async throws {
    try await withTemporaryFolder { folder in
      let slots = GuestSlots(folder: "\(folder)/slots", count: 3)
      let most = try await most(of: 4, alone: true, slots)
      #expect(most == 1)
      // All were given back.
      let all = try await slots.takeAll()
      #expect(all.count == 3)
    }
  }
}

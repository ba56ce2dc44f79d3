// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Lab
import TestSupport
import Testing
import Wire

@Suite(.lane, .timeLimit(.minutes(5))) struct WaitingLineTests {
  private let armed = WaitingLineTests.plan(armed: true)
  private let disarmed = WaitingLineTests.plan(armed: false)

  private static func plan(armed: Bool) -> TrialPlan {
    TrialPlan(
      scenario: "null-map-value", mechanism: .lkm, armed: armed, objectName: "null_map_value",
      objectSize: 4, modules: [], workload: [], observation: .variable("events"))
  }

  /// Guests are numbered as they are made; one that was told of its trial has a name for it.
  private struct Room {
    var line = WaitingLine<String>()
    var made = 0

    mutating func fill(_ plans: [TrialPlan?]) -> [String] {
      line.fill(
        plans,
        make: {
          made += 1
          return "\(made)"
        }, brief: { "\($0)\($1.armed ? "a" : "d")" })
    }
  }

  @Test func aGuestIsMadeForEachTrialAndToldOfIt() {
    var room = Room()
    #expect(room.fill([armed, disarmed, nil]).isEmpty)
    #expect(room.line.guests == ["1a", "2d", "3"])
    #expect(room.fill([armed, disarmed, nil]).isEmpty)
    #expect(room.line.guests == ["1a", "2d", "3"])
    #expect(room.made == 3)
  }

  @Test func oneThatKnowsNoTrialIsToldBeforeAnotherIsMade() {
    var room = Room()
    _ = room.fill([nil])
    #expect(room.fill([armed]).isEmpty)
    #expect(room.line.guests == ["1a"])
  }

  @Test func oneThatKnowsATrialNobodyWantsLeaves() {
    var room = Room()
    _ = room.fill([armed, nil])
    #expect(room.fill([disarmed]) == ["1a"])
    #expect(room.line.guests == ["2d"])
  }

  @Test func onesThatKnowNoTrialStayThoughNobodyWantsThemNow() {
    var room = Room()
    _ = room.fill([nil, nil])
    #expect(room.fill([]).isEmpty)
    #expect(room.line.guests == ["1", "2"])
  }

  @Test func noTrialEverGetsAGuestThatKnowsAnother() {
    var room = Room()
    _ = room.fill([armed, nil])
    #expect(room.line.take(for: disarmed) == "2")
    #expect(room.line.take(for: disarmed) == nil)
    #expect(room.line.take(for: nil) == nil)
    #expect(room.line.take(for: armed) == "1a")
  }

  @Test func everybodyLeavesAnEmptiedLine() {
    var room = Room()
    _ = room.fill([armed, nil])
    #expect(room.line.empty() == ["1a", "2"])
    #expect(room.line.guests.isEmpty)
  }
}

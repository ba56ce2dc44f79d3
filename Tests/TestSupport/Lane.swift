// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation
public import Testing

/// A part of the tests that is run by itself: `./panicroom test fast`.
///
/// `swift test` filters by names alone (tags come with Swift 6.4), so which lane runs is said by the
/// variable `PANICROOM_LANE`, and a test's tags say which one is its own.
public enum Lane: String, CaseIterable, Sendable {
  case fast, guests, integration, long

  /// The one of a test with these tags, its suite's among them.
  public init(_ tags: Set<Tag>) {
    self =
      if tags.contains(.long) {
        .long
      } else if !tags.isDisjoint(with: [.network, .browser, .compiler, .tool, .slow]) {
        .integration
      } else if !tags.isDisjoint(with: [.guest, .program]) {
        .guests
      } else {
        .fast
      }
  }

  /// Those that run: the one that the variable names, all but ``long`` without it.
  static let chosen: Result<Set<Lane>, UnknownLane> = {
    guard let name = ProcessInfo.processInfo.environment["PANICROOM_LANE"] else {
      return .success(Set(allCases).subtracting([.long]))
    }
    guard let lane = Lane(rawValue: name) else { return .failure(UnknownLane(name: name)) }
    return .success([lane])
  }()

  struct UnknownLane: Error, CustomStringConvertible {
    let name: String
    var description: String {
      "PANICROOM_LANE is \(name), but the lanes are "
        + Lane.allCases.map(\.rawValue).joined(separator: ", ")
    }
  }
}

/// Skips what is not of the lane that runs, and gives each test that starts guests a slot.
///
/// Every suite has it, and a time limit.
public struct LaneTrait: SuiteTrait, TestTrait, TestScoping {
  public var isRecursive: Bool { true }

  public func prepare(for test: Test) async throws {
    // A suite may have tests of several lanes.
    guard !test.isSuite else { return }
    let lane = Lane(test.tags)
    if try !Lane.chosen.get().contains(lane) {
      let skipped: ConditionTrait = .disabled("it is of the lane \(lane.rawValue)")
      try await skipped.prepare(for: test)
    }
    guard test.timeLimit != nil else { throw NoTimeLimit() }
  }

  struct NoTimeLimit: Error, CustomStringConvertible {
    let description = "every suite needs a trait .timeLimit"
  }

  /// Around a test with all its arguments: its time limit begins when it has its slot.
  public func scopeProvider(for test: Test, testCase: Test.Case?) -> Self? {
    !test.isSuite && testCase == nil && test.tags.contains(.guest) ? self : nil
  }

  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    let slots = GuestSlots.standard
    let taken = test.tags.contains(.alone) ? try await slots.takeAll() : [try await slots.takeOne()]
    defer { withExtendedLifetime(taken) {} }
    try await function()
  }
}

extension Trait where Self == LaneTrait {
  /// Runs the suite's tests in the lane that their tags say.
  public static var lane: Self { LaneTrait() }
}

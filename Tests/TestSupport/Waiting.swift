// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a test waited for and did not get.
public struct NeverHappened: Error, CustomStringConvertible {
  public let description: String
}

/// Looks every 20 ms until `isTrue`.
///
/// - Parameters:
///   - event: what is waited for, as the message should name it.
///   - seconds: after how many it is too late.
/// - Throws: ``NeverHappened`` then, and what `isTrue` throws.
public func waitUntil(
  _ event: String, seconds: Double = 120, isTrue: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while try await !isTrue() {
    guard ContinuousClock.now < deadline else {
      throw NeverHappened(description: "not within \(seconds) s: \(event)")
    }
    try await Task.sleep(for: .milliseconds(20))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import Record

/// Where the laboratory's events go.
struct EventSink: Sendable {
  private let handle: @Sendable (Event) -> Void

  /// - Parameter handle: called for everything that happens, from any thread.
  init(_ handle: @escaping @Sendable (Event) -> Void) {
    self.handle = handle
  }

  func callAsFunction(_ event: Event) { handle(event) }

  /// Does something that may take a while, and reports it if it does.
  func step<Result>(
    _ what: String, when slow: Bool = true, _ body: () async throws -> Result
  ) async throws -> Result {
    let began = ContinuousClock.now
    if slow { self(.preparing(what)) }
    let result = try await body()
    let seconds = (ContinuousClock.now - began).seconds
    if slow || seconds > 1 { self(.prepared(what, seconds: seconds)) }
    return result
  }
}

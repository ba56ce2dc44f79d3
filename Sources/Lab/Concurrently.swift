// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

extension Array where Element: Sendable {
  /// What `body` makes of each element, in the elements' order; some are worked on at a time.
  ///
  /// - Parameter width: how many; at least 1.
  /// - Throws: the first error, when what was begun has ended.
  func concurrently<Result: Sendable>(
    _ width: Int, _ body: @escaping @Sendable (Element) async throws -> Result
  ) async throws -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results: [Int: Result] = [:]
      for (index, element) in enumerated() {
        if index >= width, let (done, result) = try await group.next() { results[done] = result }
        group.addTask { (index, try await body(element)) }
      }
      for try await (done, result) in group { results[done] = result }
      return indices.compactMap { results[$0] }
    }
  }
}

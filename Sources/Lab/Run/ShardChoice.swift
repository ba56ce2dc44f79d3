// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// Which part of a run is asked for, and how the run is cut.
public struct ShardChoice: Sendable, Equatable {
  /// From 1 to ``count``.
  public var index: Int
  public var count: Int
  /// The directory of an earlier run by whose times the parts are balanced; nil to cut by hash.
  public var balance: String?
  /// The version of the program, for the record.
  public var program = ""

  /// - Parameter text: `3/8` for the third of eight parts.
  /// - Throws: ``LabError``.
  public init(_ text: String) throws(LabError) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map {
      $0.allSatisfy(\.isWholeNumber) ? Int($0) : nil
    }
    guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else {
      throw LabError(
        "--shard \(text): name the part and the number of parts, such as 3/8.")
    }
    let counts = RunHeader.Shard.counts
    guard counts.contains(count) else {
      throw LabError(
        "--shard \(text): a run is cut into \(counts.lowerBound) to \(counts.upperBound) parts.")
    }
    guard (1...count).contains(index) else {
      throw LabError(
        "--shard \(text): parts are numbered from 1 to the number of parts, \(count).")
    }
    (self.index, self.count) = (index, count)
  }
}

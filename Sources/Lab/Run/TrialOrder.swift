// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// The order in which trials begin: the plan's, one drawn from a seed, which shows whether any verdict
/// depends on what ran before, or what takes long first.
package enum TrialOrder {
  /// - Parameters:
  ///   - seed: 0 for the plan's order.
  ///   - takesLong: nil for the plan's order. With it, no job waits at the end for another's long trial,
  ///     3 s of a part or of a run that shares guests (docs/scale.md).
  package static func of<Element>(
    _ elements: [Element], seed: UInt64, takesLong: ((Element) -> Bool)? = nil
  ) -> [Element] {
    if seed != 0 {
      var generator = SplitMix64(state: seed)
      return elements.shuffled(using: &generator)
    }
    guard let takesLong else { return elements }
    return elements.filter(takesLong) + elements.filter { !takesLong($0) }
  }
}

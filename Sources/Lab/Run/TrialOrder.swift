// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

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

/// Sebastiano Vigna's generator (https://prng.di.unimi.it/splitmix64.c): the same numbers everywhere.
private struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

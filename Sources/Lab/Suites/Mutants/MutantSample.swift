// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Host
import Verdicts

/// Chooses places: those of the wanted operators and, if fewer are asked for than there are, of each
/// operator and mechanism its share, drawn at random.
package enum MutantSample {
  package static func of(_ bases: [MutantBase], _ choice: SuiteChoice) -> [MutantBase] {
    var bases = bases
    if !choice.operators.isEmpty {
      for index in bases.indices {
        bases[index].places.removeAll { !choice.operators.contains($0.code) }
      }
    }
    guard let size = choice.sample else { return bases }
    let drawn = draw(size, from: bases, seed: choice.seed)
    for index in bases.indices {
      let name = bases[index].name
      bases[index].places.removeAll { !drawn.contains("\(name).\($0.name)") }
    }
    return bases
  }

  private static func draw(_ size: Int, from bases: [MutantBase], seed: UInt64) -> Set<String> {
    var strata: [String: [String]] = [:]
    for base in bases {
      for place in base.places {
        strata["\(base.mechanism.rawValue) \(place.code)", default: []]
          .append("\(base.name).\(place.name)")
      }
    }
    let whole = strata.values.map(\.count).reduce(0, +)
    guard size < whole else { return Set(strata.values.joined()) }
    let shares = strata.map { ($0.key, Double($0.value.count * size) / Double(whole)) }
      .sorted { $0.0 < $1.0 }
    var counts = Dictionary(uniqueKeysWithValues: shares.map { ($0.0, Int($0.1)) })
    // What is left by rounding goes to those that lost most by it.
    let rest = size - counts.values.reduce(0, +)
    let losers = shares.sorted {
      ($1.1 - Double(Int($1.1)), $0.0) < ($0.1 - Double(Int($0.1)), $1.0)
    }
    for (stratum, _) in losers.prefix(rest) { counts[stratum, default: 0] += 1 }
    return Set(
      strata.flatMap { stratum, names in
        names.map { ($0, Digest.of("\(seed) \($0)")) }.sorted { $0.1 < $1.1 }
          .prefix(counts[stratum] ?? 0).map(\.0)
      })
  }
}

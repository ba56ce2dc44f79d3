// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Host
import Verdicts

/// Chooses places: those of the wanted operators and, if fewer are asked for than there are, of each
/// operator's pairs, and of each operator and mechanism's singles, their share, drawn at random. A pair is
/// drawn as a whole.
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
    let pairs = MutantPairs.of(bases)
    var strata: [String: [[String]]] = [:]
    for base in bases {
      for place in base.places {
        let name = "\(base.name).\(place.name)"
        guard let other = pairs[name] else {
          strata["\(base.mechanism.rawValue) \(place.code)", default: []].append([name])
          continue
        }
        if name < other { strata["pairs \(place.code)", default: []].append([name, other]) }
      }
    }
    let whole = strata.values.joined().map(\.count).reduce(0, +)
    guard size < whole else { return Set(strata.values.joined().joined()) }
    let counts = Self.counts(of: strata, size, of: whole)
    return Set(
      strata.flatMap { stratum, units in
        units.map { ($0, Digest.of("\(seed) \($0[0])")) }.sorted { $0.1 < $1.1 }
          .prefix(counts[stratum] ?? 0).flatMap(\.0)
      })
  }

  /// How many units each stratum gives; together they have as many places as are asked for, or one less
  /// where only pairs are left.
  private static func counts(
    of strata: [String: [[String]]], _ size: Int, of whole: Int
  ) -> [String: Int] {
    let shares = strata.map { ($0.key, Double($0.value.count * size) / Double(whole)) }
    var counts = Dictionary(uniqueKeysWithValues: shares.map { ($0.0, Int($0.1)) })
    func weight(_ stratum: String) -> Int { strata[stratum]?.first?.count ?? 1 }
    var rest = size - counts.map { $0.value * weight($0.key) }.reduce(0, +)
    // What is left by rounding goes to those that lost most by it.
    let losers = shares.sorted {
      ($1.1 - Double(Int($1.1)), $0.0) < ($0.1 - Double(Int($0.1)), $1.0)
    }
    for (stratum, _) in losers + losers
    where weight(stratum) <= rest && (counts[stratum] ?? 0) < (strata[stratum]?.count ?? 0) {
      counts[stratum, default: 0] += 1
      rest -= weight(stratum)
    }
    return counts
  }
}

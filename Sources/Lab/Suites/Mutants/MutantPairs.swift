// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Verdicts

/// Which mutants of a scenario's two twins are the same fault: the same operator at the same construct of
/// the same function, in the same order. If one twin has more of them than the other, none is a pair.
package enum MutantPairs {
  private struct Key: Hashable {
    var scenario: String
    var code: String
    var function: String
    var construct: String
    var variant: Int
  }

  /// - Returns: each mutant's other half, by name.
  package static func of(_ bases: [MutantBase]) -> [String: String] {
    var groups: [Key: [Mechanism: [String]]] = [:]
    for base in bases {
      for place in base.places {
        let key = Key(
          scenario: base.scenario, code: place.code, function: place.function,
          construct: place.construct, variant: place.variant)
        groups[key, default: [:]][base.mechanism, default: []].append("\(base.name).\(place.name)")
      }
    }
    var pairs: [String: String] = [:]
    for group in groups.values {
      guard let programs = group[.bpf], let modules = group[.lkm],
        programs.count == modules.count
      else { continue }
      for (program, module) in zip(programs, modules) {
        (pairs[program], pairs[module]) = (module, program)
      }
    }
    return pairs
  }
}

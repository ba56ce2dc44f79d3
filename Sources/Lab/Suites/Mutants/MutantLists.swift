// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Kernels
public import Record
public import Scenarios

/// What the suite of mutants would put into twins.
public struct MutantLists: Sendable {
  let preparation: Preparation

  /// All places of the scenarios' disarmed twins, on the default kernel, before any is compiled: some
  /// will turn out to be equivalent, or not to compile.
  ///
  /// - Throws: ``LabError``, and what keeps clang from working at all.
  public func mutants(of scenarios: [Scenario]) async throws -> [Campaign.Mutant] {
    let entry = try await preparation.kernels.selectOne(nil)
    let forge = preparation.forge(for: try await preparation.kernels.store.kernel(entry))
    return try await forge.mutantBases(scenarios).flatMap { base in
      if let obstacle = base.obstacle {
        preparation.emit(.note("\(base.name) has no mutants: \(obstacle)"))
      }
      return base.places.map { place in
        Campaign.Mutant(
          name: "\(base.name).\(place.name)", base: base.name, code: place.code,
          function: place.function, line: place.line, before: place.before, after: place.after)
      }
    }
  }
}

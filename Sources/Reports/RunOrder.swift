// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios

extension RunRecord {
  /// The run's kernels, the oldest first.
  var kernelsByAge: [RunHeader.Kernel] { header.kernelsByAge }

  /// The trials that count, without the further repetitions of unmet ones, in the same order.
  var sortedCases: [TrialRecord] { sortedTrials.filter(\.isCounted) }

  /// The trials that count, in an order that does not depend on which ended first: by scenario,
  /// kernel (the oldest first), profile, mechanism; the control first.
  var sortedTrials: [TrialRecord] {
    let ages = Dictionary(
      kernelsByAge.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { $1 })
    func age(_ id: TrialID) -> Int { ages[id.kernel] ?? ages.count }
    return currentTrials.sorted { left, right in
      let (left, right) = (left.id, right.id)
      if left.scenario != right.scenario { return left.scenario < right.scenario }
      if age(left) != age(right) { return age(left) < age(right) }
      if left.kernel != right.kernel { return left.kernel < right.kernel }
      if left.profile != right.profile { return left.profile < right.profile }
      if left.mechanism != right.mechanism { return left.mechanism < right.mechanism }
      if left.armed != right.armed { return !left.armed }
      return left.repetition < right.repetition
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The results of one scenario's two armed twins on one kernel and profile, its control being met.
struct PairedFault {
  var scenario: String
  var kernel: String
  var profile: String
  /// The worst verdict of each mechanism's repetitions.
  var verdicts: [Mechanism: Verdict]
  /// The mechanisms whose repetitions ended in more than one class.
  var mixed: Set<Mechanism>

  subscript(mechanism: Mechanism) -> RulingClass {
    verdicts[mechanism]?.ruling.rulingClass ?? RulingClass.none
  }

  /// Whether the kernel was kept from harm: by a gate or by a guard.
  func isStopped(_ mechanism: Mechanism) -> Bool { RulingClass.stopped.contains(self[mechanism]) }

  func isHarmful(_ mechanism: Mechanism) -> Bool { RulingClass.harmful.contains(self[mechanism]) }

  /// The gate that rejected, or the guard that contained, and of the verifier also the rule:
  /// `verifier` and `verifier:policy`.
  func stoppers(_ mechanism: Mechanism) -> [String] {
    guard isStopped(mechanism), let verdict = verdicts[mechanism], let by = verdict.by else {
      return []
    }
    return [by] + (verdict.category.map { ["\(by):\($0.rawValue)"] } ?? [])
  }

  /// In the order of the plan.
  static func all(of run: RunRecord) -> [PairedFault] {
    struct Place: Hashable {
      var scenario: String
      var kernel: String
      var profile: String

      init(_ id: TrialID) {
        scenario = id.scenario
        kernel = id.kernel
        profile = id.profile
      }
    }
    let trials = Dictionary(grouping: run.currentTrials.filter { $0.outcome != .skipped }) {
      Place($0.id)
    }
    var seen: Set<Place> = []
    let places = run.header.trials.map { Place($0) }.filter { seen.insert($0).inserted }
    return places.compactMap { place in
      guard let own = trials[place], Summary.hasControl(own) else { return nil }
      let armed = Dictionary(grouping: own.filter(\.id.armed), by: \.id.mechanism)
      guard armed.count == Mechanism.allCases.count else { return nil }
      let worst = armed.compactMapValues { records in
        // Of several that are as bad the first.
        records.map(\.verdict).max {
          $0.ruling.rulingClass.severity < $1.ruling.rulingClass.severity
        }
      }
      let mixed = armed.filter { Set($0.value.map(\.verdict.ruling.rulingClass)).count > 1 }
      return PairedFault(
        scenario: place.scenario, kernel: place.kernel, profile: place.profile, verdicts: worst,
        mixed: Set(mixed.keys))
    }
  }
}

extension RulingClass {
  static let stopped: [RulingClass] = [.refused, .contained]
  static let harmful: [RulingClass] = [.damaged, .crashed]

  /// From harmless to worst; a trial that proves nothing hides none that does.
  var severity: Int {
    switch self {
    case .none: 0
    case .refused: 1
    case .contained: 2
    case .silent: 3
    case .damaged: 4
    case .crashed: 5
    }
  }
}

/// The 95 % interval of a share by Wilson's score (E. B. Wilson, 1927): it holds for few trials and
/// for shares near 0 and 1, too.
struct Interval {
  let low: Double
  let high: Double

  /// - Parameter total: more than 0.
  init(_ count: Int, of total: Int) {
    let z = 1.959964
    let n = Double(total)
    let share = Double(count) / n
    let centre = share + z * z / (2 * n)
    let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
    let scale = 1 + z * z / n
    low = max(0, (centre - spread) / scale)
    high = min(1, (centre + spread) / scale)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Scenarios
internal import Verdicts

/// An armed trial whose control was skipped, because the kernel lacks what the twin needs, is skipped
/// as well, whatever happened. A program that is refused because of a missing helper proves nothing
/// about its fault.
enum LackRule {
  struct Twin: Hashable, Comparable {
    var scenario: String
    var mechanism: Mechanism
    var kernel: String

    init(_ id: TrialID) {
      scenario = id.scenario
      mechanism = id.mechanism
      kernel = id.kernel
    }

    static func < (one: Twin, other: Twin) -> Bool {
      (one.scenario, one.mechanism.rawValue, one.kernel)
        < (other.scenario, other.mechanism.rawValue, other.kernel)
    }
  }

  /// - Parameter trials: one record a trial, superseded ones left out.
  static func settled(_ trials: [TrialRecord]) -> [TrialRecord] {
    let controls = Dictionary(grouping: trials.filter { !$0.id.armed }) { Twin($0.id) }
    let lacks = controls.compactMapValues(lack)
    guard !lacks.isEmpty else { return trials }
    return trials.map { settled($0, lack: lacks[Twin($0.id)]) }
  }

  /// - Parameter lack: why all controls of the same twin were skipped; nil if one was not.
  static func settled(_ trial: TrialRecord, lack: String?) -> TrialRecord {
    guard trial.id.armed, trial.outcome != .skipped, let lack else { return trial }
    var settled = trial
    settled.outcome = .skipped
    settled.reason = lack
    return settled
  }

  /// Why all controls were skipped; nil if one was not.
  static func lack(of controls: [TrialRecord]) -> String? {
    controls.allSatisfy { $0.outcome == .skipped } ? controls.first?.reason : nil
  }
}

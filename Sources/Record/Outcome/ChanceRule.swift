// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Scenarios
internal import Verdicts

/// The result of a group of repeated trials, if a scenario says that its fault depends on chance.
///
/// Each trial keeps its own verdict. Once all trials of a group exist and at least the share that
/// the scenario names ended as expected, the others don't count against it: their outcome is `met`,
/// too, and their reason says why. Inconclusive trials stay inconclusive, and don't count as ended
/// as expected.
enum ChanceRule {
  private struct Group: Hashable {
    var scenario: String
    var mechanism: Mechanism
    var kernel: String
    var profile: String

    init(_ id: TrialID) {
      scenario = id.scenario
      mechanism = id.mechanism
      kernel = id.kernel
      profile = id.profile
    }
  }

  /// - Parameters:
  ///   - trials: one record per trial, without superseded ones.
  ///   - planned: every trial of the run: an incomplete group is left as it is.
  static func settled(
    _ trials: [TrialRecord], planned: @autoclosure () -> [TrialID], scenarios: [Scenario]
  ) -> [TrialRecord] {
    let chances = Dictionary(
      scenarios.compactMap { scenario in scenario.repeat.map { (scenario.name, $0) } },
      uniquingKeysWith: { first, _ in first })
    guard !chances.isEmpty else { return trials }
    let sizes = Dictionary(grouping: planned().filter(\.armed), by: Group.init).mapValues(\.count)
    let groups = Dictionary(grouping: trials.filter(\.id.armed)) { Group($0.id) }
    return trials.map { trial in
      let key = Group(trial.id)
      guard trial.id.armed, trial.outcome == .unmet, let chance = chances[trial.id.scenario],
        let group = groups[key], group.count == sizes[key]
      else { return trial }
      let agreeing = group.count { $0.outcome == .met }
      guard Double(agreeing) >= chance.agree * Double(group.count) - 1e-9 else { return trial }
      var settled = trial
      settled.outcome = .met
      let own = trial.reason.map { "; this one: \($0)" } ?? ""
      settled.reason =
        "\(agreeing) of \(group.count) trials agree, and a share of \(chance.agree) is enough\(own)"
      return settled
    }
  }
}

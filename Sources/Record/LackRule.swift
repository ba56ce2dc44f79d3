internal import Scenarios
internal import Verdicts

/// What an armed trial comes to whose control was skipped, because the kernel lacks what the twin
/// needs: it is skipped as well, whatever happened. A program that is refused for a helper that
/// isn't there proves nothing about its fault.
enum LackRule {
  private struct Twin: Hashable {
    var scenario: String
    var mechanism: Mechanism
    var kernel: String

    init(_ id: TrialID) {
      scenario = id.scenario
      mechanism = id.mechanism
      kernel = id.kernel
    }
  }

  /// - Parameter trials: one record a trial, superseded ones left out.
  static func settled(_ trials: [TrialRecord]) -> [TrialRecord] {
    let controls = Dictionary(grouping: trials.filter { !$0.id.armed }) { Twin($0.id) }
    let lacks = controls.compactMapValues { control in
      control.allSatisfy { $0.outcome == .skipped } ? control.first?.reason : nil
    }
    guard !lacks.isEmpty else { return trials }
    return trials.map { trial in
      guard trial.id.armed, trial.outcome != .skipped, let reason = lacks[Twin(trial.id)] else {
        return trial
      }
      var settled = trial
      settled.outcome = .skipped
      settled.reason = reason
      return settled
    }
  }
}

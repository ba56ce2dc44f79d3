// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Machine
package import Record
public import Scenarios
package import Verdicts

/// What a user asks of the laboratory.
public struct Request: Sendable {
  /// Empty if there is a ``suite``.
  public var scenarios: [Scenario]
  /// A suite instead of the catalogue; nil for scenarios.
  public var suite: SuiteChoice?
  /// Names of kernels, `all` for those of `vm/kernels.yaml`; empty for the default one.
  public var kernels: [String] = []
  /// Names of `vm/profiles.yaml`; empty for the default ones.
  public var profiles: [String] = []
  public var repetitions = 1
  /// How many further repetitions an unmet trial gets at most; nil for none.
  public var retryUnmet: Int?
  /// Whether a flaky trial fails the run.
  public var failsOnFlaky = false
  /// What may be unmet; nil if no file was named.
  public var known: [KnownIssue]?
  /// Boot every guest instead of restoring it.
  public var cold = false
  /// Give a guest another trial if the last one changed nothing.
  public var sharesGuests = false
  /// Try an armed twin that survived again, on the profile that its profile names for it.
  public var looksAgain = true
  /// Have bpftool look at programs while they are loaded.
  public var inspected = false
  /// Nil to find out.
  public var accelerator: Accelerator?
  /// Trials side by side; nil for one per core.
  public var jobs: Int?
  /// The seed of the order in which trials begin; nil for the plan's order.
  public var seed: UInt64?
  /// Carry out only a part of the plan; nil for all of it.
  public var shard: ShardChoice?
  /// Carry out only these of the scenarios' trials; nil for all.
  package var only: Set<Arm>?
  /// When to begin no more trials.
  public var ending = RunEnding()
  /// The command line, for the record.
  public var command: [String] = []

  /// One of a scenario's four trials.
  package struct Arm: Sendable, Hashable {
    package var scenario: String
    package var mechanism: Mechanism
    package var armed: Bool

    package init(_ scenario: String, _ mechanism: Mechanism, armed: Bool) {
      (self.scenario, self.mechanism, self.armed) = (scenario, mechanism, armed)
    }
  }

  public init(scenarios: [Scenario]) {
    self.scenarios = scenarios
  }

  /// The scenarios that have any of these trials on a kernel.
  func scenarios(of trials: [TrialID], on kernel: String) -> [Scenario] {
    let names = Set(trials.filter { $0.kernel == kernel }.map(\.scenario))
    return scenarios.filter { names.contains($0.name) }
  }

  /// Every trial, in the order in which they are begun: both twins, disarmed first.
  package func trials(kernels: [String], profiles: [String]) -> [TrialID] {
    var trials: [TrialID] = []
    for kernel in kernels {
      for profile in profiles {
        for scenario in scenarios {
          let times = scenario.repeat?.times ?? 1
          for repetition in 1...repetitions * times {
            for mechanism in Mechanism.allCases {
              // Chance is in the fault: the control is made as often as is asked for.
              for armed in repetition <= repetitions ? [false, true] : [true] {
                trials.append(
                  TrialID(
                    scenario: scenario.name, mechanism: mechanism, armed: armed, kernel: kernel,
                    profile: profile, repetition: repetition))
              }
            }
          }
        }
      }
    }
    return trials.filter { trial in
      only?.contains(Arm(trial.scenario, trial.mechanism, armed: trial.armed)) ?? true
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Scenarios
package import Verdicts
package import Wire

extension Scenario {
  /// What the agent is asked to do for one trial of this scenario.
  package func plan(
    _ mechanism: Mechanism, armed: Bool, objectSize: Int, inspected: Bool = false,
    overrides: PlanOverrides? = nil, test: ProgramTest? = nil
  ) -> TrialPlan {
    TrialPlan(
      scenario: name, mechanism: mechanism == .lkm ? .lkm : .bpf,
      // LKDTM knows no arms.
      armed: armed && overrides?.crashPoint == nil,
      unprivileged: armed && armedPrivileges == .nothing,
      // A worker that gave up root can't inspect what it loaded.
      inspected: inspected && mechanism == .bpf && !(armed && armedPrivileges == .nothing),
      objectName: overrides?.objectName ?? objectName,
      objectSize: objectSize, modules: modules,
      attachments: mechanism == .bpf ? attach : [],
      workload: overrides?.crashPoint.map { [.crashPoint(name: $0.name, times: $0.times)] }
        ?? workload,
      observation: ObservationSource(observation),
      watchedCaches: watch, isUndeclared: overrides != nil,
      arguments: overrides?.arguments ?? [],
      choices: mechanism == .bpf ? overrides?.choices : nil, test: test)
  }
}

extension ObservationSource {
  fileprivate init(_ observation: Scenario.Observation) {
    self = observation.map.map { .map($0) } ?? .variable(observation.variable ?? "events")
  }
}

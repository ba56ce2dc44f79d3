// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts
package import Wire

extension Scenario {
  /// What stands in for a scenario when a user's own file is tried: it declares nothing to compare
  /// a trial with.
  ///
  /// - Parameter modules: the kernel's modules that attaching needs.
  package static func tried(
    name: String, attach: [Attachment], workload: [WorkStep], modules: [String] = []
  ) -> Scenario {
    let twin = Twin(
      guardName: nil, built: nil, builtBecause: nil,
      armed: Expectation(verdict: .survived, because: "nothing is expected"), sensitive: nil)
    return Scenario(
      name: name, title: name, family: .contract, weakness: "", job: "", fault: "",
      hook: Hook(lkm: "", bpf: "", differs: nil), cpus: 1, modules: modules, attach: attach,
      workload: workload, armedPrivileges: nil, repeat: nil,
      observation: Observation(variable: "events", map: nil, value: 0), watch: [],
      twins: Twins(lkm: twin, bpf: twin), lesson: "", references: [], mirrors: nil)
  }
}

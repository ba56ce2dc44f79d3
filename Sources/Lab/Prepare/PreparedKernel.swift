// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Kernels
import Machine
import Record
import Scenarios
import Trials
import Verdicts

/// Everything that trials on one kernel need, made ready before the first of them.
struct PreparedKernel: Sendable {
  var kernel: Kernel
  var traits: KernelTraits
  var forge: Forge
  var twins: [TwinKey: ForgedTwin]
  /// The modules that it has, built in or not.
  var modules: ModuleDependencies
  var machines: [MachineKey: PreparedMachine]
  /// The guest's image, and what its guests run on.
  var initramfs: String
  /// The version of the guests' libbpf.
  var libbpf: String?
  var accelerator: AcceleratorChoice
  /// Boot every guest instead of restoring it.
  var cold: Bool

  struct TwinKey: Hashable, Sendable {
    var scenario: String
    var mechanism: Mechanism
    /// The arm that the object is for; nil for both.
    var armed: Bool?
  }

  /// What a trial loads.
  func twin(_ scenario: String, _ mechanism: Mechanism, armed: Bool) -> ForgedTwin? {
    twins[.init(scenario: scenario, mechanism: mechanism, armed: armed)]
      ?? twins[.init(scenario: scenario, mechanism: mechanism)]
  }

  /// Why a twin can't run on this kernel, determined before any guest starts; nil if it can.
  func lack(of scenario: Scenario, _ mechanism: Mechanism, armed: Bool) -> String? {
    if case .unavailable(let reason)? = twin(scenario.name, mechanism, armed: armed)?.result {
      return reason
    }
    guard let gone = scenario.modules.first(where: { !modules.has($0) }) else { return nil }
    return "kernel \(kernel.name) has no module \(gone), which the scenario loads"
  }

  struct MachineKey: Hashable, Sendable {
    var profile: String
    var cpus: Int
  }
}

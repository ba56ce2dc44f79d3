// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kernels
import Machine
import Record
import Scenarios

extension RunHeader {
  /// The header of a run that begins now on this machine. Its accelerator is the first kernel's.
  static func beginning(
    command: [String], prepared: [PreparedKernel], absent: [Kernel] = [], kernels names: [String],
    profiles: [String], trials: [TrialID]
  ) throws -> RunHeader {
    let choice = prepared.first?.accelerator
    let known = prepared.map { Kernel($0, inRunUnder: choice?.accelerator) } + absent
    return RunHeader(
      id: RunDirectory.makeID(), began: Date.now.formatted(.iso8601), command: command,
      host: try HostMachine.describe(), accelerator: (choice?.accelerator ?? .tcg).rawValue,
      acceleratorReason: choice?.reason ?? "",
      kernels: names.compactMap { name in known.first { $0.name == name } },
      profiles: profiles, versions: prepared.first?.libbpf.map { ["libbpf": $0] } ?? [:], seed: 0,
      repetitions: 1, cold: false, trials: trials)
  }

  /// Leaves only the part of the plan that a cut has chosen.
  ///
  /// - Parameter profiles: all of `vm/profiles.yaml`.
  /// - Throws: `EncodingError`.
  mutating func keepPart(
    of cut: ShardCut, _ texts: [ScenarioText], _ profiles: [Profile]
  ) throws {
    let choice = cut.choice
    shard = Shard(
      index: choice.index, count: choice.count,
      inputs: try ShardInputs(cut, self, texts, profiles).digest(), program: choice.program,
      plan: trials)
    trials = cut.part(of: trials)
  }

  /// What the guests of a kernel run on.
  func accelerator(of kernel: String) -> Accelerator? {
    let own = kernels.first { $0.name == kernel }?.accelerator
    return Accelerator(rawValue: own ?? accelerator)
  }
}

extension RunHeader.Kernel {
  /// - Parameter accelerator: the run's; the kernel's own is recorded only if it differs.
  init(_ prepared: PreparedKernel, inRunUnder accelerator: Accelerator?) {
    let own = prepared.accelerator.accelerator
    self.init(
      name: prepared.kernel.name, release: prepared.kernel.release,
      version: prepared.kernel.packageVersion,
      accelerator: own == accelerator ? nil : own.rawValue)
  }

  init(_ name: String, _ failure: KernelFailure) {
    self.init(
      name: name, release: "not available", missing: failure.isMissing ? failure.reason : nil,
      failure: failure.isMissing ? nil : failure.reason)
  }
}

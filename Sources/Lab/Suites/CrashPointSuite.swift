// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Record
import Scenarios
import Trials
import Verdicts

/// The kernel's own module of faults, LKDTM: each of its crash points in a separate guest,
/// including those that the kernel's own test leaves out because they would take the machine down.
///
/// The expected result of each is in `vm/lkdtm.yaml`.
struct CrashPointSuite: Suite {
  let points: [CrashPoint]
  let cache: CacheDirectory

  private static let module = "lkdtm"

  init(file: String, cache: CacheDirectory) throws {
    points = try CrashPoint.read(file)
    self.cache = cache
  }

  var header: RunHeader.Suite {
    RunHeader.Suite(
      name: SuiteChoice.Name.crashPoints.rawValue,
      about: ["\(points.count) crash points of vm/lkdtm.yaml"])
  }

  var kernel: String? { nil }
  var profile: String? { nil }

  func items(on kernel: PreparedKernel) async throws -> SuiteItems {
    let module = try await module(of: kernel)
    var items = points.map { point in
      item(point.name, point.scenario, point.times, expected: true, module, kernel)
    }
    // What this kernel has beyond the file runs, too; there is nothing to hold it against.
    let unknown = try module.map { try CrashPoint.names(inModule: Files.read($0)) } ?? []
    for name in unknown.subtracting(points.map(\.name)).sorted() {
      let scenario = Scenario.tried(name: name, attach: [], workload: [])
      items.append(item(name, scenario, 1, expected: false, module, kernel))
    }
    return SuiteItems(items: items)
  }

  private func item(
    _ name: String, _ scenario: Scenario, _ times: Int, expected isExpected: Bool,
    _ module: String?, _ kernel: PreparedKernel
  ) -> SuiteItem {
    let path = module ?? ""
    var item = SuiteItem(
      name: name, mechanism: .lkm,
      twin: ForgedTwin(
        scenario: name, mechanism: .lkm,
        result: .success(.init(object: path, full: path, sources: []))),
      scenario: scenario,
      expected: TrialRecord.Expected(
        of: scenario, .lkm, armed: true, profile: "", kernel: kernel.traits),
      expectation: CrashPointExpectation(isDeclared: isExpected))
    item.overrides = PlanOverrides(
      objectName: Self.module, crashPoint: (name, times))
    if module == nil {
      item.skipped =
        "kernel \(kernel.kernel.name) has no module LKDTM (CONFIG_LKDTM=m), "
        + "as panicroom kernel build debug has it"
    }
    let declared = item.expected
    item.identity = "\(times) \(scenario.cpus) \(declared)"
    return item
  }

  /// The module's file, unpacked; nil if the kernel has none.
  private func module(of prepared: PreparedKernel) async throws -> String? {
    guard let path = prepared.modules.path(of: Self.module) else { return nil }
    let kernel = prepared.kernel
    try await kernel.requireWhole(in: cache)
    let packed = "\(kernel.modulesDirectory)/\(path)"
    guard !packed.hasSuffix(".ko") else { return packed }
    let folder = try await cache.atomically("suites/\(kernel.name)-\(kernel.release)") {
      try await PackedModule.unpack(packed, to: "\($0)/\(Self.module).ko")
    }
    return "\(folder)/\(Self.module).ko"
  }
}

/// The verdict that is declared, of the points that the kernel has.
struct CrashPointExpectation: ItemExpectation {
  /// Whether anything is.
  var isDeclared: Bool

  func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision {
    // The agent refuses a point that isn't in the kernel's own list.
    if record.verdict.ruling == .rejected {
      return OutcomeDecision(
        .skipped, record.verdict.reason)
    }
    guard isDeclared else {
      return OutcomeDecision(
        .skipped, "vm/lkdtm.yaml says nothing of this crash point")
    }
    return DeclaredVerdict().weigh(record, remains)
  }
}

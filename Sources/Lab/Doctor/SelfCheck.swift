// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Machine
package import Record
import Scenarios
import Verdicts

/// Whether verdicts can be trusted on a machine that nobody has tried: a few trials whose results are
/// known, one for each kind of verdict and of hang, under the accelerator that was chosen.
public struct SelfCheck: Sendable {
  let laboratory: Laboratory

  /// They begin in this order: what takes longest first.
  package static let sample: [Request.Arm] = [
    .init("lock-in-wrong-context", .lkm, armed: true),  // hung, hard-lockup
    .init("nested-loops-stall", .bpf, armed: true),  // hung, soft-lockup
    .init("missing-unlock", .lkm, armed: true),  // hung, in another context
    .init("forbidden-kernel-call", .lkm, armed: true),  // reset
    .init("hook-outlives-owner", .lkm, armed: true),  // panicked
    .init("null-map-value", .lkm, armed: true),  // oopsed
    .init("sleep-in-atomic", .lkm, armed: true),  // warned
    .init("probe-write-user", .lkm, armed: true),  // corrupted
    .init("reference-leak", .lkm, armed: true),  // leaked
    .init("null-pointer-walk", .bpf, armed: true),  // contained
    .init("null-map-value", .bpf, armed: true),  // rejected
    .init("null-map-value", .lkm, armed: false),  // survived
    .init("null-map-value", .bpf, armed: false),  // survived
  ]

  /// Runs the sample on the default kernel. If a result differs under KVM, guests here run under TCG
  /// from then on, and the sample runs once more under that.
  ///
  /// - Parameter runs: the folder for the run directories, which are kept.
  /// - Throws: what keeps the sample from being run.
  public func run(runs: String, command: [String]) async throws -> [Diagnosis] {
    let first = try await sample(under: nil, runs, command)
    guard let reason = Self.reasonAgainstKVM(first.record) else {
      return [Self.diagnosis(of: first.record, in: first.path)]
    }
    try await AcceleratorStore(cache: laboratory.cache, qemu: try QEMU.find()).rememberTCG(
      because: reason)
    let second = try await sample(under: .tcg, runs, command)
    let switched = Diagnosis(
      what: "self-check", state: .note,
      detail: "\(reason). Guests run under TCG from now on; evidence: \(first.path)", remedy: nil)
    return [switched, Self.diagnosis(of: second.record, in: second.path)]
  }

  private func sample(
    under accelerator: Accelerator?, _ runs: String, _ command: [String]
  ) async throws -> (path: String, record: RunRecord) {
    let catalogue = try Catalogue.load(repository: laboratory.repository.root)
    let names = Self.sample.map(\.scenario).withoutRepeats
    var request = Request(scenarios: try names.map { try catalogue.scenario(named: $0) })
    request.only = Set(Self.sample)
    request.looksAgain = false
    request.accelerator = accelerator
    request.command = command
    let path = try await laboratory.run(request, runs: runs)
    return (path, try RunDirectory.read(path))
  }

  /// Why guests here should not run under KVM; nil if they don't, or nothing speaks against it.
  package static func reasonAgainstKVM(_ run: RunRecord) -> String? {
    let wrong = differences(in: run)
    guard run.header.accelerator == Accelerator.kvm.rawValue, !wrong.isEmpty else { return nil }
    return "under KVM \(wrong.count) of \(run.header.trials.count) known results differ: "
      + wrong.joined(separator: "; ")
  }

  package static func diagnosis(of run: RunRecord, in path: String) -> Diagnosis {
    let wrong = differences(in: run)
    let (count, accelerator) = (run.header.trials.count, run.header.accelerator.uppercased())
    if wrong.isEmpty {
      return Diagnosis(
        what: "self-check", state: .fine,
        detail: "\(count) trials under \(accelerator) ended as they must", remedy: nil)
    }
    return Diagnosis(
      what: "self-check", state: .missing,
      detail: "\(wrong.count) of \(count) known results differ under \(accelerator): "
        + wrong.joined(separator: "; "),
      remedy: "run it again when the machine has nothing else to do; evidence: \(path)")
  }

  private static func differences(in run: RunRecord) -> [String] {
    let done = run.currentTrials
    let missing = run.remainingTrials.map { "\($0.folderName) was not run" }
    return done.filter { $0.outcome != .met }.map {
      "\($0.id.folderName): \($0.reason ?? $0.outcome.rawValue)"
    } + missing
  }
}

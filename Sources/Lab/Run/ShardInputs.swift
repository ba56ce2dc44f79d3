// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Scenarios

/// Everything that the results of a run depend on and that all of its parts must share. What they have
/// in common of the compilers and of QEMU is compared when they are merged.
struct ShardInputs: Encodable {
  var program: String
  var count: Int
  /// Digests of each scenario's files.
  var scenarios: [String: String]
  /// Their exact versions.
  var kernels: [String: String]
  var profiles: [Profile]
  var repetitions: Int
  var retryUnmet: Int?
  var failsOnFlaky: Bool?
  var known: [KnownIssue]?
  var seed: UInt64
  var cold: Bool
  var inspected: Bool
  var secondLooks: [String: String]
  var suite: RunHeader.Suite?
  /// The command line of a try, whose options no part of the header has.
  var tried: [String]?
  /// A digest of the plan, and of the times that it was cut by.
  var plan: String
  var basis: String

  /// - Parameters:
  ///   - header: of the whole run.
  ///   - known: all profiles of `vm/profiles.yaml`.
  init(
    _ cut: ShardCut, _ header: RunHeader, _ texts: [ScenarioText],
    _ known: [Profile]
  ) {
    program = cut.choice.program
    count = cut.choice.count
    scenarios = Dictionary(
      texts.map { ($0.name, Self.digest(of: $0)) }, uniquingKeysWith: { first, _ in first })
    kernels = Dictionary(
      header.kernels.map { ($0.name, $0.obstacle == nil ? $0.exactName : "not available") },
      uniquingKeysWith: { first, _ in first })
    let looks = header.secondLooks ?? [:]
    profiles = known.filter { header.profiles.contains($0.name) || looks.values.contains($0.name) }
    repetitions = header.repetitions
    retryUnmet = header.retryUnmet
    failsOnFlaky = header.failsOnFlaky
    self.known = header.known
    seed = header.seed
    cold = header.cold
    inspected = header.inspected == true
    secondLooks = looks
    suite = header.suite
    // Where its source lies on this machine.
    suite?.source = nil
    tried = header.tried.map { _ in PartCommand.request(header.command) }
    plan = Digest.of(header.trials.map(\.folderName).joined(separator: "\n"))
    basis = Digest.of(cut.basis)
  }

  /// - Throws: `EncodingError` for a number that JSON doesn't have.
  func digest() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return Digest.of(String(decoding: try encoder.encode(self), as: UTF8.self))
  }

  private static func digest(of text: ScenarioText) -> String {
    let parts = [text.yaml, text.lkm ?? "", text.bpf ?? ""]
    let headers = text.headers.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    return Digest.of((parts + headers).map { "\($0.utf8.count) \($0)" }.joined(separator: "\n"))
  }
}

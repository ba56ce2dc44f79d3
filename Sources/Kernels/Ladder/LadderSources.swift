// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// Where `vm/kernels.yaml` says that more kernels come from: every release of one flavour that these
/// suites hold.
public struct LadderSources: Codable, Sendable, Equatable {
  /// What the packages' names end with: `cloud-amd64`.
  public var flavour: String
  public var suites: [KernelEntry.Suite]

  public init(flavour: String, suites: [KernelEntry.Suite]) {
    self.flavour = flavour
    self.suites = suites
  }

  init(_ node: Node, _ reader: NodeReader) throws(KernelMatrixError) {
    let fields = try reader.mapping(
      node, "the ladder", allowed: ["flavour", "suites", "security"])
    flavour = try reader.word(fields["flavour"], "flavour", in: node)
    suites = []
    for (key, security) in [("suites", false), ("security", true)] {
      guard let list = fields[key] else { continue }
      for item in try reader.sequence(list, key, in: node) {
        suites.append(
          KernelEntry.Suite(name: try reader.word(item, key, in: list), security: security))
      }
    }
    guard !suites.isEmpty else { throw reader.error(node, "the ladder has no suites") }
  }
}

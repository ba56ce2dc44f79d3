// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Which features of eBPF which kernels have.
public struct FeatureLadder: Codable, Sendable, Equatable {
  public struct Kernel: Codable, Sendable, Equatable {
    public var name: String
    /// Nil if it could not be probed.
    public var release: String?
    /// Why it could not be asked.
    public var reason: String?

    public init(name: String, release: String? = nil, reason: String? = nil) {
      self.name = name
      self.release = release
      self.reason = reason
    }
  }

  public struct Feature: Codable, Sendable, Equatable {
    /// `program type`, `map type`, `helper`, `other`.
    public var kind: String
    public var name: String
    /// The names of the kernels that have it, in the ladder's order.
    public var kernels: [String]
    /// The version of mainline Linux that introduced it; nil for what the catalogue doesn't use.
    public var mainline: Mainline?
  }

  /// The version of mainline Linux that brought a feature, and the commit.
  public struct Mainline: Codable, Sendable, Equatable {
    /// `5.17`.
    public var version: String
    public var commit: String

    public init(version: String, commit: String) {
      self.version = version
      self.commit = commit
    }
  }

  public var kernels: [Kernel]
  /// By kind, then by name.
  public var features: [Feature]

  /// - Parameters:
  ///   - probes: for each kernel that was probed what it has, by kind.
  ///   - mainline: what the catalogue uses, by kind and name. It is in the ladder whether a kernel
  ///     has it or not.
  public init(
    kernels: [Kernel], probes: [String: [String: Set<String>]],
    mainline: [String: [String: Mainline]] = [:]
  ) {
    self.kernels = kernels
    var features: [Feature] = []
    for kind in Self.kinds {
      let used = mainline[kind] ?? [:]
      let names = Set(probes.values.flatMap { $0[kind] ?? [] }).union(used.keys)
      for name in names.sorted() {
        let having = kernels.map(\.name).filter { probes[$0]?[kind]?.contains(name) == true }
        features.append(
          Feature(kind: kind, name: name, kernels: having, mainline: used[name]))
      }
    }
    self.features = features
  }

  /// Those that not all of the probed kernels have.
  public var steps: [Feature] {
    let asked = kernels.count { $0.release != nil }
    return features.filter { $0.kernels.count < asked }
  }

  public static let kinds = ["program type", "map type", "helper", "other"]
}

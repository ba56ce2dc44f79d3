// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// What carries out the parts of a run on several machines.
public enum ShardService: String, Sendable, CaseIterable {
  case slurm, kubernetes, github, gitlab

  /// The file in `templates/shards/` that its job is made of.
  public var template: String {
    switch self {
    case .slurm: "slurm.sh"
    case .kubernetes: "kubernetes.yaml"
    case .github: "github.yml"
    case .gitlab: "gitlab.yml"
    }
  }

  /// The most parts that it takes, and why.
  var most: (count: Int, reason: String) {
    switch self {
    // https://slurm.schedmd.com/slurm.conf.html: MaxArraySize, of which the highest index is 1 less.
    case .slurm: (1000, "the index of a Slurm array ends at 1000 (MaxArraySize)")
    // https://kubernetes.io/docs/concepts/workloads/controllers/job/: with backoffLimitPerIndex
    case .kubernetes: (10_000, "a run is cut into 10000 parts at most")
    // https://docs.github.com/en/actions/reference/limits
    case .github: (256, "a matrix of GitHub's has at most 256 jobs")
    // https://docs.gitlab.com/ci/yaml/#parallel
    case .gitlab: (200, "parallel of GitLab's is at most 200")
    }
  }
}

/// A job that carries out a run in parts and merges them.
public struct ShardJob: Sendable {
  public let service: ShardService
  public let count: Int
  /// The command line of the whole run, from `run` on.
  public let command: [String]

  public struct Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// - Throws: ``Refusal`` of a number of parts that the service doesn't take, and of a command that
  ///   would end the line that it is put into.
  public init(_ service: ShardService, count: Int, command: [String]) throws(Refusal) {
    let most = service.most
    guard count >= 1, count <= most.count else {
      throw Refusal(
        description: count < 1
          ? "A run has at least one part." : "\(count) parts are too many: \(most.reason).")
    }
    let isOneLine = command.allSatisfy { word in
      word.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
    guard isOneLine else {
      throw Refusal(description: "A job's command can't have line breaks or control characters.")
    }
    (self.service, self.count, self.command) = (service, count, command)
  }

  /// - Parameter template: the text of ``ShardService/template``.
  public func render(_ template: String) -> String {
    template.replacing("@COUNT@", with: "\(count)")
      // More pods at once than a small cluster takes would only wait.
      .replacing("@PARALLEL@", with: "\(min(count, 100))")
      .replacing("@PARTS@", with: (1...count).map(String.init).joined(separator: ", "))
      .replacing("@COMMAND@", with: PartCommand.quoted(command))
  }
}

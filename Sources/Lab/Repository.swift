// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// The checkout that scenarios, sources and `vm/` are read from.
public struct Repository: Sendable {
  public let root: String

  /// - Throws: ``LabError`` if `root` lacks something that a checkout has.
  public init(root: String) throws(LabError) {
    for part in ["scenarios", "bpf", "lkm", "vm/kernels.yaml", "vm/profiles.yaml"]
    where !Files.exists("\(root)/\(part)") {
      throw LabError(
        "\(root) is not a checkout of Panic Room: it has no \(part). "
          + "Run ./panicroom from a checkout, or set PANICROOM_REPOSITORY to one.")
    }
    self.root = root
  }

  public var kernelsFile: String { root + "/vm/kernels.yaml" }
  public var buildsFile: String { root + "/vm/builds.yaml" }
  public var crashPointsFile: String { root + "/vm/lkdtm.yaml" }
  public var profilesFile: String { root + "/vm/profiles.yaml" }
  public var featuresFile: String { root + "/vm/features.yaml" }
  var selftestNotesFile: String { root + "/vm/verifier-selftests.yaml" }
  public var imageFile: String { root + "/vm/image.yaml" }
  public func shardTemplate(_ name: String) -> String { root + "/templates/shards/" + name }
  public var runsFolder: String { root + "/runs" }
}

/// A request that can't be carried out, or a laboratory that can't be set up: what, and what to do.
public struct LabError: Error, CustomStringConvertible, Sendable, Equatable {
  public var message: String
  var cause: Cause

  /// Whose fault it is.
  enum Cause: Sendable {
    case request
    /// It isn't the request: this kernel lacks what it needs.
    case kernel
    /// Neither: it may go the next time.
    case laboratory
  }

  public init(_ message: String) {
    self.init(message, .request)
  }

  init(_ message: String, _ cause: Cause) {
    (self.message, self.cause) = (message, cause)
  }

  public var description: String { message }
}

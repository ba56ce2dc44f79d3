import ArgumentParser
import Host
import Kernels
import Lab
import Scenarios

/// What a shell offers for names that stand in the checkout's files. A shell that asks has nowhere
/// to show an error: it gets no names then.
enum Completions {
  static let scenarios = names { try Catalogue.names(repository: $0.root) }

  static let kernel = names { try KernelMatrix.load(from: $0.kernelsFile).entries.map(\.name) }

  static let kernels = names {
    try KernelMatrix.load(from: $0.kernelsFile).entries.map(\.name) + ["all"]
  }

  static let profiles = names { try Profile.load($0.profilesFile).map(\.name) }

  private static func names(
    _ read: @escaping @Sendable (Repository) throws -> [String]
  ) -> CompletionKind {
    .custom { _, _, _ in
      do {
        return try read(try Setup.repository())
      } catch {
        return []
      }
    }
  }
}

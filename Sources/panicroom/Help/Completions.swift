// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Host
import Lab
import Scenarios

/// What a shell offers for names that are in the checkout's files. A shell that asks has nowhere to
/// show an error: it gets no names then.
enum Completions {
  static let scenarios = names { try Catalogue.names(repository: $0.root) }

  static let kernel = names { _ in try kernelNames() }

  static let kernels = names { _ in try kernelNames() + ["all"] }

  static let profiles = names { try Profile.load($0.profilesFile).map(\.name) }

  private static func kernelNames() throws -> [String] {
    try Setup.laboratory(verbose: false) { _ in }.kernels.names()
  }

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

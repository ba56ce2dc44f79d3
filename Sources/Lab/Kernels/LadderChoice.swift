// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels

/// A name for releases of the ladder: `6.12.57`, `7.3`, `6.1..6.12`, `ladder`.
enum LadderChoice {
  case release(KernelRelease)
  /// The newest of it.
  case series(KernelRelease)
  case range(KernelRange)
  case all

  /// Nil if the text is none of these.
  init?(_ name: String) {
    if name == "ladder" {
      self = .all
    } else if let range = KernelRange(name) {
      self = .range(range)
    } else if let release = KernelRelease(name) {
      self = release.isSeries ? .series(release) : .release(release)
    } else {
      return nil
    }
  }

  /// Whether more releases may belong to it than are known.
  var meansMany: Bool {
    if case .release = self { false } else { true }
  }

  /// Oldest first.
  func rungs(of ladder: Ladder) -> [Ladder.Rung] {
    switch self {
    case .release(let release): [ladder[release.description]].compactMap(\.self)
    case .series(let series): [ladder.newest(of: series)].compactMap(\.self)
    case .range(let range): ladder.rungs(in: range)
    case .all: ladder.rungs
    }
  }

  /// - Throws: ``LabError`` for a range that is upside down.
  func requireOrder() throws {
    if case .range(let range) = self, range.isUpsideDown {
      throw LabError("\(range.first)..\(range.last) is upside down: the older release comes first.")
    }
  }

  /// Those that can run.
  ///
  /// - Throws: ``LabError`` if none can.
  func usable(of ladder: Ladder) throws -> [Ladder.Rung] {
    let rungs = rungs(of: ladder)
    let usable = rungs.filter(\.hasModules)
    guard !usable.isEmpty else {
      throw LabError(
        "\(rungs.map(\.name).joined(separator: ", ")) can't run: Debian has the image left, and no "
          + "modules.")
    }
    return usable
  }
}

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

  /// Oldest first.
  func rungs(of ladder: Ladder) -> [Ladder.Rung] {
    switch self {
    case .release(let release): [ladder[release.description]].compactMap(\.self)
    case .series(let series): [ladder.newest(of: series)].compactMap(\.self)
    case .range(let range): ladder.rungs(in: range)
    case .all: ladder.rungs
    }
  }

  /// - Throws: ``LabError`` if there is none, or none that can run.
  func select(from list: KernelList) throws -> [KnownKernel] {
    if case .range(let range) = self, range.isUpsideDown {
      throw LabError("\(range.first)..\(range.last) is upside down: the older release comes first.")
    }
    let rungs = list.ladder.map(rungs) ?? []
    guard !rungs.isEmpty else {
      throw LabError("Debian's suites have no kernel \(words): see kernel list --available.")
    }
    let usable = rungs.filter(\.hasModules)
    guard !usable.isEmpty else {
      throw LabError(
        "Kernel \(words) can't run: of its packages Debian has the image left, and no modules.")
    }
    return usable.map(list.kernel)
  }

  private var words: String {
    switch self {
    case .release(let release): "\(release)"
    case .series(let series): "of the series \(series)"
    case .range(let range): "from \(range.first) to \(range.last)"
    case .all: "at all"
    }
  }
}

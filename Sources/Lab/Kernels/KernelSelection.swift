// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Kernels
import Record
import Scenarios

extension KernelShelf {
  /// All available kernels, including those that were added here.
  func known() throws -> KernelList {
    try KernelList.load(matrix: repository.kernelsFile, store: store)
  }

  /// The kernels of these names: by default the default one; the matrix's for `all`; releases of the
  /// ladder by their own names, by ranges, by series (the newest), or all of them by `ladder`. Apt's lists
  /// are asked if what is named isn't known.
  ///
  /// - Throws: ``LabError`` for a name that means nothing, or a release that can't run; what keeps apt's
  ///   lists from being asked.
  func select(_ names: [String]) async throws -> [KnownKernel] {
    var list = try known()
    guard !names.isEmpty else { return [list.defaultKernel] }
    var chosen: [KnownKernel] = []
    for name in names where name != "all" {
      if let kernel = list[name] {
        chosen.append(kernel)
        continue
      }
      guard let choice = LadderChoice(name) else { throw try unknown(name, list) }
      try choice.requireOrder()
      if list.ladder.map({ choice.rungs(of: $0).isEmpty && $0.isOld }) ?? true {
        list.ladder = try await askForLadder(becauseOf: name, list)
      }
      if let ladder = list.ladder, ladder.isPartial, choice.meansMany {
        do {
          list.ladder = try await askForLadder(becauseOf: name, list)
        } catch let error as LabError {
          emit(.note("Of the ladder only what came in bundles is known. \(error)"))
        }
      }
      guard let ladder = list.ladder, !choice.rungs(of: ladder).isEmpty else {
        throw try unknown(name, list)
      }
      chosen += try choice.usable(of: ladder).map(list.kernel)
    }
    // `all` may be combined with other kernels than the matrix's.
    var seen: Set<String> = []
    return ((names.contains("all") ? list.packaged : []) + chosen).filter {
      seen.insert($0.name).inserted
    }
  }

  private func askForLadder(becauseOf name: String, _ list: KernelList) async throws -> Ladder {
    do {
      return try await askForLadder()
    } catch let error as KernelError {
      throw LabError("\(try unknown(name, list)) Debian's lists can't be asked: \(error)")
    }
  }

  /// The kernel of a name; the default one without a name.
  ///
  /// - Throws: as ``select(_:)``; ``LabError`` if the name means several.
  func selectOne(_ name: String?) async throws -> KnownKernel {
    let chosen = try await select(name.map { [$0] } ?? [])
    guard chosen.count == 1 else {
      let names = chosen.prefix(4).map(\.name).joined(separator: ", ")
      throw LabError("\(name ?? "") means several kernels, \(names)…: name one.")
    }
    return chosen[0]
  }

  /// The releases that Debian's suites hold now.
  ///
  /// - Throws: ``LabError`` if `vm/kernels.yaml` names no suites for them; what keeps apt's lists from being
  ///   asked.
  public func askForLadder() async throws -> Ladder {
    guard let sources = try ladderSources else {
      throw LabError("vm/kernels.yaml has no ladder: it names no suites to look for releases in.")
    }
    return try await emit.step("the list of Debian's kernels") {
      try await store.askForLadder(from: sources)
    }
  }

  /// The suites that the ladder's releases come from; nil if `vm/kernels.yaml` names none.
  var ladderSources: LadderSources? {
    get throws { try KernelMatrix.load(from: repository.kernelsFile).ladder }
  }

  private func unknown(_ name: String, _ list: KernelList) throws -> LabError {
    let builds = try BuildList.load(from: repository.buildsFile)
    if let command = builds.command(for: name) {
      return LabError("Kernel \(name) is not built here yet. Build it with: \(command)")
    }
    let packaged = list.packaged.map(\.name).joined(separator: ", ")
    let local = list.local.map(\.name).joined(separator: ", ")
    let hint = didYouMeanOrStop(name, among: list.names + ["all"] + builds.kernelNames)
    return LabError(
      "There is no kernel \"\(name)\"\(hint) vm/kernels.yaml has "
        + "\(packaged); all means all of these. Other releases are named like 6.12.57, 6.1..6.12 "
        + "or 7.3: kernel list --available."
        + (local.isEmpty ? "" : " Added here: \(local)."))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Kernels
import Scenarios

extension KernelShelf {
  /// All available kernels, including those that were added here.
  func known() throws -> KernelList {
    try KernelList.load(matrix: repository.kernelsFile, store: store)
  }

  /// The kernels of these names: by default the default one, the matrix's for `all`.
  func select(_ names: [String]) throws -> [KnownKernel] {
    let list = try known()
    guard !names.isEmpty else { return [list.defaultKernel] }
    let isAll = names.contains("all")
    // `all` may be combined with local kernels.
    let chosen = try names.filter { $0 != "all" }.withoutRepeats.map { name in
      guard let kernel = list[name] else { throw try unknown(name, list) }
      return kernel
    }
    return isAll ? list.packaged + chosen.filter(\.isLocal) : chosen
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
        + "\(packaged); all means all of these."
        + (local.isEmpty ? "" : " Added here: \(local)."))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record

/// The ladder of features in the page: which kernel has what, and what the catalogue needs of it.
struct FeatureView {
  let view: View

  /// - Parameter order: the names of the run's kernels, the oldest first.
  init(_ ladder: FeatureLadder, order: [String]) {
    let known = Set(ladder.kernels.filter { $0.release != nil }.map(\.name))
    let kernels = order.filter(known.contains)
    let kinds = FeatureLadder.kinds.compactMap { kind -> View? in
      let all = ladder.features.filter { $0.kind == kind }
      let rows = all.filter { $0.mainline != nil || $0.kernels.count < kernels.count }
      guard !rows.isEmpty else { return nil }
      return [
        "title": "\(kind)s", "rest": all.count - rows.count,
        "rows": rows.map { Self.row($0, kernels) },
      ]
    }
    view = ["kernels": kernels.map { ["name": $0] as View }, "kinds": kinds]
  }

  private static func row(_ feature: FeatureLadder.Feature, _ kernels: [String]) -> View {
    [
      "name": feature.name, "version": feature.mainline?.version ?? "",
      "commit": feature.mainline?.commit ?? "",
      "cells": kernels.map { ["has": feature.kernels.contains($0)] as View },
    ]
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kernels

/// The releases that Debian's suites hold, newest last: a line each.
enum LadderTable {
  static func render(_ ladder: Ladder) -> String {
    let rows = ladder.rungs.map { rung in
      [
        rung.name, completeness(of: rung), rung.suites.map(\.name).joined(separator: ", "),
        rung.image.replacing("linux-image-", with: "", maxReplacements: 1),
      ]
    }
    let widths = (0..<3).map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      zip(row, widths + [0]).map { text, width in
        text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
      }.joined(separator: "  ")
    }
    let usable = ladder.rungs.filter(\.hasModules)
    let complete = usable.count { $0.headers != nil }
    let summary =
      "\(rows.count) releases: \(complete) complete, \(usable.count - complete) for programs only, "
      + "\(rows.count - usable.count) can't run"
    return (lines + [summary]).map { $0 + "\n" }.joined()
  }

  private static func completeness(of rung: Ladder.Rung) -> String {
    guard rung.hasModules else { return "image only" }
    return rung.headers == nil ? "no headers" : "complete"
  }
}

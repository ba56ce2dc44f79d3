// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Verdicts

/// A run as a badge: one line of SVG for a README.
public enum BadgeReport {
  public static func render(_ run: RunRecord) throws -> String {
    let summary = Summary(run)
    let failingFlaky = run.header.failsOnFlaky == true ? summary.flaky ?? 0 : 0
    let label = "panic room"
    let text: String
    let colour: String
    switch summary.exitStatus {
    case 0:
      let refused = summary.count(.bpf, .refused) + summary.count(.bpf, .contained)
      text = "\(refused) stopped as eBPF, \(summary.count(.lkm, .crashed)) crashed as modules"
      colour = "#1a7f37"
    case 1: (text, colour) = ("\(summary.unmet + failingFlaky) not as expected", "#b3261e")
    default:
      (text, colour) = ("\(summary.inconclusive + summary.remaining) undecided", "#8a5a00")
    }
    // Verdana 11 is some 6.6 pixels a character wide.
    let widths = [label, text].map { $0.count * 66 / 10 + 12 }
    return try PageTemplates.render(
      [
        "label": label, "text": text, "colour": colour, "width": widths[0] + widths[1],
        "labelWidth": widths[0], "textWidth": widths[1], "labelMiddle": widths[0] / 2,
        "textMiddle": widths[0] + widths[1] / 2,
      ], as: "badge")
  }
}

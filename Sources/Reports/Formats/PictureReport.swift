// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Scenarios
import Verdicts

/// What a run comes to as a picture (SVG), for a page about it: two bars for each kernel, to scale, and
/// the same numbers in words.
public enum PictureReport {
  private static let width = 840
  private static let margin = 130
  private static let barHeight = 34
  private static let panelHeight = 130
  private static let headHeight = 40

  public static func render(_ run: RunRecord) -> String {
    let kernels = run.header.kernels.map { kernel in
      (kernel, PairedFault.all(of: run).filter { $0.kernel == kernel.name })
    }.filter { !$0.1.isEmpty }
    let height = headHeight + kernels.count * panelHeight + 34
    let words = kernels.flatMap { kernel, faults in
      ["\(title(kernel, faults))."] + Mechanism.allCases.map { sentence($0, faults) }
    }
    var svg = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
      height="\(height)" role="img" aria-labelledby="title words">
      <title id="title">The same faults, as eBPF programs and as kernel modules</title>
      <desc id="words">\(escape(words.joined(separator: "\n")))</desc>
      <style>
      text { font: 15px system-ui, "DejaVu Sans", sans-serif; fill: #1f2328; }
      .head { font-size: 18px; font-weight: 600; }
      .inside { font-weight: 600; text-anchor: middle; }
      @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } }
      rect.refused { fill: #1a7f37; }
      rect.contained { fill: #0a6c80; }
      rect.silent { fill: #e3b341; }
      rect.damaged { fill: #8250df; }
      rect.crashed { fill: #b3261e; }
      rect.none { fill: #59636e; }
      text.inside { fill: #fff; }
      text.inside.silent { fill: #1f2328; }
      </style>
      <text class="head" x="0" y="22">The same faults, as eBPF programs and as kernel modules</text>

      """
    for (index, (kernel, faults)) in kernels.enumerated() {
      let top = headHeight + index * panelHeight
      svg += "<text x=\"0\" y=\"\(top + 16)\">\(escape(title(kernel, faults)))</text>\n"
      for (row, mechanism) in Mechanism.allCases.enumerated() {
        svg += bar(mechanism, faults, top: top + 28 + row * (barHeight + 10))
      }
    }
    return svg + legend(kernels.flatMap(\.1), top: height - 12) + "</svg>\n"
  }

  private static func title(_ kernel: RunHeader.Kernel, _ faults: [PairedFault]) -> String {
    "\(faults.count == 1 ? "1 fault" : "\(faults.count) faults") on Linux \(kernel.exactName)"
  }

  /// `eBPF: 55 rejected, 17 contained, 13 unnoticed, 2 damaged, 3 crashed.`
  private static func sentence(_ mechanism: Mechanism, _ faults: [PairedFault]) -> String {
    let parts = counts(mechanism, faults).map { "\($0.count) \($0.rulingClass.word)" }
    return "\(mechanism.title): \(parts.joined(separator: ", "))."
  }

  private static func counts(
    _ mechanism: Mechanism, _ faults: [PairedFault]
  ) -> [(rulingClass: RulingClass, count: Int)] {
    RulingClass.shown.map { rulingClass in
      (rulingClass: rulingClass, count: faults.count { $0[mechanism] == rulingClass })
    }.filter { $0.count > 0 }
  }

  /// Segments as wide as their counts.
  private static func bar(_ mechanism: Mechanism, _ faults: [PairedFault], top: Int) -> String {
    let room = Double(width - margin)
    var text = "<text x=\"0\" y=\"\(top + 22)\">\(mechanism.title)</text>\n"
    var before = 0
    for (rulingClass, count) in counts(mechanism, faults) {
      let start = Double(margin) + room * Double(before) / Double(faults.count)
      let size = room * Double(count) / Double(faults.count)
      text +=
        "<rect class=\"\(rulingClass.rawValue)\" x=\"\(decimal(start, 2))\" y=\"\(top)\" "
        + "width=\"\(decimal(size, 2))\" height=\"\(barHeight)\"/>\n"
      // A number takes some 9 pixels a digit.
      if size > 12 + 9 * Double("\(count)".count - 1) {
        text +=
          "<text class=\"inside \(rulingClass.rawValue)\" x=\"\(decimal(start + size / 2, 2))\" "
          + "y=\"\(top + 22)\">\(count)</text>\n"
      }
      before += count
    }
    return text
  }

  private static func legend(_ faults: [PairedFault], top: Int) -> String {
    var left = margin
    var text = ""
    for rulingClass in RulingClass.shown
    where faults.contains(where: { $0[.bpf] == rulingClass || $0[.lkm] == rulingClass }) {
      text +=
        "<rect class=\"\(rulingClass.rawValue)\" x=\"\(left)\" y=\"\(top - 12)\" width=\"14\" "
        + "height=\"14\"/>\n<text x=\"\(left + 20)\" y=\"\(top)\">\(rulingClass.word)</text>\n"
      left += 50 + rulingClass.word.count * 9
    }
    return text
  }

  private static func escape(_ text: String) -> String {
    DisplayText.escape(text.replacing("\n", with: " ")).replacing("&", with: "&amp;")
      .replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

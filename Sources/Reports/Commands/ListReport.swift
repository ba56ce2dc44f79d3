// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
import Verdicts

/// Scenarios in a table: name, family, weakness, and what is expected of the armed twins.
public enum ListReport {
  /// - Parameter width: columns of the terminal; less than 60 counts as 60. Titles are shown if
  ///   there is room for them.
  public static func render(_ scenarios: [Scenario], width: Int, colour: Bool = false) -> String {
    let width = max(width, 60)
    let heads = ["scenario", "family", "weakness", "eBPF", "module", "title"]
    let rows = scenarios.map { scenario in
      [
        scenario.name, scenario.family.rawValue, scenario.weakness,
        scenario.twins.bpf.armed.verdict.word(armed: true),
        scenario.twins.lkm.armed.verdict.word(armed: true),
        scenario.title,
      ].map(DisplayText.escape)
    }
    var widths = heads.indices.map { column in
      ([heads] + rows).map { DisplayText.width($0[column]) }.max() ?? 0
    }
    let withoutTitle = widths.dropLast().reduce(0) { $0 + $1 + 2 }
    widths[0] -= max(0, withoutTitle - 2 - width)
    widths[5] = width - withoutTitle
    let showsTitle = widths[5] >= 20
    let lines = ([heads] + rows).enumerated().map { index, row in
      var line = StyledText()
      for column in heads.indices where column < 5 || showsTitle {
        let style = index == 0 ? .dim : style(of: column, scenarios[index - 1])
        let last = column == (showsTitle ? 5 : 4)
        let text = StyledText(row[column], style).cut(to: widths[column])
        line = line + (last ? text : text.padded(to: widths[column] + 2))
      }
      return line.rendered(colour: colour)
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private static func style(of column: Int, _ scenario: Scenario) -> Style? {
    switch column {
    case 0: .bold
    case 3: scenario.twins.bpf.armed.verdict.rulingClass.style
    case 4: scenario.twins.lkm.armed.verdict.rulingClass.style
    default: nil
    }
  }
}

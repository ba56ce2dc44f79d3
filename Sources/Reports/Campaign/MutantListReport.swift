// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// Mutants as the lines that they change.
public enum MutantListReport {
  public static func render(_ mutants: [Campaign.Mutant], width: Int, colour: Bool) -> String {
    var lines: [StyledText] = []
    for mutant in mutants {
      lines.append(
        StyledText(mutant.name, .bold)
          + StyledText("  \(mutant.function), line \(mutant.line)", .dim))
      lines.append(StyledText("  - \(mutant.before)", .boldRed))
      lines.append(StyledText("  + \(mutant.after)", .green))
    }
    return lines.map { $0.cut(to: width).rendered(colour: colour) + "\n" }.joined()
  }

  /// - Throws: `EncodingError`.
  public static func json(_ mutants: [Campaign.Mutant]) throws -> String {
    try JSONText.render(mutants)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Scenarios
import Verdicts

/// Scenarios for programs: what their files say, and the lines that are armed.
public enum ScenarioJSON {
  private struct Shown: Encodable {
    let schema = 1
    let scenario: Scenario
    let sources: [String: Source]
  }

  private struct Source: Encodable {
    let file: String
    /// Nil if the file is missing.
    let text: String?
    /// Lines marked as armed, counted from 1.
    let armedLines: [Int]

    enum CodingKeys: String, CodingKey {
      case file, text
      case armedLines = "armed_lines"
    }
  }

  private struct Listed: Encodable {
    let schema = 1
    let scenarios: [Scenario]
  }

  /// - Throws: `EncodingError` for a number that JSON doesn't have.
  public static func show(_ scenario: Scenario, _ text: ScenarioText) throws -> String {
    let sources = Mechanism.allCases.map { mechanism in
      let lines = (text[mechanism] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      let armed = lines.indices.filter { lines[$0].contains("/* armed */") }.map { $0 + 1 }
      return (
        mechanism.rawValue,
        Source(file: scenario.sourcePath(mechanism), text: text[mechanism], armedLines: armed)
      )
    }
    return try JSONText.render(
      Shown(scenario: scenario, sources: Dictionary(uniqueKeysWithValues: sources)))
  }

  /// - Throws: `EncodingError` for a number that JSON doesn't have.
  public static func list(_ scenarios: [Scenario]) throws -> String {
    try JSONText.render(Listed(scenarios: scenarios))
  }
}

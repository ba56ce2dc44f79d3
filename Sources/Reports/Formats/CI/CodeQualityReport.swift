// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// What is not as expected for GitLab's merge requests (docs.gitlab.com, "Code Quality report
/// format"): a list of findings, empty where all is well.
public enum CodeQualityReport {
  private struct Finding: Encodable {
    let description: String
    let checkName: String
    let fingerprint: String
    let severity = "major"
    let location: Location

    enum CodingKeys: String, CodingKey {
      case description, fingerprint, severity, location
      case checkName = "check_name"
    }
  }

  private struct Location: Encodable {
    let path: String
    let lines: Lines
  }

  private struct Lines: Encodable { let begin: Int }

  /// - Throws: `EncodingError`.
  public static func render(_ run: RunRecord) throws -> String {
    try JSONText.render(
      Alert.all(of: run).map {
        Finding(
          description: $0.message, checkName: $0.rule, fingerprint: $0.fingerprint,
          location: Location(path: $0.path, lines: Lines(begin: $0.line)))
      })
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record

/// What is not as expected in SARIF 2.1.0 (OASIS), which code hosts show at the source's line.
public enum SARIFReport {
  /// - Throws: `EncodingError`.
  public static func render(_ run: RunRecord) throws -> String {
    let alerts = Alert.all(of: run)
    let rules = Set(alerts.map(\.rule)).union(run.header.tried == nil ? ["unmet"] : []).sorted()
    let driver = Driver(rules: rules.map(Rule.init))
    return try JSONText.render(
      Log(runs: [
        Run(
          tool: Tool(driver: driver), results: alerts.map { Result($0, rules) },
          automationDetails: Details(id: "panicroom/"))
      ]))
  }

  private struct Log: Encodable {
    let schema =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    let version = "2.1.0"
    let runs: [Run]

    enum CodingKeys: String, CodingKey {
      case schema = "$schema"
      case version, runs
    }
  }

  private struct Run: Encodable {
    let tool: Tool
    let results: [Result]
    let automationDetails: Details
    let columnKind = "unicodeCodePoints"
  }

  private struct Details: Encodable { let id: String }

  private struct Tool: Encodable { let driver: Driver }

  private struct Driver: Encodable {
    let name = "Panic Room"
    let rules: [Rule]
  }

  private struct Rule: Encodable {
    let id: String
    let shortDescription: Message

    init(_ id: String) {
      self.id = id
      shortDescription = Message(
        text: id == "unmet" ? "A twin's verdict is not the one that its scenario declares." : id)
    }
  }

  private struct Message: Encodable { let text: String }

  private struct Result: Encodable {
    let ruleId: String
    let ruleIndex: Int
    let level = "error"
    let message: Message
    let locations: [Location]
    let partialFingerprints: [String: String]

    init(_ alert: Alert, _ rules: [String]) {
      ruleId = alert.rule
      ruleIndex = rules.firstIndex(of: alert.rule) ?? 0
      message = Message(text: alert.message)
      let artifact = Artifact(uri: FilterLink.encode(alert.path, keeping: "/"))
      locations = [
        Location(
          physicalLocation: Place(
            artifactLocation: artifact, region: Region(startLine: alert.line)))
      ]
      partialFingerprints = ["primaryLocationLineHash": alert.fingerprint]
    }
  }

  private struct Location: Encodable { let physicalLocation: Place }

  private struct Place: Encodable {
    let artifactLocation: Artifact
    let region: Region
  }

  private struct Artifact: Encodable {
    let uri: String
    let uriBaseId = "%SRCROOT%"
  }

  private struct Region: Encodable { let startLine: Int }
}

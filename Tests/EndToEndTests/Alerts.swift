// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Testing

/// In the SARIF of the last run: an alert for each arm of the twin in `file`, at `line`, and no other.
func expectAlerts(in file: String, line: Int, _ harness: Harness) async throws {
  struct Log: Decodable { var runs: [Run] }
  struct Run: Decodable { var results: [Alert] }
  struct Alert: Decodable {
    var ruleId: String
    var locations: [Location]
  }
  struct Location: Decodable { var physicalLocation: Place }
  struct Place: Decodable {
    var artifactLocation: Artifact
    var region: Region
  }
  struct Artifact: Decodable { var uri: String }
  struct Region: Decodable { var startLine: Int }
  let output = try await harness.run(["report", harness.runs + "/latest", "--format", "sarif"])
  #expect(output.status == 0, "\(output.errorText)")
  let log = try JSONDecoder().decode(Log.self, from: Data(output.standardOutput))
  let alerts = try #require(log.runs.first).results
  #expect(alerts.map(\.ruleId) == ["unmet", "unmet"])
  for place in alerts.flatMap(\.locations).map(\.physicalLocation) {
    #expect(place.artifactLocation.uri == file)
    #expect(place.region.startLine == line)
  }
}

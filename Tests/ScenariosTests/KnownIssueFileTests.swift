// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(1))) struct KnownIssueFileTests {
  @Test func anEntryIsReadAsItIsWritten() throws {
    let text = """
      known:
        - scenario: null-map-*
          mechanism: bpf
          armed: true
          kernel: 6.12
          profile: stock
          verdict: survived
          reason: The verifier of 6.12 accepts it.
          link: https://example.org/1
          until: 2028-02-29
        - {scenario: other, link: "https://example.org/2", until: 2027-01-31}
      """
    #expect(
      try KnownIssue.parse(text, file: "k.yaml") == [
        KnownIssue(
          scenario: "null-map-*", mechanism: .bpf, armed: true, kernel: "6.12", profile: "stock",
          verdict: .survived, reason: "The verifier of 6.12 accepts it.",
          link: "https://example.org/1", until: "2028-02-29"),
        KnownIssue(scenario: "other", link: "https://example.org/2", until: "2027-01-31"),
      ])
  }

  @Test(arguments: [
    ("known: []\nmore: 1", "k.yaml:2: unknown key \"more\""),
    ("none: []", "missing key \"known\""),
    ("known: 1", "known must be a list"),
    ("known: [{scenario: a, reason: b}]", "missing key \"until\" in known[0]"),
    ("known: [{scenario: a, until: 2027-02-29, reason: b}]", "until must be a day"),
    ("known: [{scenario: a, until: soon, reason: b}]", "until must be a day"),
    ("known: [{scenario: a, until: 2027-02-28}]", "an entry needs a reason or a link"),
    ("known: [{until: 2027-02-28, reason: b}]", "missing key \"scenario\""),
    ("known: [{scenario: a, armed: 1, until: 2027-02-28, reason: b}]", "can't be \"1\""),
    ("known: [{scenario: a, mechanism: ebpf, until: 2027-02-28, reason: b}]", "did you mean"),
    ("known: [{scenario: '****', until: 2027-02-28, reason: b}]", "more than 3 *"),
    ("known: [{scenario: a, twin: lkm, until: 2027-02-28, reason: b}]", "unknown key \"twin\""),
  ])
  func whatIsWrongIsSaidWithItsLine(text: String, words: String) {
    let error = #expect(throws: InvalidScenario.self) {
      try KnownIssue.parse(text, file: "k.yaml")
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func aFileHasAtMostAsManyAsARunDirectory() throws {
    let entry = "  - {scenario: a, reason: b, until: 2027-01-31}\n"
    func text(_ count: Int) -> String {
      "known:\n" + String(repeating: entry, count: count)
    }
    #expect(try KnownIssue.parse(text(KnownIssue.most), file: "k.yaml").count == KnownIssue.most)
    #expect(throws: InvalidScenario.self) {
      try KnownIssue.parse(text(KnownIssue.most + 1), file: "k.yaml")
    }
  }

  @Test(arguments: [
    #"{"scenario": "*a*a*a*a*", "until": "2027-01-01"}"#, #"{"scenario": "a", "until": "0"}"#,
    #"{"until": "2027-01-01", "scenario": ""}"#,
  ])
  func aRunDirectoryOfSomebodyElseHoldsNoOtherEntries(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(KnownIssue.self, from: Data(json.utf8))
    }
  }
}

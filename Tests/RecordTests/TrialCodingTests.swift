// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct TrialCodingTests {
  private let full = TrialRecord(
    id: Samples.id(),
    verdict: Verdict(
      .rejected, by: "verifier", kind: .nullDereference, category: .memorySafety,
      title: "R0 invalid mem access", source: .init(file: "bpf/null_map_value.bpf.c", line: 31),
      evidence: [.init(file: "verifier.log", line: 12, text: "R0 invalid")]),
    observed: 64,
    expected: .init(
      verdict: .rejected, by: "verifier", kinds: [.pageFault], category: .policy, observation: 64),
    outcome: .unmet, reason: "because", started: .restored,
    seconds: .init(start: 0.25, trial: 0.5, total: 1), evidenceDirectory: "evidence/x",
    superseded: true)

  private func line(_ record: TrialRecord) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(record), as: UTF8.self)
  }

  private func read(_ line: String) throws -> TrialRecord {
    try JSONDecoder().decode(TrialRecord.self, from: Data(line.utf8))
  }

  @Test func aLineIsFlatAndHasTheDesignsKeys() throws {
    #expect(
      try line(full) == """
        {"armed":true,"by":"verifier","category":"memory-safety","class":"refused",\
        "evidence":[{"file":"verifier.log","line":12,"text":"R0 invalid"}],\
        "evidence_dir":"evidence/x",\
        "expected":{"by":"verifier","category":"policy","kinds":["page-fault"],"observation":64,\
        "verdict":"rejected"},"kernel":"debian-6.1","kind":"null-dereference","mechanism":"lkm",\
        "observed":64,"outcome":"unmet","profile":"stock","reason":"because","repetition":1,\
        "scenario":"null-map-value","seconds":{"start":0.25,"total":1,"trial":0.5},\
        "source":{"file":"bpf/null_map_value.bpf.c","line":31},"started":"restored",\
        "superseded":true,"title":"R0 invalid mem access","verdict":"rejected"}
        """)
  }

  @Test func whatDoesNotApplyIsAbsent() throws {
    #expect(
      try line(Samples.record()) == """
        {"armed":true,"class":"crashed","evidence":[],"expected":{"kinds":[],"verdict":"oopsed"},\
        "kernel":"debian-6.1","mechanism":"lkm","outcome":"met","profile":"stock","repetition":1,\
        "scenario":"null-map-value","seconds":{"start":0,"total":0,"trial":0},"verdict":"oopsed"}
        """)
  }

  @Test func recordsSurviveTheJourney() throws {
    for record in [full, Samples.record()] {
      #expect(try read(try line(record)) == record)
    }
  }

  @Test func theVerdictsReasonIsTheRecordsWhereThatHasNone() throws {
    let record = TrialRecord(
      id: Samples.id(), verdict: Verdict(.inconclusive, reason: "no agent"),
      expected: .init(verdict: .oopsed), outcome: .inconclusive)
    #expect(record.reason == "no agent")
    #expect(try read(try line(record)) == record)
  }

  @Test func unknownKeysArePassedOverAndAbsentOnesAreNil() throws {
    let record = try read(
      """
      {"later":{"a":[1]},"scenario":"a","mechanism":"bpf","armed":false,"kernel":"k",
       "profile":"p","repetition":2,"verdict":"survived","class":"silent",
       "expected":{"verdict":"survived"},"outcome":"met",
       "seconds":{"start":1,"trial":2,"total":3}}
      """)
    #expect(record.id.repetition == 2)
    #expect(record.started == nil)
    #expect(record.observed == nil)
    #expect(record.verdict.evidence == [])
    #expect(record.expected.kinds == [])
    #expect(!record.superseded)
  }

  @Test func anUnknownVerdictIsAnError() {
    #expect(throws: DecodingError.self) {
      try read(try line(Samples.record()).replacing("\"oopsed\"", with: "\"exploded\""))
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct RunDirectoryTests {
  private let ids = [Samples.id(), Samples.id("null-map-value", .bpf), Samples.id("other")]

  private func withRuns(_ body: (String) throws -> Void) throws {
    let runs = NSTemporaryDirectory() + "/panicroom-\(UUID().uuidString)/runs"
    defer {
      #expect(throws: Never.self) {
        try FileManager.default.removeItem(atPath: (runs as NSString).deletingLastPathComponent)
      }
    }
    try body(runs)
  }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func append(_ text: String, to path: String) throws {
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(text.utf8))
    try file.close()
  }

  @Test func whatIsWrittenIsReadBack() throws {
    try withRuns { runs in
      let directory = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      let records = [Samples.record(ids[0]), Samples.record(ids[1], .rejected)]
      for record in records { try directory.append(record) }
      let run = try RunDirectory.read("\(runs)/latest")
      #expect(run.header == Samples.header(ids))
      #expect(run.trials == records)
      #expect(run.scenarios.map(\.name) == ["null-map-value", "other"])
      #expect(run.warnings == [])
      #expect(run.remainingTrials == [ids[2]])
      #expect(try text("\(directory.path)/trials.jsonl").split(separator: "\n").count == 2)
    }
  }

  @Test func latestPointsToTheNewestRun() throws {
    try withRuns { runs in
      for id in ["20260101T000000Z-0001", "20260102T000000Z-0001"] {
        _ = try RunDirectory.create(
          in: runs, header: Samples.header(ids, id: id), scenarios: Samples.texts)
      }
      #expect(try RunDirectory.read("\(runs)/latest").header.id == "20260102T000000Z-0001")
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: runs).sorted()
          == ["20260101T000000Z-0001", "20260102T000000Z-0001", "latest"])
    }
  }

  @Test func scenariosAreKeptAsTheyWere() throws {
    let scenario = ScenarioText(
      name: "a-b", yaml: Samples.yaml("a-b"), lkm: "#include \"p.h\"\n", bpf: "program",
      headers: ["lkm/p.h": "header"])
    try withRuns { runs in
      let directory = try RunDirectory.create(
        in: runs, header: Samples.header([]), scenarios: [scenario])
      #expect(try RunDirectory.read(directory.path).scenarios.map(\.name) == ["a-b"])
      #expect(
        try RunEvidence(path: directory.path).sources("a-b") == scenario)
    }
  }

  @Test func aTornLastLineIsAWarningAndResumingCutsItOff() throws {
    try withRuns { runs in
      var directory: RunDirectory? = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      try directory?.append(Samples.record(ids[0]))
      directory = nil
      let journal = "\(runs)/latest/trials.jsonl"
      try append("{\"scenario\":\"nu", to: journal)
      let run = try RunDirectory.read("\(runs)/latest")
      #expect(run.trials == [Samples.record(ids[0])])
      #expect(run.warnings.count == 1)
      #expect(run.warnings.first?.hasPrefix("\(journal):2: the last line is torn") == true)

      let (resumed, record) = try RunDirectory.open("\(runs)/latest")
      #expect(record == run)
      try resumed.append(Samples.record(ids[1]))
      let whole = try RunDirectory.read("\(runs)/latest")
      #expect(whole.trials.map(\.id) == [ids[0], ids[1]])
      #expect(whole.warnings == [])
    }
  }

  @Test func anyOtherMalformedLineIsAnErrorWithItsPlace() throws {
    try withRuns { runs in
      let directory = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      try directory.append(Samples.record(ids[0]))
      let journal = "\(directory.path)/trials.jsonl"
      try append("{}\n", to: journal)
      #expect(
        throws: RunDirectoryError.malformed(
          file: journal, line: 2, message: "no key \"verdict\"")
      ) { try RunDirectory.read(directory.path) }
    }
  }

  @Test func aTrialThatIsTriedAgainKeepsBothRecordsAndFolders() throws {
    try withRuns { runs in
      let directory = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      let first = try directory.makeEvidenceFolder(for: ids[0])
      let second = try directory.makeEvidenceFolder(for: ids[0])
      #expect(first == "evidence/null-map-value.lkm.armed.debian-6.1.stock.1")
      #expect(second == first + ".try2")
      try directory.append(
        Samples.record(ids[0], .inconclusive, .inconclusive, superseded: true))
      #expect(try RunDirectory.read(directory.path).remainingTrials == ids)
      try directory.append(Samples.record(ids[0]))
      let run = try RunDirectory.read(directory.path)
      #expect(run.trials.count == 2)
      #expect(run.currentTrials == [Samples.record(ids[0])])
      #expect(run.remainingTrials == [ids[1], ids[2]])
    }
  }

  @Test func theTimesOfAllSittingsAreAddedWhereTheyAreKnown() throws {
    try withRuns { runs in
      var directory: RunDirectory? = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      try directory?.append(Samples.record(ids[0]))
      #expect(try directory?.finish(seconds: 2) == 2)
      directory = nil
      directory = try RunDirectory.open("\(runs)/latest").directory
      #expect(try directory?.finish(seconds: 3) == 5)
      #expect(try RunDirectory.read("\(runs)/latest").header.seconds == 5)
    }
  }

  @Test func theTimeOfAKilledSittingIsNotInvented() throws {
    try withRuns { runs in
      var directory: RunDirectory? = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      try directory?.append(Samples.record(ids[0]))
      directory = nil
      directory = try RunDirectory.open("\(runs)/latest").directory
      #expect(try directory?.finish(seconds: 3) == nil)
      #expect(try RunDirectory.read("\(runs)/latest").header.seconds == nil)
    }
  }

  @Test func oneHarnessAtATimeHasARun() throws {
    try withRuns { runs in
      let directory = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      #expect(throws: RunDirectoryError.inUse(directory.path)) {
        try RunDirectory.open(directory.path)
      }
      #expect(try directory.makeEvidenceFolder(for: ids[0]).isEmpty == false)
    }
  }

  @Test func whatIsNoRunDirectoryIsNamed() throws {
    try withRuns { runs in
      #expect(throws: RunDirectoryError.notARunDirectory("/nowhere")) {
        try RunDirectory.read("/nowhere")
      }
      _ = try RunDirectory.create(in: runs, header: Samples.header(ids), scenarios: Samples.texts)
      #expect(throws: RunDirectoryError.notARunDirectory(runs)) { try RunDirectory.open(runs) }
    }
  }

  @Test(arguments: [
    ("\"other\"", "\"../../x\"", "in trials[2].scenario: \"../../x\" is no name of a scenario"),
    ("\"other\"", "\"/x\"", "\"/x\" is no name of a scenario"),
    ("\"other\"", "\"x\\u001b\"", "\"x\\x1b\" is no name of a scenario"),
    ("\"other\"", "\"absent\"", "\"absent\", but the run's scenarios/ has no such scenario"),
    ("\"kernel\" : \"debian-6.1\"", "\"kernel\" : \"..\"", "\"..\" is no name of a kernel"),
    (
      "\"kernel\" : \"debian-6.1\"", "\"kernel\" : \"6.9\"",
      "\"6.9\", but the run has no such kernel"
    ),
    ("\"profile\" : \"stock\"", "\"profile\" : \"a/b\"", "\"a/b\" is no name of a profile"),
    (
      "\"profile\" : \"stock\"", "\"profile\" : \"odd\"", "\"odd\", but the run has no such profile"
    ),
  ])
  func aPlanThatLeadsOutOfTheRunIsRefused(right: String, wrong: String, message: String) throws {
    try withRuns { runs in
      let path = try RunDirectory.create(
        in: runs, header: Samples.header(ids), scenarios: Samples.texts
      ).path
      let header = try text("\(path)/run.json")
      try #require(header.contains(right))
      try header.replacing(right, with: wrong)
        .write(toFile: "\(path)/run.json", atomically: false, encoding: .utf8)
      let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.open(path) }
      #expect(error?.description.hasPrefix("\(path)/run.json:1: ") == true)
      #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
  }

  @Test func aNewerFormatIsRefused() throws {
    try withRuns { runs in
      var header = Samples.header(ids)
      header.schema = 2
      let directory = try RunDirectory.create(in: runs, header: header, scenarios: [])
      #expect(
        throws: RunDirectoryError.unknownFormat(file: "\(directory.path)/run.json", version: 2)
      ) { try RunDirectory.read(directory.path) }
    }
  }

  @Test func aFailedStartLeavesNothing() throws {
    try withRuns { runs in
      let scenario = ScenarioText(name: "missing-folder/x", yaml: "", lkm: nil, bpf: nil)
      let error = #expect(throws: SystemFailure.self) {
        try RunDirectory.create(in: runs, header: Samples.header(ids), scenarios: [scenario])
      }
      #expect(error?.description.contains("there is no such file or folder") == true)
      let left = try FileManager.default.contentsOfDirectory(atPath: runs)
      #expect(left == [])
    }
  }

  @Test(arguments: [(ENOSPC, "no space is left"), (EACCES, "no permission"), (EROFS, "read-only")])
  func aFailureIsToldWithItsRemedy(errno: Int32, words: String) {
    let failure = SystemFailure(action: "write", path: "runs/x", errno: errno)
    #expect(failure.description.hasPrefix("can't write runs/x: "))
    #expect(failure.description.contains(words))
    #expect(failure.description.contains("choose another folder"))
  }

  @Test func idsSortByAge() {
    let ids = [0, 1, 60, 3600, 86_400 * 400].map {
      RunDirectory.makeID(now: Date(timeIntervalSince1970: 1_790_000_000 + $0))
    }
    #expect(ids == ids.sorted())
    #expect(ids[0].wholeMatch(of: /20260921T[0-9]{6}Z-[0-9a-f]{4}/) != nil, "\(ids[0])")
  }
}

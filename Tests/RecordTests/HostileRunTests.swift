// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

/// A run directory that came from somebody else, with everything in it that a file system has beside
/// plain files, and with numbers that no clock and no editor has.
@Suite(.lane, .timeLimit(.minutes(5))) struct HostileRunTests {
  /// A run with one trial and a file outside of it, which nothing may show or change.
  private struct Sample {
    let path: String
    let secret: String
    let record: TrialRecord

    func replace(_ name: String, with trap: Trap) throws {
      let whole = "\(path)/\(name)"
      if FileManager.default.fileExists(atPath: whole) {
        try FileManager.default.removeItem(atPath: whole)
      }
      switch trap {
      case .link: try #require(symlink(secret, whole) == 0)
      case .zero: try #require(symlink("/dev/zero", whole) == 0)
      case .pipe: try #require(mkfifo(whole, 0o600) == 0)
      case .folder: try #require(mkdir(whole, 0o700) == 0)
      case .endless:
        try #require(FileManager.default.createFile(atPath: whole, contents: nil))
        try #require(truncate(whole, 1 << 40) == 0)
      }
    }

    func edit(_ name: String, _ from: String, _ to: String) throws {
      let whole = "\(path)/\(name)"
      let text = try String(contentsOfFile: whole, encoding: .utf8)
      try #require(text.contains(from), "\(text)")
      try text.replacing(from, with: to).write(toFile: whole, atomically: false, encoding: .utf8)
    }
  }

  enum Trap: CaseIterable, Sendable { case link, zero, pipe, folder, endless }

  private func withRun(_ body: (Sample) throws -> Void) throws {
    let top = NSTemporaryDirectory() + "/panicroom-\(UUID().uuidString)"
    defer {
      #expect(throws: Never.self) { try FileManager.default.removeItem(atPath: top) }
    }
    let id = Samples.id()
    var directory: RunDirectory? = try RunDirectory.create(
      in: "\(top)/runs", header: Samples.header([id]),
      scenarios: [
        ScenarioText(
          name: id.scenario, yaml: Samples.yaml(id.scenario), lkm: "#include \"p.h\"\n", bpf: "p",
          headers: ["lkm/p.h": "h"])
      ])
    let path = try #require(directory?.path)
    let folder = try #require(try directory?.makeEvidenceFolder(for: id))
    var record = Samples.record(id)
    record.evidenceDirectory = folder
    record.verdict.source = SourcePlace(file: "lkm/null_map_value.c", line: 3)
    record.verdict.evidence = [EvidenceLine(file: "console.log", line: 1, text: "a line")]
    try directory?.append(record)
    directory = nil
    try "a line\n".write(
      toFile: "\(path)/\(folder)/console.log", atomically: false, encoding: .utf8)
    try "not for others".write(toFile: "\(top)/secret", atomically: false, encoding: .utf8)
    try body(Sample(path: path, secret: "\(top)/secret", record: record))
    let secret = try String(contentsOfFile: "\(top)/secret", encoding: .utf8)
    #expect(secret == "not for others")
  }

  private func expectForeign(_ name: String, _ body: () throws -> Void) {
    let error = #expect(throws: RunDirectoryError.self) { try body() }
    guard case .foreign(let file, _)? = error else {
      Issue.record("\(name): \(String(describing: error))")
      return
    }
    #expect(file.hasSuffix(name), "\(file)")
  }

  @Test func theSampleIsWhole() throws {
    try withRun { run in
      let record = try RunDirectory.read(run.path)
      #expect(record.trials == [run.record])
      let evidence = RunEvidence(path: run.path)
      #expect(try evidence.text("console.log", of: run.record)?.lines == ["a line"])
      #expect(try evidence.sources("null-map-value").headers == ["lkm/p.h": "h"])
      #expect(try RunDirectory.open(run.path).record.trials == [run.record])
    }
  }

  @Test(arguments: Trap.allCases, ["run.json", "trials.jsonl", "scenarios/null-map-value.yaml"])
  func theRecordIsReadFromPlainFilesOnly(trap: Trap, name: String) throws {
    try withRun { run in
      try run.replace(name, with: trap)
      expectForeign(name) { _ = try RunDirectory.read(run.path) }
      expectForeign(name) { _ = try RunDirectory.open(run.path) }
    }
  }

  @Test(
    arguments: Trap.allCases,
    ["scenarios/lkm/null_map_value.c", "scenarios/bpf/null_map_value.bpf.c", "scenarios/lkm/p.h"])
  func sourcesAreReadFromPlainFilesOnly(trap: Trap, name: String) throws {
    try withRun { run in
      try run.replace(name, with: trap)
      expectForeign(name) { _ = try RunEvidence(path: run.path).sources("null-map-value") }
    }
  }

  @Test(arguments: [Trap.link, .zero, .pipe, .folder])
  func evidenceIsReadFromPlainFilesOnly(trap: Trap) throws {
    try withRun { run in
      let folder = try #require(run.record.evidenceDirectory)
      try run.replace("\(folder)/console.log", with: trap)
      expectForeign("console.log") {
        _ = try RunEvidence(path: run.path).text("console.log", of: run.record)
      }
    }
  }

  @Test func ofEvidenceWithoutEndBothEndsAreRead() throws {
    try withRun { run in
      let folder = try #require(run.record.evidenceDirectory)
      try run.replace("\(folder)/console.log", with: .endless)
      let text = try RunEvidence(path: run.path).text("console.log", of: run.record, limit: 9000)
      #expect(text?.skipped == 1 << 40 - 9000)
    }
  }

  @Test(arguments: ["evidence", "scenarios", "scenarios/lkm"])
  func aFolderThatIsALinkIsNotEntered(name: String) throws {
    try withRun { run in
      let moved = "\(run.path)/../moved"
      try #require(rename("\(run.path)/\(name)", moved) == 0)
      try #require(symlink(moved, "\(run.path)/\(name)") == 0)
      let evidence = RunEvidence(path: run.path)
      #expect(throws: RunDirectoryError.self) {
        _ = try RunDirectory.open(run.path)
        _ = try evidence.sources("null-map-value")
      }
      if name == "evidence" {
        #expect(throws: RunDirectoryError.self) {
          _ = try evidence.text("console.log", of: run.record)
        }
        #expect(throws: RunDirectoryError.self) { _ = try evidence.files(of: run.record) }
      }
    }
  }

  @Test(arguments: ["../../secret", "/etc/passwd", "evidence", "evidence/..", "evidence/.x", "a/b"])
  func anEvidenceFolderElsewhereIsRefused(folder: String) throws {
    try withRun { run in
      var record = run.record
      record.evidenceDirectory = folder
      #expect(throws: RunDirectoryError.self) {
        _ = try RunEvidence(path: run.path).text("console.log", of: record)
      }
    }
  }

  @Test func theRunItselfMayBeNamedByALink() throws {
    try withRun { run in
      let link = "\(run.path)/../latest"
      let record = try RunDirectory.read(link)
      #expect(record.trials == [run.record])
      #expect(
        try RunEvidence(path: link).text("console.log", of: run.record)?.lines == ["a line"])
    }
  }

  @Test func goingOnWritesThroughNoLink() throws {
    try withRun { run in
      // Left as a harness would leave it that was killed between two calls.
      try run.replace("run.json.new", with: .link)
      try RunDirectory.open(run.path).directory.finish(seconds: 1)
      try run.replace("trials.jsonl", with: .link)
      expectForeign("trials.jsonl") { _ = try RunDirectory.open(run.path) }
    }
  }

  @Test func aCopyHoldsPlainFilesAndNamesWhatIsLeftOut() throws {
    try withRun { run in
      let folder = try #require(run.record.evidenceDirectory)
      for (name, trap) in [("a.log", Trap.link), ("b.log", .pipe), ("c.log", .endless)] {
        try run.replace("\(folder)/\(name)", with: trap)
      }
      let target = "\(run.path)/../copy"
      try #require(mkdir(target, 0o700) == 0)
      let evidence = RunEvidence(path: run.path)
      #expect(try evidence.files(of: run.record) == ["c.log", "console.log"])
      let leftOut = try evidence.copy(into: target)
      #expect(leftOut.count == 3)
      for (sentence, name) in zip(leftOut, ["a.log", "b.log", "c.log"]) {
        #expect(sentence.contains(name), "\(sentence)")
      }
      let copied = try FileManager.default.contentsOfDirectory(atPath: "\(target)/\(folder)")
      #expect(copied == ["console.log"])
    }
  }

  @Test(arguments: [
    ("\"total\":0", "\"total\":1e308", "in seconds.total"),
    ("\"total\":0", "\"total\":-1", "in seconds.total"),
    ("\"file\":\"lkm/null_map_value.c\",\"line\":3", "\"file\":\"x\",\"line\":0", "in source.line"),
    (
      "\"file\":\"lkm/null_map_value.c\",\"line\":3",
      "\"file\":\"x\",\"line\":-9223372036854775808", "in source.line"
    ),
    (
      "\"file\":\"console.log\",\"line\":1", "\"file\":\"console.log\",\"line\":0",
      "evidence[0].line"
    ),
    (
      "\"file\":\"console.log\",\"line\":1",
      "\"file\":\"console.log\",\"line\":9223372036854775807",
      "evidence[0].line"
    ),
    ("\"repetition\":1", "\"repetition\":-9223372036854775808", "in repetition"),
  ])
  func aNumberThatCannotBeIsRefusedWithItsPlace(right: String, wrong: String, place: String) throws
  {
    try withRun { run in
      try run.edit("trials.jsonl", right, wrong)
      let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.read(run.path) }
      let words = error?.description ?? ""
      #expect(words.contains("trials.jsonl:1: wrong value"), "\(words)")
      #expect(words.contains(place), "\(words)")
    }
  }

  @Test(arguments: [
    ("\"repetitions\" : 1", "\"repetitions\" : -9223372036854775808"),
    ("\"memory_mib\" : 4096", "\"memory_mib\" : -9223372036854775808"),
    ("\"cores\" : 2", "\"cores\" : 9223372036854775807"),
    ("\"seed\" : 7", "\"seconds\" : 1e308, \"seed\" : 7"),
  ])
  func soIsOneOfTheHeader(right: String, wrong: String) throws {
    try withRun { run in
      try run.edit("run.json", right, wrong)
      let error = #expect(throws: RunDirectoryError.self) { try RunDirectory.read(run.path) }
      #expect(error?.description.contains("run.json:1: ") == true, "\(String(describing: error))")
    }
  }
}

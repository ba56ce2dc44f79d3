// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

/// What becomes of parts that are late, torn, twice there, or of something else.
@Suite(.lane, .timeLimit(.minutes(1))) struct RunMergeTests {
  /// Four trials, of which each of two parts has two.
  private static let plan = ["null-map-value", "other"].flatMap { name in
    [false, true].map { Samples.id(name, armed: $0) }
  }

  private static func records(_ ruling: Ruling = .oopsed) -> [TrialRecord] {
    plan.map { Samples.record($0, $0.armed ? ruling : .survived) }
  }

  private static func header(_ index: Int, of count: Int = 2) -> RunHeader {
    var header = Samples.header(plan, id: "20261123T010203Z-000\(index)")
    header.command = ["run", "--shard", "\(index)/\(count)", "--runs", "it's here"]
    header.seconds = Double(index)
    header.shard = .init(
      index: index, count: count, inputs: "abc", program: "0.1", plan: plan)
    header.trials = plan.enumerated().filter { $0.offset % count == index - 1 }.map(\.element)
    return header
  }

  /// Makes a part in its own folder.
  ///
  /// - Returns: the run directory.
  @discardableResult
  private func part(
    _ header: RunHeader, in folder: String, _ records: [TrialRecord] = records(),
    scenarios: [ScenarioText] = Samples.texts
  ) throws -> String {
    let directory = try RunDirectory.create(in: folder, header: header, scenarios: scenarios)
    for var record in records where header.trials.contains(record.id) {
      let evidence = try directory.makeEvidenceFolder(for: record.id)
      record.evidenceDirectory = evidence
      try Data("of \(header.id)".utf8).write(
        to: URL(fileURLWithPath: "\(directory.path)/\(evidence)/console.log"))
      try directory.append(record)
    }
    return directory.path
  }

  private func merged(_ parts: [String], in folder: String) throws -> (RunMerge, RunRecord) {
    let merge = try RunMerge(parts)
    #expect(try merge.write(to: folder + "/merged") == [])
    return (merge, try RunDirectory.read(folder + "/merged"))
  }

  private func withParts(_ body: (_ folder: String, [String]) throws -> Void) async throws {
    try await withTemporaryFolder { folder in
      let parts = try (1...2).map { try part(Self.header($0), in: "\(folder)/\($0)") }
      try body(folder, parts)
    }
  }

  @Test func allPartsAreTheWholeRun() async throws {
    try await withParts { folder, parts in
      let (merge, run) = try merged(parts.reversed(), in: folder)
      #expect(merge.notes == [])
      #expect(merge.gaps == [])
      #expect(run.header.trials == Self.plan)
      #expect(run.header.shard == nil)
      #expect(run.header.command == ["run", "--runs", "it's here"])
      #expect(run.header.seconds == 2)
      #expect(run.header.merged?.parts.map(\.run) == [1, 2].map { Self.header($0).id })
      #expect(run.trials.map(\.id) == Self.plan)
      #expect(run.scenarios.map(\.name) == ["null-map-value", "other"])
      #expect(Summary(run).exitStatus == 0)
      let evidence = RunEvidence(path: folder + "/merged")
      let lines = try run.trials.map { try evidence.text("console.log", of: $0)?.lines }
      #expect(lines == [1, 2, 1, 2].map { ["of \(Self.header($0).id)"] })
      // And it can be continued like any other.
      #expect(try RunDirectory.open(folder + "/merged").record == run)
    }
  }

  @Test func evidenceIsLinkedWherePossible() async throws {
    try await withParts { folder, parts in
      _ = try merged(parts, in: folder)
      let file = "evidence/\(Self.plan[0].folderName)/console.log"
      let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/merged/\(file)")
      #expect(attributes[.referenceCount] as? Int == 2)
    }
  }

  @Test func aPartThatIsNotThereIsNamedWithItsCommand() async throws {
    try await withParts { folder, parts in
      let (merge, run) = try merged([parts[0]], in: folder)
      let command = ["run", "--runs", "it's here", "--shard", "2/2"]
      #expect(merge.gaps == [.init(part: 2, path: nil, command: command)])
      #expect(PartCommand.quoted(command) == #"run --runs 'it'\''s here' --shard 2/2"#)
      #expect(run.remainingTrials == Self.header(2).trials)
      #expect(Summary(run).exitStatus == 3)
    }
  }

  @Test func aPartThatWasInterruptedIsToBeResumed() async throws {
    try await withParts { folder, parts in
      let late = try part(
        Self.header(2), in: folder + "/late", Array(Self.records().prefix(2)))
      let (merge, run) = try merged([parts[0], late], in: folder)
      #expect(merge.gaps == [.init(part: 2, path: late, command: ["run", "--resume", late])])
      #expect(run.remainingTrials == [Self.plan[3]])
    }
  }

  @Test func aTornJournalIsAPartWithATrialLess() async throws {
    try await withParts { folder, parts in
      let journal = parts[1] + "/trials.jsonl"
      let bytes = try Data(contentsOf: URL(fileURLWithPath: journal))
      try bytes.dropLast(20).write(to: URL(fileURLWithPath: journal))
      let (merge, run) = try merged(parts, in: folder)
      #expect(merge.gaps.map(\.part) == [2])
      #expect(merge.notes.first?.contains("torn") == true)
      #expect(run.remainingTrials == [Self.plan[3]])
      // The part itself was not touched.
      #expect(try Data(contentsOf: URL(fileURLWithPath: journal)).count == bytes.count - 20)
    }
  }

  @Test func anEmptyPartIsAPart() async throws {
    try await withTemporaryFolder { folder in
      var headers = (1...2).map { Self.header($0) }
      headers[0].trials = Self.plan
      headers[1].trials = []
      let parts = try headers.map { try part($0, in: "\(folder)/\($0.id)") }
      #expect(Summary(try RunDirectory.read(parts[1])).exitStatus == 0)
      let (merge, run) = try merged(parts, in: folder)
      #expect(merge.gaps == [])
      #expect(run.remainingTrials == [])
    }
  }

  @Test func ofAPartThatIsThereTwiceTheCompleteOneCounts() async throws {
    try await withParts { folder, parts in
      let first = try part(
        Self.header(2), in: folder + "/again", Array(Self.records().prefix(2)))
      let (merge, run) = try merged([parts[0], first, parts[1]], in: folder)
      #expect(merge.gaps == [])
      #expect(merge.notes.count == 1)
      #expect(merge.notes.first?.contains("part 2 is there twice: \(parts[1]) counts") == true)
      #expect(run.trials.count == 4)
      #expect(Summary(run).exitStatus == 0)
    }
  }

  @Test func twoDifferentResultsAreBothShownAndUnmet() async throws {
    try await withParts { folder, parts in
      let other = try part(Self.header(2), in: folder + "/other", Self.records(.hung))
      let (merge, run) = try merged(parts + [other], in: folder)
      #expect(merge.notes.contains { $0.contains("both are kept, and are unmet") })
      let twice = run.trials.filter { $0.outcome == .unmet }
      #expect(twice.map(\.verdict.ruling) == [.oopsed, .hung, .oopsed, .hung])
      #expect(Set(twice.map(\.id)).count == twice.count)
      #expect(run.header.trials.count == Self.plan.count + 2)
      let conflicts = try #require(run.header.merged?.conflicts)
      #expect(conflicts.map(\.trial) == Array(run.header.trials.suffix(2)))
      #expect(conflicts.allSatisfy { !$0.isRetry && Self.plan.contains($0.of) })
      #expect(
        twice.first?.reason?.contains(
          "two parts have different results: oopsed, met in \(Self.header(2).id), hung, met in")
          == true)
      #expect(Summary(run).exitStatus == 1)
      let evidence = RunEvidence(path: folder + "/merged")
      for trial in twice { #expect(try evidence.files(of: trial) == ["console.log"]) }
    }
  }

  /// The second part's armed trial is unmet, and is met when it is repeated.
  private static func retried() -> (headers: [RunHeader], records: [TrialRecord]) {
    let headers = (1...2).map { index in
      var header = header(index)
      header.retryUnmet = 3
      return header
    }
    var records = records()
    records[3].outcome = .unmet
    var retries = [records[3], records[3]]
    for index in 0...1 { retries[index].id.repetition = index + 2 }
    retries[1].outcome = .met
    return (headers, records + retries)
  }

  /// Makes a part with records that its plan does not have, too.
  private func partWithRetries(_ index: Int, in folder: String) throws -> String {
    let (headers, records) = Self.retried()
    var header = headers[index - 1]
    let plan = header.trials
    if index == 2 { header.trials += records.suffix(2).map(\.id) }
    let path = try part(header, in: folder, records)
    let file = path + "/run.json"
    header.trials = plan
    let encoder = JSONEncoder()
    try encoder.encode(header).write(to: URL(fileURLWithPath: file))
    return path
  }

  @Test func retriesAreKept() async throws {
    try await withTemporaryFolder { folder in
      let parts = try (1...2).map { try partWithRetries($0, in: "\(folder)/\($0)") }
      #expect(Summary(try RunDirectory.read(parts[1])).exitStatus == 0)
      let (merge, run) = try merged(parts, in: folder)
      #expect(merge.gaps == [])
      #expect(run.trials.count == 6)
      #expect(run.header.trials == Self.plan)
      #expect(run.currentTrials.map(\.standing) == [.met, .met, .met, .flaky, .flaky, .met])
      #expect(Summary(run).flaky == 1)
      #expect(Summary(run).exitStatus == 0)
      let evidence = RunEvidence(path: folder + "/merged")
      for trial in run.trials { #expect(try evidence.files(of: trial) == ["console.log"]) }
    }
  }

  @Test func aTrialWithTwoResultsIsNotFlaky() async throws {
    try await withTemporaryFolder { folder in
      let parts = try (1...2).map { try partWithRetries($0, in: "\(folder)/\($0)") }
      let met = try part(Self.retried().headers[1], in: folder + "/again")
      let (_, run) = try merged(parts + [met], in: folder)
      let own = run.currentTrials.filter { $0.id.scenario == "other" && $0.id.armed }
      #expect(own.map(\.id.repetition).sorted() == [1, 5, 6, 7])
      #expect(own.count { $0.standing == .unmet } == 3)
      #expect(run.remainingTrials == [])
      #expect(Summary(run).exitStatus == 1)
    }
  }

  @Test func whatTheLaboratoryFailedGivesWayToAResult() async throws {
    try await withParts { folder, parts in
      var failed = Self.records()
      for index in failed.indices { failed[index].outcome = .inconclusive }
      let again = try part(Self.header(2), in: folder + "/again", failed)
      let (merge, run) = try merged([again] + parts, in: folder)
      #expect(merge.gaps == [])
      #expect(run.trials.map(\.outcome) == [.met, .met, .met, .met])
    }
  }

  @Test func aTrialWithoutItsEvidenceCountsAsNotRun() async throws {
    try await withParts { folder, parts in
      try FileManager.default.removeItem(
        atPath: "\(parts[1])/evidence/\(Self.plan[1].folderName)")
      let (merge, run) = try merged(parts, in: folder)
      #expect(merge.notes.first?.contains("the evidence of 1 trials is missing") == true)
      #expect(merge.gaps.map(\.command.last) == ["2/2"])
      #expect(run.remainingTrials == [Self.plan[1]])
    }
  }

  @Test func evidenceThatLeadsElsewhereIsNotKept() async throws {
    try await withParts { folder, parts in
      let link = "\(parts[1])/evidence/\(Self.plan[1].folderName)/secret"
      try FileManager.default.createSymbolicLink(
        atPath: link, withDestinationPath: "/etc/hostname")
      let merge = try RunMerge(parts)
      #expect(try merge.write(to: folder + "/merged").map { $0.hasPrefix(link) } == [true])
    }
  }
}

/// What is refused, and leaves nothing.
extension RunMergeTests {
  private func refusal(
    of change: (inout RunHeader) -> Void, scenarios: [ScenarioText] = Samples.texts
  ) async throws -> String? {
    try await withTemporaryFolder { folder in
      let first = try part(Self.header(1), in: folder + "/1")
      var header = Self.header(2)
      change(&header)
      let second = try part(header, in: folder + "/2", scenarios: scenarios)
      let error = #expect(throws: MergeError.self) { try RunMerge([first, second]) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["1", "2"])
      return error?.description
    }
  }

  @Test func partsOfOtherInputsAreRefusedWithWhatDiffers() async throws {
    let changes: [(String, (inout RunHeader) -> Void)] = [
      ("version 0.1, the other by 0.2", { $0.shard?.program = "0.2" }),
      ("cut into 2 parts, the other into 3", { $0.shard?.count = 3 }),
      ("kernel debian-6.1 is 6.1.0-50-cloud-amd64 in one", { $0.kernels[0].version = "6.1.99-1" }),
      ("could be used in only one of them (gone)", { $0.kernels[0].missing = "gone" }),
      ("profiles differ", { $0.profiles.append("sensitive") }),
      ("plans differ", { $0.shard?.plan.swapAt(0, 1) }),
      ("one ran under tcg, the other under kvm", { $0.accelerator = "kvm" }),
      ("panicroom is 0.1 in one and 0.2 in the other", { $0.versions["panicroom"] = "0.2" }),
      ("their inputs differ", { $0.shard?.inputs = "def" }),
      ("a whole run and not a part", { $0.shard = nil }),
    ]
    for (words, change) in changes {
      let message = try await refusal(of: change)
      #expect(message?.contains(words) == true, "\(message ?? "nothing")")
    }
  }

  @Test func otherScenariosAreRefused() async throws {
    var texts = Samples.texts
    texts[1].yaml += "\n"
    #expect(
      try await refusal(of: { _ in }, scenarios: texts)?.contains("the files of other differ")
        == true)
  }

  @Test func aPartThatContradictsItselfIsRefused() async throws {
    let stranger = Samples.id("other", .bpf)
    #expect(
      try await refusal(of: { $0.trials.append(stranger) })?.contains(
        "trials that the whole plan doesn't have") == true)
    #expect(
      try await refusal(of: { $0.shard?.plan.append(Self.plan[0]) })?.contains("a trial twice")
        == true)
  }

  @Test func whatIsNoRunIsRefused() async throws {
    _ = try await withTemporaryFolder { folder in
      #expect(throws: RunDirectoryError.notARunDirectory(folder)) { try RunMerge([folder]) }
    }
  }

  @Test func aPartThatIsBeingWrittenIsRefused() async throws {
    try await withTemporaryFolder { folder in
      let directory = try RunDirectory.create(
        in: folder, header: Self.header(1), scenarios: Samples.texts)
      #expect(throws: RunDirectoryError.inUse(directory.path)) { try RunMerge([directory.path]) }
      withExtendedLifetime(directory) {}
    }
  }

  @Test func anExistingDirectoryIsLeftAlone() async throws {
    try await withParts { folder, parts in
      let merge = try RunMerge(parts)
      #expect(throws: MergeError.exists(parts[0])) { try merge.write(to: parts[0] + "/") }
    }
  }

  @Test func aMergeThatFailsLeavesNothing() async throws {
    try await withParts { folder, parts in
      let merge = try RunMerge(parts)
      try FileManager.default.removeItem(atPath: parts[0] + "/scenarios/other.yaml")
      #expect(throws: (any Error).self) { try merge.write(to: folder + "/new/merged") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/new") == [])
    }
  }

  @Test func aNumberOfPartsThatCannotBeIsMalformed() async throws {
    for (index, count) in [(3, 2), (0, 2), (1, 10_001)] {
      try await withTemporaryFolder { folder in
        var header = Self.header(1)
        header.shard?.index = index
        header.shard?.count = count
        let path = try part(header, in: folder)
        #expect(throws: RunDirectoryError.self) { try RunMerge([path]) }
      }
    }
  }
}

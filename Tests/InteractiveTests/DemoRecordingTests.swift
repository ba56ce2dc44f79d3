// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Interactive
import Lab
import Synchronization
import TestSupport
import Testing
import Trials
import Verdicts

@Suite(.lane, .timeLimit(.minutes(5))) struct DemoRecordingTests {
  private func open(_ text: String) throws -> DemoRecording {
    try DemoRecording(bytes: Data(text.utf8), path: "talk.jsonl")
  }

  private var sampleText: String {
    get throws {
      try String(contentsOfFile: Checkout.path("docs/samples/demo.jsonl"), encoding: .utf8)
    }
  }

  @Test func theSampleHasItsScenariosAndTrials() throws {
    let recording = try open(sampleText)
    let name = try #require(recording.header.scenarios.first?.name)
    #expect(recording.trials.keys.contains { $0.scenario == name && $0.armed })
  }

  @Test func anotherFileIsToldToBeNone() {
    for text in ["", "{}\n", "hello\n", "[1]\n", "{\"schema\":1}\n"] {
      #expect(throws: LabError.self) { try open(text) }
    }
    let error = #expect(throws: LabError.self) { try open("{\"panicroom_demo\":99}\n") }
    #expect(error.map { "\($0)" }?.contains("version 99") == true)
  }

  @Test func aDamagedLineIsNamedAndATornLastOnePassedOver() throws {
    let lines = try sampleText.split(separator: "\n").map(String.init)
    let error = #expect(throws: LabError.self) {
      try open(([lines[0], "{\"trial\":"] + lines.dropFirst()).joined(separator: "\n") + "\n")
    }
    #expect(error.map { "\($0)" }?.contains("talk.jsonl:2:") == true)
    let torn = try open(lines[0] + "\n" + lines[1] + "\n" + lines[2].dropLast(10))
    #expect(torn.trials.count == 1)
  }

  @Test(arguments: [
    (#""seconds":[0-9.]+\}\]"#, #""seconds":1e308}]"#),
    (#""total":[0-9.]+"#, #""total":1e308"#),
    (#""line":[0-9]+"#, #""line":0"#),
    (#""line":[0-9]+"#, #""line":-9223372036854775808"#),
    (#""seconds":[0-9.]+\}"#, #""seconds":-1e308}"#),
  ])
  func aNumberThatCannotBeIsADamage(right: String, wrong: String) throws {
    let lines = try sampleText.split(separator: "\n").map(String.init)
    let pattern = try Regex(right)
    let line = try #require(lines.first { $0.contains(pattern) })
    #expect(throws: Never.self) { try open(lines[0] + "\n" + line + "\n") }
    let error = #expect(throws: LabError.self) {
      try open(lines[0] + "\n" + line.replacing(pattern, with: wrong, maxReplacements: 1) + "\n")
    }
    #expect(error.map { "\($0)" }?.contains("talk.jsonl:2:") == true)
  }

  @Test(.timeLimit(.minutes(5)))
  func onlyAPlainFileIsRead() async throws {
    try await withTemporaryFolder { folder in
      try #require(mkfifo("\(folder)/pipe", 0o600) == 0)
      for path in ["\(folder)/pipe", "/dev/zero", folder] {
        let error = #expect(throws: LabError.self) { try DemoRecording(path: path) }
        #expect(error.map { "\($0)" }?.contains("not a regular file") == true)
      }
    }
  }

  @Test func aReplayTellsWhatWasSeenInItsOrder() async throws {
    let recording = Sample.recording
    let id = try #require(recording.trials.keys.first)
    let seen = Seen()
    let answer = try await RecordedTrials(recording).run(id) { seen.add($0) }
    #expect(answer == recording.trials[id]?.answer)
    #expect(seen.all == recording.trials[id]?.events.map(\.news))
    let absent = DemoTrialID(scenario: "not-there", mechanism: .lkm, armed: true)
    await #expect(throws: LabError.self) {
      try await RecordedTrials(recording).run(absent) { _ in }
    }
  }
}

private final class Seen: Sendable {
  private let news = Mutex<[TrialNews]>([])
  var all: [TrialNews] { news.withLock { $0 } }
  func add(_ one: TrialNews) { news.withLock { $0.append(one) } }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import TestSupport
import Testing

/// The first minutes: a run that says what comes next, and a scenario of one's own.
@Suite(.lane, .tags(.program), .serialized, .timeLimit(.minutes(5))) struct FirstRunTests {
  @Test(.tags(.guest)) func aRunCountsItsTrialsOnceAndPointsOn() async throws {
    try await Harness.use { harness in
      let output = try await harness.run(["run", "null-map-value", "--runs", harness.runs])
      #expect(output.status == 0, "\(output.errorText)")
      for number in 1...4 {
        let count = output.errorText.components(separatedBy: "[\(number)/4] ").count - 1
        #expect(count == 1, "\(output.errorText)")
      }
      let lines = output.errorText.split(separator: "\n").map(String.init)
      // QEMU's own words on KVM are doctor's to show.
      #expect(!output.errorText.contains("MSR") && !output.errorText.contains("qemu-system"))
      #expect(lines.allSatisfy { !$0.hasPrefix("run ") || $0.count < 100 }, "\(lines)")
      let next = try #require(lines.last)
      #expect(
        next == "next: ./panicroom report \(harness.runs)/latest --format html -o report.html, "
          + "and open it")
    }
  }

  @Test func whatIsCheckedIsWhatWasNamed() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      try Files.write("name: broken\n", to: copy.repository + "/scenarios/broken.yaml")
      let one = try await copy.run(["check", "null-map-value"])
      #expect(one.status == 0)
      #expect(one.text == "1 scenario, no problems.\n")
      let some = try await copy.run(["check", "null-*"])
      #expect(some.text.hasSuffix(" scenarios, no problems.\n"), "\(some.text)")
      let broken = try await copy.run(["check", "broken"])
      #expect(broken.status == 2 && broken.text.contains("scenarios/broken.yaml:"))
      let unknown = try await copy.run(["check", "null-map-valu"])
      #expect(unknown.status == 2 && unknown.errorText.contains("null-map-value"))
    }
  }

  @Test func aCheckCanFollowEverySave() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let terminal = try PseudoTerminal(
        [Harness.program, "check", "null-map-value", "--watch"],
        environment: ["PANICROOM_REPOSITORY": copy.repository])
      try await terminal.waitForText("1 scenario, no problems.")
      let file = copy.repository + "/lkm/null_map_value.c"
      let text = try Files.text(file)
      try Files.write(text.replacing("/* armed */", with: ""), to: file)
      try await terminal.waitForText("lkm/null_map_value.c:")
      try Files.write(text, to: file)
      try await waitUntil("it is right again") { terminal.count(of: "no problems") == 2 }
      kill(terminal.pid, SIGINT)
      #expect(try await terminal.end() == 130)
    }
  }

  @Test func aCopyOfAPairIsAPair() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let made = try await copy.run(["new", "my-fault", "--from", "self-deadlock"])
      #expect(made.status == 0, "\(made.errorText)")
      let checked = try await copy.run(["check", "my-fault"])
      #expect(checked.status == 0, "\(checked.text)")
      let both = try await copy.run(["new", "x", "--from", "self-deadlock", "--family", "locks"])
      #expect(both.status == 2)
    }
  }

  @Test func aRecordingBecomesOnePage() async throws {
    try await Harness.use { harness in
      let page = harness.folder + "/talk.html"
      let sample = Harness.repository + "/docs/samples/demo.jsonl"
      let output = try await harness.run(["demo", "--replay", sample, "--html", page])
      #expect(output.status == 0 && output.text.isEmpty, "\(output.errorText)")
      #expect(try Files.text(page) == Files.text(Harness.repository + "/docs/demo.html"))
      #expect(try await harness.run(["demo", "--html", page]).status == 2)
    }
  }
}

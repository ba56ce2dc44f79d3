// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import TestSupport
import Testing

/// `report` and `compare`, as a user would call them, on the small run that the reports' tests keep.
@Suite(.lane, .tags(.program), .timeLimit(.minutes(5))) struct ReportCommandTests {
  private static let run = Harness.repository + "/Tests/ReportsTests/Fixtures/sample-run"

  @Test(arguments: ["terminal", "html", "markdown", "json", "junit", "ktap", "badge"])
  func everyFormatGoesToStandardOutputOrAFile(format: String) async throws {
    try await Harness.use { harness in
      let printed = try await harness.run(["report", Self.run, "--format", format])
      #expect(printed.status == 0)
      #expect(printed.errorText == "")
      let file = harness.folder + "/report"
      let written = try await harness.run(["report", Self.run, "--format", format, "-o", file])
      #expect(written.status == 0)
      #expect(written.standardOutput.isEmpty)
      #expect(try Files.read(file) == printed.standardOutput)
    }
  }

  @Test func evidenceLiesBesideThePageThatLinksIt() async throws {
    try await Harness.use { harness in
      let page = harness.folder + "/page.html"
      let arguments = ["report", Self.run, "--format", "html", "-o", page, "--with-evidence"]
      #expect(try await harness.run(arguments).status == 0)
      let links = try Files.text(page).matches(of: /<a href="(page-evidence\/[^"]+)"/).map(\.1)
      #expect(links.count > 20)
      for link in links { #expect(Files.exists("\(harness.folder)/\(link)"), "\(link)") }
      // What is there is not overwritten.
      let again = try await harness.run(arguments)
      #expect(again.status == 2)
      #expect(again.errorText.contains("page-evidence"))
    }
  }

  @Test(.tags(.tool)) func anArchiveHoldsPageAndEvidenceAndFollowsNoLink() async throws {
    try await Harness.use { harness in
      let run = harness.folder + "/run"
      try FileManager.default.copyItem(atPath: Self.run, toPath: run)
      let secret = harness.folder + "/secret"
      try Files.write("not for others", to: secret)
      let folder = try #require(try Files.list(run + "/evidence").first)
      try FileManager.default.createSymbolicLink(
        atPath: "\(run)/evidence/\(folder)/link.log", withDestinationPath: secret)
      let archive = harness.folder + "/report.zip"
      let arguments = ["report", run, "--format", "html", "-o", archive, "--with-evidence"]
      // Twice: the second replaces the first.
      for _ in 1...2 {
        let output = try await harness.run(arguments)
        #expect(output.status == 0, "\(output.errorText)")
      }
      let all = try await Tool("unzip").run(["-p", archive])
      #expect(!all.text.contains("not for others"))
      let page = try await Tool("unzip").run(["-p", archive, "report/report.html"])
      let links = page.text.matches(of: /<a href="(report-evidence\/[^"]+)"/).map(\.1)
      #expect(links.count > 20)
      let names = try await Tool("unzip").run(["-Z1", archive]).text.split(separator: "\n")
      for link in links { #expect(names.contains { $0 == "report/\(link)" }, "\(link)") }
      // Nothing but the archive is left.
      #expect(try Files.list(harness.folder) == ["report.zip", "run", "secret"])
    }
  }

  /// Of somebody else's run: nothing of this machine gets into the page, and nothing is waited for.
  @Test(.timeLimit(.minutes(5)), arguments: ["link", "pipe", "device", "frames", "number", "line"])
  func aHostileRunIsRefusedWithTheFilesName(trap: String) async throws {
    try await Harness.use { harness in
      let run = harness.folder + "/run"
      try FileManager.default.copyItem(atPath: Self.run, toPath: run)
      let evidence = try #require(
        try Files.list(run + "/evidence").first {
          Files.exists("\(run)/evidence/\($0)/console.log") && $0.contains(".lkm.armed.")
        })
      let console = "\(run)/evidence/\(evidence)/console.log"
      let journal = try Files.text(run + "/trials.jsonl")
      var place = console
      switch trap {
      case "link":
        try Files.remove(console)
        try #require(symlink("/etc/passwd", console) == 0)
      case "device":
        try Files.remove(console)
        try #require(symlink("/dev/zero", console) == 0)
      case "pipe":
        try Files.remove(console)
        try #require(mkfifo(console, 0o600) == 0)
      case "frames":
        place = "\(run)/evidence/\(evidence)/frames.json"
        try Files.write("{\"count_getpid+0x10\":{\"file\":\"x\",\"line\":0}}", to: place)
      case "number":
        place = run + "/trials.jsonl"
        try Files.write(
          journal.replacing(/"total":[0-9.]+/, with: "\"total\":1e308"), to: place)
      default:
        place = run + "/trials.jsonl"
        try Files.write(
          journal.replacing(/"line":[0-9]+/, with: "\"line\":-9223372036854775808"), to: place)
      }
      let output = try await harness.run(["report", run, "--format", "html"])
      #expect(output.status == 2)
      #expect(output.errorText.contains(place), "\(output.errorText)")
      #expect(output.standardOutput.isEmpty)
      if place.hasSuffix("trials.jsonl") {
        let compared = try await harness.run(["compare", run, Self.run])
        #expect(compared.status == 2)
        #expect(compared.errorText.contains(place), "\(compared.errorText)")
      }
    }
  }

  @Test func whatCannotBeDoneIsSaid() async throws {
    try await Harness.use { harness in
      for arguments in [
        ["report", "/nowhere"], ["report", Self.run, "--with-evidence"],
        ["report", Self.run, "--format", "json", "--annotate", "github"], ["compare", Self.run],
        ["compare", Self.run, "/nowhere"],
      ] {
        let output = try await harness.run(arguments)
        #expect(output.status == 2, "\(arguments)")
        #expect(output.standardOutput.isEmpty)
        #expect(!output.errorText.isEmpty)
      }
    }
  }

  @Test func aBaselineIsHeldOrBroken() async throws {
    try await Harness.use { harness in
      let same = try await harness.run(["compare", Self.run, Self.run])
      #expect(same.status == 0)
      #expect(same.text.contains("nothing changed in 17 arms"))
      let worse = harness.folder + "/worse"
      try FileManager.default.copyItem(atPath: Self.run, toPath: worse)
      let journal = try Files.text(worse + "/trials.jsonl")
      let spoilt = journal.replacing("\"verdict\":\"rejected\"", with: "\"verdict\":\"panicked\"")
      #expect(spoilt != journal)
      try Files.write(spoilt, to: worse + "/trials.jsonl")
      for format in ["terminal", "json", "markdown", "html"] {
        let output = try await harness.run(["compare", Self.run, worse, "--format", format])
        #expect(output.status == 1)
        #expect(output.text.contains("new-crash"))
      }
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import TestSupport
import Testing

/// What is wrong is said in one message, with exit status 2, and nothing is left half done.
@Suite(.lane, .tags(.program), .serialized, .timeLimit(.minutes(5))) struct BadRequestTests {
  @Test(arguments: [
    (["run", "null-map-vale"], "did you mean \"null-map-value\"?"),
    (["run", "no-such-*"], "no-such-*"),
    (["run", "--kernel", "2.4"], "2.4"),
    (["run", "--profile", "careless"], "careless"),
    (["run", "--jobs", "0"], "--jobs"),
    (["run", "--repeat", "-1"], "--repeat"),
    (["run", "--colt"], "--colt"),
    (["run", "--accelerator", "xen"], "xen"),
    (["run", "--resume", "/nowhere"], "/nowhere"),
    (["run", "--resume", "/nowhere", "--cold"], "--resume"),
    (["run", "--shard", "9/8"], "--shard 9/8"),
    (["run", "--shard", "1/20000"], "1 to 10000 parts"),
    (["run", "--shard", "all"], "such as 3/8"),
    (["run", "--balance", "/nowhere"], "--balance needs --shard"),
    (["run", "--shard", "1/2", "--balance", "/nowhere"], "/nowhere is no run directory"),
    (["run", "--resume", "/nowhere", "--shard", "1/2"], "--resume"),
    (["merge", "/nowhere", "-o", "/nowhere-else"], "/nowhere is no run directory"),
    (["merge", "-o", "/nowhere-else"], "<run>"),
    (["shards", "300", "--for", "github", "--", "run"], "300 parts are too many"),
    (["shards", "0", "--for", "slurm", "--", "run"], "at least one part"),
    (["shards", "3", "--for", "slurm", "--", "list"], "After -- comes the run"),
    (["shards", "3", "--for", "slurm", "--", "run", "--resume", "x"], "The job sets --shard"),
    (["shards", "3", "--for", "slurm", "--", "run", "--colt"], "--colt"),
    (["show", "../../etc/passwd"], "../../etc/passwd"),
    (["dance"], "dance"),
    (["try"], "Give a file, a folder, or --manifest"),
    (["try", "a.bpf.c", "--watch", "--format", "html", "--runs", "/nowhere"], "--watch"),
    (["try", "a.bpf.c", "--manifest", "load.yaml"], "--manifest names the files"),
    (["try", "--manifest", "load.yaml", "--watch"], "--watch"),
    (["try", "--manifest", "/nowhere/load.yaml"], "/nowhere/load.yaml"),
  ])
  func aBadRequestIsRefused(arguments: [String], words: String) async throws {
    try await Harness.use { harness in
      let isRun = arguments.first == "run" && !arguments.contains("--resume")
      let output = try await harness.run(
        arguments + (isRun ? ["--runs", harness.runs] : []))
      #expect(output.status == 2)
      #expect(output.errorText.contains(words), "\(output.errorText)")
      #expect(output.standardOutput.isEmpty)
      #expect(!FileManager.default.fileExists(atPath: harness.runs))
    }
  }

  @Test func aMalformedScenarioIsNamedWithItsLine() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      let file = copy.repository + "/scenarios/null-map-value.yaml"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try text.replacingOccurrences(of: "family: memory", with: "family: fairy-tales").write(
        toFile: file, atomically: true, encoding: .utf8)
      let line = text.components(separatedBy: "family: memory")[0].count { $0 == "\n" } + 1
      for command in [["check"], ["run", "--runs", harness.runs]] {
        let output = try await copy.run(command)
        #expect(output.status == 2)
        let said = output.errorText + output.text
        #expect(said.contains("scenarios/null-map-value.yaml:\(line):"), "\(said)")
      }
    }
  }

  @Test(arguments: [
    ("- {file: gone.bpf.o, must: load}", "load.yaml:2: "),
    ("- {file: gone.bpf.o, must: load, attach: {a: moon}}", "unknown target \"moon\""),
    ("- {file: gone.bpf.o, mus: load}", "load.yaml:2: unknown key \"mus\""),
  ])
  func aManifestsMistakesHaveTheirLine(object: String, words: String) async throws {
    try await Harness.use { harness in
      let file = harness.folder + "/load.yaml"
      try "objects:\n  \(object)\n".write(toFile: file, atomically: true, encoding: .utf8)
      let output = try await harness.run(["try", "--manifest", file])
      #expect(output.status == 2)
      #expect(output.errorText.contains(words), "\(output.errorText)")
      #expect(output.errorText.contains(file), "\(output.errorText)")
    }
  }

  @Test func aMissingTwinIsFoundBeforeAnythingRuns() async throws {
    try await Harness.use { harness in
      let copy = try harness.copyOfRepository()
      try FileManager.default.removeItem(atPath: copy.repository + "/lkm/null_map_value.c")
      for command in [["check"], ["run", "null-map-value", "--runs", harness.runs]] {
        let output = try await copy.run(command)
        #expect(output.status == 2)
        #expect((output.errorText + output.text).contains("lkm/null_map_value.c"))
      }
      #expect(!FileManager.default.fileExists(atPath: harness.runs))
    }
  }

  @Test func theCatalogueItselfIsSound() async throws {
    try await Harness.use { harness in
      let output = try await harness.run(["check"])
      #expect(output.status == 0, "\(output.text)")
    }
  }

  @Test func aFolderThatCannotBeWrittenIsNamed() async throws {
    try await Harness.use { harness in
      // A file stands where the folder would be made: no user, not even root, can write there.
      let obstacle = harness.folder + "/obstacle"
      try "".write(toFile: obstacle, atomically: true, encoding: .utf8)
      let output = try await harness.run(
        ["run", "null-map-value", "--runs", obstacle + "/runs"])
      #expect(output.status == 2)
      #expect(output.errorText.contains(obstacle))
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Scenarios
import TestSupport
import Testing
import Verdicts

/// A kernel of one's own, in a cache of its own: the default kernel's files are given as if they
/// were foreign.
@Suite(.lane, .tags(.guest), .serialized, .timeLimit(.minutes(10))) struct KernelAddTests {
  private struct Given {
    var image: String
    var modules: String
    var headers: String
  }

  /// The parts of the default kernel in the machine's cache, fetched where they are not there.
  private func given(_ harness: Harness) async throws -> Given {
    let fetched = try await harness.run(["kernel", "fetch", "6.1"])
    try #require(fetched.status == 0, "\(fetched.errorText)")
    struct Record: Decodable {
      struct Files: Decodable {
        var image: String
        var modulesRoot: String
        var headersDirectory: String
      }
      var files: Files
    }
    let folder = harness.cache.path("kernels", "6.1")
    let record = try JSONDecoder().decode(
      Record.self, from: Data(try Files.read("\(folder)/kernel.json")))
    return Given(
      image: "\(folder)/\(record.files.image)", modules: "\(folder)/\(record.files.modulesRoot)",
      headers: "\(folder)/\(record.files.headersDirectory)")
  }

  private func environment(_ harness: Harness) -> [String: String?] {
    ["XDG_CACHE_HOME": harness.folder + "/cache"]
  }

  @Test func aForeignKernelRunsWhatItCanAndSkipsTheRestWithTheReason() async throws {
    try await Harness.use { harness in
      let given = try await given(harness)
      let environment = environment(harness)
      let added = try await harness.run(
        ["kernel", "add", "mine", "--image", given.image, "--modules", given.modules],
        environment: environment)
      #expect(added.status == 0, "\(added.errorText)")
      #expect(added.text.contains("module twins are skipped: kernel mine has no headers"))

      let list = try await harness.run(
        ["kernel", "list", "--format", "json"], environment: environment)
      struct Item: Decodable {
        var name: String
        var local: Bool
        var lacks: [String]
      }
      let items = try JSONDecoder().decode([Item].self, from: Data(list.standardOutput))
      #expect(items.last?.name == "mine")
      #expect(items.filter(\.local).map(\.name) == ["mine"])
      #expect(items.last?.lacks.count == 1)

      let run = try await harness.run(
        [
          "run", "null-map-value", "--kernel", "mine", "--no-second-look", "--runs", harness.runs,
        ], environment: environment)
      #expect(run.status == 0, "\(run.errorText)")
      let record = try RunDirectory.read(harness.runs + "/latest")
      #expect(record.trials.count == 4)
      for trial in record.trials {
        let isProgram = trial.id.mechanism == .bpf
        #expect(trial.outcome == (isProgram ? .met : .skipped), "\(trial.reason ?? "")")
        if !isProgram { #expect(trial.reason?.contains("--headers DIR") == true) }
      }

      let removed = try await harness.run(["kernel", "remove", "mine"], environment: environment)
      #expect(removed.status == 0)
      let cache = harness.folder + "/cache/panicroom"
      for shelf in ["images", "templates", "objects"] {
        let rest = try Files.list("\(cache)/\(shelf)").filter { $0.hasPrefix("mine") }
        #expect(rest == [], "\(shelf)")
      }
    }
  }

  @Test func whatIsWrongIsSaidWithStatusTwo() async throws {
    try await Harness.use { harness in
      let given = try await given(harness)
      let environment = environment(harness)
      let image = ["--image", given.image]
      for (arguments, words) in [
        (["mine"] + image, "--modules"),
        (["6.1"] + image, "is a kernel of vm/kernels.yaml"),
        (["mine", "--image", "/etc/passwd"], "/etc/passwd is no kernel"),
        (["mine", "--modules", "/nowhere"] + image, "/nowhere is not there"),
        (["mine", "--headers", "/usr"] + image, "no build tree"),
        (["My Kernel"] + image, "can't be a kernel's name"),
      ] {
        let output = try await harness.run(["kernel", "add"] + arguments, environment: environment)
        #expect(output.status == 2)
        #expect(output.errorText.contains(words), "\(output.errorText)")
        #expect(output.standardOutput.isEmpty)
      }
      let unknown = try await harness.run(
        ["run", "null-map-value", "--kernel", "6.2", "--runs", harness.runs],
        environment: environment)
      #expect(unknown.status == 2)
      #expect(unknown.errorText.contains("did you mean"), "\(unknown.errorText)")
      let kernels = harness.folder + "/cache/panicroom/kernels"
      #expect(try Files.list(kernels).allSatisfy { $0.hasPrefix(".lock-") })
    }
  }
}

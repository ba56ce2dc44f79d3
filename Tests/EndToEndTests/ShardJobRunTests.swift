// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Record
import Testing

/// The scripts in the jobs that `shards` prints, run as the services would run them.
extension EndToEndTests {
  /// The scripts of a job: blocks, and single lines that call something.
  private static func scripts(in job: String) -> [String] {
    var lines = job.split(separator: "\n", omittingEmptySubsequences: false)[...]
    var scripts: [String] = []
    while let line = lines.popFirst() {
      let indentation = line.prefix { $0 == " " }.count
      let text = line.dropFirst(indentation).trimmingPrefix("- ").trimmingPrefix("run: ")
      if text == "|" {
        let block = lines.prefix { $0.prefix { $0 == " " }.count > indentation }
        lines = lines.dropFirst(block.count)
        scripts.append(block.joined(separator: "\n"))
      } else if text.hasPrefix("./panicroom ") || text.hasPrefix("tar ") {
        scripts.append(String(text))
      }
    }
    return scripts
  }

  @Test(arguments: ["github", "gitlab", "kubernetes"])
  func theScriptsOfAJobDoTheRun(service: String) async throws {
    try await Harness.use { harness in
      let job = try await harness.run(
        ["shards", "2", "--for", service, "--", "run", "null-map-value"])
      try #require(job.status == 0, "\(job.errorText)")
      let scripts = Self.scripts(in: job.text)
      let ofParts = scripts.prefix { !$0.contains("merge ") && !$0.contains("for file in") }
      #expect(!ofParts.isEmpty && ofParts.count < scripts.count)
      let results = harness.folder + "/results"
      func run(_ script: String, part: Int, in workspace: String) async throws {
        let output = try await Tool("sh").run(
          ["-e", "-c", script.replacing("${{ matrix.part }}", with: "\(part)")],
          environment: [
            "PANICROOM_REPOSITORY": harness.repository, "PANICROOM_RESULTS": results,
            "XDG_CACHE_HOME": Files.parent(of: harness.cache.root),
            "PATH": workspace + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? ""),
            "CI_NODE_INDEX": "\(part)", "JOB_COMPLETION_INDEX": "\(part - 1)",
            "GITHUB_STEP_SUMMARY": harness.folder + "/summary.md",
          ], directory: workspace)
        #expect(output.status == 0, "\(script): \(output.errorText)")
      }
      let last = try workspace("merge", of: harness)
      for part in 1...2 {
        let own = try workspace("\(part)", of: harness)
        for script in ofParts { try await run(script, part: part, in: own) }
        // The service would hand over what the job has packed.
        for name in try Files.list(own) where name.hasSuffix(".tar") {
          try Files.rename("\(own)/\(name)", to: "\(last)/\(name)")
        }
      }
      for script in scripts.dropFirst(ofParts.count) { try await run(script, part: 1, in: last) }
      let merged =
        service == "kubernetes"
        ? try results + "/" + #require(try Files.list(results).first { $0.hasPrefix("merged-") })
        : last + "/merged"
      let summary = Summary(try RunDirectory.read(merged))
      #expect(summary.met == 4 && summary.exitStatus == 0)
    }
  }

  /// A folder with the entry script, as a checkout has it.
  private func workspace(_ name: String, of harness: Harness) throws -> String {
    let folder = "\(harness.folder)/workspace-\(name)"
    try Files.makeFolder(folder)
    try Files.write("#!/bin/sh\nexec '\(Harness.program)' \"$@\"\n", to: folder + "/panicroom")
    try Files.makeExecutable(folder + "/panicroom")
    return folder
  }
}

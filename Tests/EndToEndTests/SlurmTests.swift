// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Record
import TestSupport
import Testing
import Verdicts

/// The job for Slurm, in a real Slurm: an array of parts, two of which are killed, and the merge after
/// them.
@Suite(
  .lane, .tags(.guest, .tool), .serialized, .timeLimit(.minutes(10)),
  .enabled(
    if: SlurmCluster.isPossible, "needs root, and Slurm: apt-get install slurm-wlm munge"))
struct SlurmTests {
  /// With so many repetitions each part has trials left when it is killed.
  private static let sample = [
    "null-map-value", "reference-leak", "memory-leak", "--repeat", "2",
  ]

  @Test func partsThatAreKilledAreFinished() async throws {
    try await Harness.use { harness in
      let folder = harness.folder
      let whole = try await harness.runTrials(Self.sample)
      #expect(whole.output.status == 0, "\(whole.output.errorText)")
      let job = try await harness.run(
        ["shards", "3", "--for", "slurm", "--", "run", "-j", "1"] + Self.sample)
      try #require(job.status == 0, "\(job.errorText)")
      try Files.write(job.text, to: folder + "/job.sh")
      let environment = [
        "PANICROOM": Harness.program, "PANICROOM_REPOSITORY": harness.repository,
        "XDG_CACHE_HOME": Files.parent(of: harness.cache.root),
      ]
      try await SlurmCluster.use(in: folder, environment) { cluster in
        let parts = folder + "/panicroom-parts"
        let submitted = try await cluster.run(["bash", "job.sh"])
        #expect(submitted.contains("Submitted batch job"), "\(submitted)")

        // At once, since both begin at once.
        async let program: Void = killProgram(of: 1, in: parts)
        async let task: Void = killTask(2, in: parts, cluster)
        _ = try await (program, task)
        try await cluster.waitForJobs()
        #expect(Summary(try RunDirectory.read(parts + "/1/latest")).remaining == 0)
        #expect(Summary(try RunDirectory.read(parts + "/2/latest")).remaining > 0)
        let first = try log(of: "merge", in: folder)
        #expect(first.contains("sbatch --array=2, or:"), "\(first)")

        try await cluster.run(["sbatch", "--wait", "--array=2", "job.sh"])
        let merged = try await harness.run(
          ["merge"] + (1...3).map { "\(parts)/\($0)/latest" } + ["-o", folder + "/merged"])
        #expect(merged.status == 0, "\(merged.errorText)")
        #expect(verdicts(try RunDirectory.read(folder + "/merged")) == verdicts(whole.record))
      }
    }
  }

  private func verdicts(_ run: RunRecord) -> [String: String] {
    Dictionary(
      run.currentTrials.map { ($0.id.folderName, "\($0.verdict.ruling), \($0.outcome)") },
      uniquingKeysWith: { first, _ in first })
  }

  /// The program alone: the job's own loop goes on with the part.
  private func killProgram(of part: Int, in parts: String) async throws {
    try await waitForTrials(in: "\(parts)/\(part)")
    for process in processes(naming: "--shard \(part)/3") { kill(process, SIGKILL) }
  }

  /// The whole task: Slurm lets it be.
  private func killTask(_ part: Int, in parts: String, _ cluster: SlurmCluster) async throws {
    try await waitForTrials(in: "\(parts)/\(part)")
    let running = try await cluster.run(["squeue", "-h", "-r", "-t", "R", "-o", "%i"])
    for id in running.split(separator: "\n") where id.hasSuffix("_\(part)") {
      try await cluster.run(["scancel", "--signal=KILL", "--full", String(id)])
    }
  }

  private func waitForTrials(in folder: String) async throws {
    try await waitUntil("a trial of \(folder) has ended", seconds: 120) {
      (Files.size(folder + "/latest/trials.jsonl") ?? 0) > 0
    }
  }

  private func log(of name: String, in folder: String) throws -> String {
    let file = try #require(try Files.list(folder).first { $0.hasSuffix("-\(name).log") })
    return try Files.text("\(folder)/\(file)")
  }

  /// Processes of the program with these words on their command line.
  private func processes(naming words: String) -> [pid_t] {
    let all = (try? Files.list("/proc")) ?? []  // Without it nothing is killed, and the test fails.
    return all.compactMap { pid_t($0) }.filter { process in
      // A process may have ended in the meantime.
      guard let bytes = try? Files.read("/proc/\(process)/cmdline") else { return false }
      let line = String(decoding: bytes, as: UTF8.self).replacing("\0", with: " ")
      return line.hasPrefix(Harness.program) && line.contains(words)
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Synchronization
import TestSupport

/// A cluster of one node: Debian's Slurm, on the loopback device, with keys, ports and files of its own.
struct SlurmCluster {
  /// Daemons that change their user and write state need root.
  static let isPossible =
    geteuid() == 0
    && ["munged", "slurmctld", "slurmd", "sbatch"].allSatisfy { Tool($0).locate() != nil }

  private let folder: String
  private var configuration: String { folder + "/slurm.conf" }

  /// What its commands and jobs get: the cluster, and the program.
  let environment: [String: String?]

  /// Starts the daemons, and ends them after the body.
  static func use(
    in folder: String, _ environment: [String: String],
    _ body: (SlurmCluster) async throws -> Void
  ) async throws {
    let cluster = try SlurmCluster(folder, environment)
    let ends = Ends()
    try await withThrowingTaskGroup(of: Void.self) { daemons in
      defer { daemons.cancelAll() }
      daemons.addTask {
        try await cluster.serve(
          ends,
          [
            "munged", "--foreground", "--force", "--socket=\(folder)/munge.socket",
            "--key-file=\(folder)/munge.key", "--pid-file=\(folder)/munge.pid",
            "--log-file=\(folder)/munge.log", "--seed-file=\(folder)/munge.seed",
          ])
      }
      try await waitUntil("munge answers") {
        try ends.requireNone()
        return Files.exists(folder + "/munge.socket")
      }
      daemons.addTask {
        try await cluster.serve(ends, ["slurmctld", "-D", "-i", "-f", cluster.configuration])
      }
      daemons.addTask {
        try await cluster.serve(ends, ["slurmd", "-D", "-f", cluster.configuration])
      }
      try await waitUntil("the node is idle", seconds: 60) {
        try ends.requireNone()
        return try await cluster.run(["sinfo", "-h", "-o", "%T"]) == "idle"
      }
      try await body(cluster)
    }
  }

  /// Daemons that ended by themselves, with what they said.
  private final class Ends: Sendable {
    private let first = Mutex<String?>(nil)

    func add(_ words: String) { first.withLock { $0 = $0 ?? words } }

    func requireNone() throws {
      if let words = first.withLock({ $0 }) { throw DaemonEnded(description: words) }
    }
  }

  private struct DaemonEnded: Error, CustomStringConvertible { let description: String }

  /// Runs a daemon, until the task is cancelled.
  private func serve(_ ends: Ends, _ command: [String]) async throws {
    let output = try await Tool(command[0]).run(
      Array(command.dropFirst()), environment: environment, directory: folder)
    // munged writes its errors to its log.
    let log = "\(folder)/munge.log"
    let logged = command[0] == "munged" && Files.exists(log) ? try Files.text(log) : ""
    ends.add("\(command[0]) ended with status \(output.status): \(output.errorText)\(logged)")
  }

  private init(_ folder: String, _ environment: [String: String]) throws {
    self.folder = folder
    var variables = environment.mapValues(Optional.some)
    variables["SLURM_CONF"] = folder + "/slurm.conf"
    self.environment = variables
    let host = ProcessInfo.processInfo.hostName
    for name in ["state", "spool"] { try Files.makeFolder("\(folder)/\(name)") }
    let key = (0..<128).map { _ in UInt8.random(in: .min ... .max) }
    try Files.write(key, to: folder + "/munge.key")
    chmod(folder + "/munge.key", 0o400)
    chmod(folder, 0o755)
    try Files.write(
      """
      ClusterName=test
      SlurmctldHost=\(host)(127.0.0.1)
      SlurmctldPort=26817
      SlurmdPort=26818
      AuthType=auth/munge
      AuthInfo=socket=\(folder)/munge.socket
      SlurmUser=root
      StateSaveLocation=\(folder)/state
      SlurmdSpoolDir=\(folder)/spool
      SlurmctldPidFile=\(folder)/slurmctld.pid
      SlurmdPidFile=\(folder)/slurmd.pid
      SlurmctldLogFile=\(folder)/slurmctld.log
      SlurmdLogFile=\(folder)/slurmd.log
      ProctrackType=proctrack/pgid
      TaskPlugin=task/none
      SelectType=select/cons_tres
      SelectTypeParameters=CR_Core
      JobAcctGatherType=jobacct_gather/none
      AccountingStorageType=accounting_storage/none
      MpiDefault=none
      ReturnToService=2
      NodeName=\(host) NodeAddr=127.0.0.1 CPUs=\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) State=UNKNOWN
      PartitionName=main Nodes=ALL Default=YES State=UP

      """, to: configuration)
  }

  /// - Returns: what it prints.
  /// - Throws: `ToolError` if it fails.
  @discardableResult
  func run(_ command: [String]) async throws -> String {
    let output = try await Tool(command[0]).run(
      Array(command.dropFirst()), environment: environment, directory: folder)
    return output.text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Until no job is waiting or running.
  func waitForJobs() async throws {
    try await waitUntil("the jobs have ended", seconds: 300) {
      try await run(["squeue", "-h"]).isEmpty
    }
  }
}

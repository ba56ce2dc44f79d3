// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Machine
import Verdicts

/// What was read from a guest's kernel memory when its trial was over: as a witness for the judge,
/// and as files of the evidence folder.
///
/// `printk.log` is the kernel's own copy of its log since the trial began. `memory.json` has the
/// kernel's counters before and after, and says for each report what bears it out; if nothing could
/// be read, it says why.
struct MemoryEvidence: Sendable {
  let look: KernelLook
  private let log: [UInt8]?
  /// Nil if nothing was read.
  let witness: MemoryWitness?

  init(_ look: KernelLook) {
    self.look = look
    guard case .read(let reading) = look else {
      (log, witness) = (nil, nil)
      return
    }
    let log = reading.log.map { log in
      Array(log.lines.map { $0.printed + "\n" }.joined().utf8)
    }
    self.log = log
    witness = MemoryWitness(
      before: MemoryWitness.Counters(reading.before),
      after: MemoryWitness.Counters(reading.after), log: KernelLog.findings(in: log ?? []),
      modules: reading.modules, damage: reading.damage)
  }

  /// - Throws: what keeps the files from being written.
  func write(to evidence: Evidence, _ facts: TrialFacts) throws {
    if let log { try evidence.write(MemoryWitness.file, log) }
    try evidence.write(MemoryWitness.countersFile, json: record(facts))
  }

  private func record(_ facts: TrialFacts) -> Record {
    guard case .read(let reading) = look else {
      var record = Record(read: false)
      if case .unread(let why) = look { record.why = why }
      return record
    }
    var record = Record(read: true)
    for case .tainted(_, let after) in facts.agent { record.agentTaint = after }
    record.before = reading.before
    record.after = reading.after
    record.log = reading.log.map { Record.Log(records: $0.lines.count, unreadable: $0.unreadable) }
    record.modules = reading.modules
    record.damage = reading.damage.isEmpty ? nil : reading.damage
    record.milliseconds = (reading.seconds * 1e4).rounded() / 10
    record.reports = facts.bearings.map { file, finding, bearing in
      Record.Report(file: file, line: finding.line, text: finding.text, bearing)
    }
    return record
  }
}

/// `memory.json`.
private struct Record: Encodable {
  struct Log: Encodable {
    var records: Int
    /// Overwritten since, not yet written, or damaged.
    var unreadable: Int
  }

  struct Report: Encodable {
    var file: String
    var line: Int
    var text: String
    /// `borne-out`, `console-only`, `contradicted` or `unknown`.
    var bearing: String
    /// What bears it out, or should.
    var bearers: [String]

    init(file: String, line: Int, text: String, _ bearing: Bearing) {
      self.file = file
      self.line = line
      self.text = text
      let found: [Bearer]
      switch bearing {
      case .consoleOnly: (self.bearing, found) = ("console-only", [])
      case .borneOut(let bearers): (self.bearing, found) = ("borne-out", bearers)
      case .contradicted(let bearers): (self.bearing, found) = ("contradicted", bearers)
      case .unknown(let bearers): (self.bearing, found) = ("unknown", bearers)
      }
      bearers = found.map(\.words)
    }
  }

  enum CodingKeys: String, CodingKey {
    case read, why, before, after
    case agentTaint = "agent_tainted"
    case log, modules, damage, milliseconds, reports
  }

  var read: Bool
  var why: String?
  /// The taint mask afterwards according to the agent, if it reported a change.
  var agentTaint: UInt64?
  var before: KernelCondition?
  var after: KernelCondition?
  var log: Log?
  /// Loaded since then, and still there.
  var modules: [String]?
  /// What was intact before, and can no longer be followed.
  var damage: [String]?
  /// What stopping the guest and reading its memory took.
  var milliseconds: Double?
  var reports: [Report]?
}

extension MemoryWitness.Counters {
  fileprivate init(_ condition: KernelCondition) {
    self.init(
      taint: condition.taint, panics: condition.panicProcessor.map { $0 >= 0 },
      deaths: condition.deaths.map(Int64.init), oopses: condition.oopses.map(Int64.init),
      warnings: condition.warnings.map(Int64.init))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// A log that was read, for programs. An absent key means: not known.
struct ClassifiedJSON: Encodable {
  let log: ClassifiedLog

  init(_ log: ClassifiedLog) { self.log = log }

  enum CodingKeys: String, CodingKey {
    case file, findings, verdict, notes, release
    case outOfTreeModules = "out_of_tree_modules"
    case expectations
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    let reading = log.reading
    try container.encode(log.file, forKey: .file)
    let findings = reading.findings.enumerated().map {
      Shown($0.element, isFatal: reading.fatal == $0.offset)
    }
    try container.encode(findings, forKey: .findings)
    // Unlike `encodeIfPresent` this writes null.
    try container.encode(reading.ruling, forKey: .verdict)
    try container.encodeIfPresent(reading.release, forKey: .release)
    if !reading.ownModules.isEmpty {
      try container.encode(reading.ownModules, forKey: .outOfTreeModules)
    }
    if !reading.notes.isEmpty { try container.encode(reading.notes.map(Note.init), forKey: .notes) }
    if !log.outcomes.isEmpty {
      try container.encode(log.outcomes.map(Demand.init), forKey: .expectations)
    }
  }

  private struct Shown: Encodable {
    let kind: Kind
    let title: String
    let frame: String?
    let offset: String?
    let module: String?
    let access: Finding.Access?
    let address: String?
    let line: Int
    let text: String
    let primary: Bool
    let fatal: Bool
    let count: Int
    let quoted: Bool?
    let trace: [String]?
    let machine: Machine?
    let locks: [Lock]?
    let object: String?
    let allocated: Origin?
    let freed: Origin?
    let victim: Victim?
    let cgroup: String?

    init(_ finding: Finding, isFatal: Bool) {
      kind = finding.kind
      title = finding.title
      frame = finding.frame
      offset = finding.blamed.flatMap { $0.offset == 0 ? nil : "0x" + String($0.offset, radix: 16) }
      module = finding.blamed?.module
      access = finding.access
      address = finding.address
      line = finding.line
      text = finding.text
      primary = finding.primary
      fatal = isFatal
      count = finding.count
      quoted = finding.isQuoted ? true : nil
      let places = finding.frames.filter { !$0.uncertain }.map(FindingText.place)
      trace = places.isEmpty ? nil : places
      let context = finding.context
      machine = context == MachineContext() ? nil : Machine(context)
      let details = finding.details
      locks = details.locks.isEmpty ? nil : details.locks.map(Lock.init)
      object = details.object
      allocated = details.allocation.map(Origin.init)
      freed = details.release.map(Origin.init)
      victim = details.victim.map { Victim(command: $0.command, pid: $0.process) }
      cgroup = details.cgroup
    }
  }

  private struct Lock: Encodable {
    let lock: String
    let state: String
    let place: String?

    init(_ lock: ReportDetails.Lock) {
      self.lock = lock.name
      state = lock.isTaken ? "taken" : "held"
      place = lock.place.map(FindingText.place)
    }
  }

  private struct Origin: Encodable {
    let pid: Int?
    let trace: [String]?

    init(_ origin: ReportDetails.Origin) {
      pid = origin.task
      let places = origin.frames.filter { !$0.uncertain }.map(FindingText.place)
      trace = places.isEmpty ? nil : places
    }
  }

  private struct Victim: Encodable {
    let command: String?
    let pid: Int
  }

  private struct Machine: Encodable {
    let release: String?
    let architecture: String?
    let cpu: Int?
    let pid: Int?
    let command: String?
    let hardware: String?
    let workqueue: String?
    let taint: [Taint]?
    let oops: Int?

    init(_ context: MachineContext) {
      release = context.release
      architecture = context.architecture
      cpu = context.processor
      pid = context.process
      command = context.command
      hardware = context.hardware
      workqueue = context.workqueue
      taint = context.taint.map {
        FindingText.taint($0).map { Taint(flag: $0.letter, words: $0.words) }
      }
      oops = context.oops
    }
  }

  private struct Taint: Encodable {
    let flag: String
    let words: String
  }

  private struct Note: Encodable {
    let name: String
    let words: String
    let harmless: Bool
    let line: Int
    let text: String
    let count: Int

    init(_ note: LogNote) {
      (name, words, harmless) = (note.name, note.words, note.isHarmless)
      (line, text, count) = (note.line, note.text, note.count)
    }
  }

  private struct Demand: Encodable {
    let expectation: String
    let outcome: String
    let reason: String?

    init(_ outcome: LogExpectation.Outcome) {
      expectation = outcome.name
      reason = outcome.reason.isEmpty ? nil : outcome.reason
      self.outcome = ClassifyCIReport.word(outcome.state)
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// If the witnesses of one trial disagree, the worse finding counts: the console as the host kept
/// it (with the agent's messages), the kernel's own copy of its log, and the kernel's counters. The
/// last two were read from the guest's memory, which depends on nobody's word.
extension Judge {
  /// The verdict, and the name of the rule that gave it.
  public static func decision(of facts: TrialFacts) -> (rule: String, verdict: Verdict) {
    let first = firstRule(for: facts)
    // A laboratory that failed proves nothing, whoever reports something.
    guard let witness = facts.witness, !laboratoryRules.contains(where: { $0.name == first.rule })
    else { return first }
    var worst = first
    if !witness.log.isEmpty {
      var other = firstRule(for: facts.byKernelLog)
      other.verdict.add(reason: "so says the kernel's log in its memory; the console does not")
      if other.verdict.weight > worst.verdict.weight { worst = other }
    }
    if let other = facts.verdictOfCounters, other.weight > worst.verdict.weight {
      worst = ("the kernel's memory says more than any log", other)
    }
    worst.verdict.mention(facts.leftOut)
    return worst
  }

  /// A complete report that nothing in the kernel's memory bears out: either somebody printed it,
  /// or somebody wiped its traces. These can't be distinguished, so it is neither a finding nor a
  /// pass.
  static let contradictionRules: [Rule] = [
    Rule("what the kernel's memory held in order is damaged") { facts in
      guard let damage = facts.witness?.damage.first else { return nil }
      return Verdict(
        .inconclusive, reason: "\(damage) in its memory can't be followed any more",
        evidence: [EvidenceLine(file: MemoryWitness.countersFile, line: 1, text: damage)]
          + facts.lastWords)
    },
    // Something else says what the agent would, before the twin's code has returned.
    Rule("the agent unloaded a twin that the kernel's memory still has") { facts in
      guard let module = facts.module, facts.witness?.modules?.contains(module) == true,
        let told = facts.agent.firstIndex(of: .unloaded)
      else { return nil }
      var verdict = facts.inconclusive(
        "the agent says that the twin was unloaded, and the kernel's list of modules still has "
          + module, facts: [told])
      verdict.evidence.append(
        EvidenceLine(file: MemoryWitness.countersFile, line: 1, text: "modules: \(module)"))
      return verdict
    },
    Rule("a whole report, and the kernel's memory knows nothing of it") { facts in
      guard let report = facts.console.first(where: { facts.isContradicted($0) && $0.isWhole })
      else { return nil }
      return Verdict(
        .inconclusive,
        reason: "the console shows a whole report, and the kernel's memory has no trace of it: "
          + "somebody printed it, or wiped the traces", evidence: facts.evidence(of: report))
    },
  ]
}

extension TrialFacts {
  /// The same facts, with the kernel's own copy of its log in place of the console.
  fileprivate var byKernelLog: TrialFacts {
    var facts = self
    facts.console = witness?.log ?? []
    facts.consoleFile = MemoryWitness.file
    return facts
  }

  /// Whether the harness asked the guest for its backtrace by an NMI, which makes a guest panic.
  var wasQuestioned: Bool {
    switch ending {
    case .silent, .lockedUp: true
    default: false
    }
  }

  /// Whether what looks like a report is not one. In a guest that did not get to the trial's end, a
  /// report may have been interrupted before it left a trace; a panic sets its mark before it
  /// prints.
  func isContradicted(_ finding: Finding) -> Bool {
    guard let witness, finding.isPanic || ending == .answered,
      case .contradicted = finding.bearing(by: witness, panicTold: ending == .panicked)
    else { return false }
    return true
  }

  /// What looks like a report on the console and is not one.
  fileprivate var leftOut: EvidenceLine? {
    console.first(where: isContradicted).map {
      EvidenceLine(file: consoleFile, line: $0.line, text: $0.text)
    }
  }

  /// Each report of the console's and of the kernel's log, and what bears it out.
  public var bearings: [(file: String, finding: Finding, bearing: Bearing)] {
    guard let witness else { return [] }
    let logs = [(Self.consoleFile, console), (MemoryWitness.file, witness.log)]
    return logs.flatMap { file, findings in
      findings.map { finding in
        (file, finding, finding.bearing(by: witness, panicTold: ending == .panicked))
      }
    }
  }

  /// What the kernel's counters say that no log does.
  fileprivate var verdictOfCounters: Verdict? {
    guard let witness else { return nil }
    let reports = console + witness.log
    /// The bearers that say so, if no report is of the kind that sets them.
    func silent(_ bearers: [Bearer], unless isTold: (Finding) -> Bool) -> [Bearer] {
      reports.contains(where: isTold) ? [] : bearers.filter { witness.says($0) == true }
    }
    func verdict(_ ruling: Ruling, _ kind: Kind?, _ what: String, _ saying: [Bearer]) -> Verdict {
      Verdict(
        ruling, kind: kind, title: what,
        reason: "the kernel's memory says so (\(saying.map(\.words).joined(separator: ", "))); "
          + "neither the console nor the kernel's log has a line of it",
        evidence: [
          EvidenceLine(
            file: MemoryWitness.countersFile, line: 1,
            text: saying.map(\.words).joined(separator: ", "))
        ] + lastWords)
    }
    let panics = silent([.panics]) { $0.isPanic }
    if ending != .panicked, !wasQuestioned, !panics.isEmpty {
      return verdict(.panicked, .panic, "a panic that no log shows", panics)
    }
    let died = silent([.taint(.die), .deaths, .oopses]) { $0.isOops }
    if !died.isEmpty { return verdict(.oopsed, nil, "an oops that no log shows", died) }
    let stuck = silent([.taint(.softLockup)]) { $0.kind == .softLockup }
    if !stuck.isEmpty {
      return verdict(.warned, .softLockup, "a soft lockup that no log shows", stuck)
    }
    // What warns may do so by several of these; any report of that sort will do.
    let warnings: [Bearer] = [.taint(.badPage), .taint(.warn), .warnings]
    let warned = silent(warnings) { !Set($0.bearers).isDisjoint(with: warnings) }
    return warned.isEmpty
      ? nil : verdict(.warned, .warning, "a report that no log shows", warned)
  }
}

extension Verdict {
  /// How bad it is. That nothing can be said is worse than nothing bad, and less than a finding.
  fileprivate var weight: Int {
    switch ruling {
    case .rejected, .contained, .survived, .notRun: 0
    case .inconclusive: 1
    default: 2 + (Ruling.allCases.firstIndex(of: ruling) ?? 0)
    }
  }

  /// Says which line was not taken for a report.
  fileprivate mutating func mention(_ line: EvidenceLine?) {
    guard let line, !evidence.contains(line) else { return }
    add(
      reason:
        "line \(line.line) of the console only looks like a report: the kernel's memory has no "
        + "trace of one")
    evidence.append(line)
  }

  fileprivate mutating func add(reason more: String) {
    reason = reason.map { "\($0); \(more)" } ?? more
  }
}

extension Finding {
  /// Whether it is one that a context died of, not one that only may be.
  fileprivate var isOops: Bool {
    fatal || bearers.contains(.taint(.die)) && !bearers.contains(.taint(.warn))
  }

  /// Whether it has the body of a report, not just a line like its headline.
  fileprivate var isWhole: Bool { frames.count >= 3 }
}

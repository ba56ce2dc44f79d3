// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How rules cite what they rest on.
extension TrialFacts {
  static let consoleFile = "console.log"
  static let agentFile = "agent.jsonl"
  static let verifierFile = "verifier.log"
  /// More lines than this don't convince anyone further.
  private static let mostLines = 8

  /// The console's reports up to the panic that the harness's NMI caused, without those that only
  /// look like one. Whatever follows the panic is a consequence of the NMI: for example, lockdep
  /// reports that panic() takes the console's lock in it (Linux: kernel/panic.c panic,
  /// console_unblank). If no NMI was sent, such a line hides nothing.
  var reports: [Finding] {
    console.prefix { !($0.isFromInjectedNMI && wasQuestioned) }.filter { !isContradicted($0) }
  }

  /// The first report of the kernel's.
  var cause: Finding? { reports.first(where: \.primary) ?? reports.first }

  /// The first report of a hang if there is one, otherwise the first report. Tasks that wait for a
  /// stuck CPU (or for the grace period that it holds up) may be reported before that CPU is.
  var causeOfHang: Finding? {
    guard reports.contains(where: \.isHang), let cause else { return nil }
    guard cause.kind == .hungTask, source(of: cause) == nil else { return cause }
    return reports.first { $0.isHang && $0.kind != .hungTask } ?? cause
  }

  var panics: [Finding] { reports.filter(\.isPanic) }

  var endedInHang: Bool {
    switch ending {
    case .silent(let seconds, _, _): seconds >= Ending.busySilence
    case .lockedUp: true
    case .deadline(_, _, let processState): processState?.hasPrefix("D") == true
    default: false
    }
  }

  /// What happened to the guest after its first report, if that is not obvious from the console.
  var aftermath: String? {
    switch ending {
    case .silent: "the guest stopped answering afterwards"
    case .lockedUp(let lockup): "CPU \(lockup.processor) locked up afterwards"
    case .deadline(let seconds, _, _): "the trial did not end within \(Int(seconds)) s afterwards"
    case .panicked where panics.isEmpty: "QEMU told of a panic, whose text the console lacks"
    default: nil
    }
  }

  /// A verdict that rests on the console.
  func judged(
    _ ruling: Ruling, _ cause: Finding, kind: Kind? = nil, reason: String? = nil
  ) -> Verdict {
    let consequences = reports.filter { $0 != cause && ($0.fatal || $0.isPanic || $0.isHang) }
    let lines = evidence(of: cause) + consequences.map(line(of:))
    let kind = kind ?? cause.kind
    let title = kind == cause.kind ? cause.title : kind.rawValue
    return Verdict(
      ruling, kind: kind, title: title, source: source(of: cause), reason: reason,
      evidence: Array(lines.prefix(Self.mostLines)))
  }

  /// A verdict that rests on a CPU's registers, and on the backtrace that an NMI produced: the
  /// CPU's own, or else that of the first CPU, which is the one that gets the NMI.
  func judged(_ lockup: Lockup) -> Verdict {
    let panic = console.first(where: \.isFromInjectedNMI)
    let frames = lockup.frames.isEmpty && lockup.processor == 0 ? panic?.frames : lockup.frames
    let blamed = frames.flatMap { frames in
      Blame.frame(among: frames, ownModules: Set(frames.compactMap(\.module)))
    }
    let kind = Kind.hardLockup
    let state = lockup.halted ? "is halted with interrupts off" : "runs with interrupts off"
    return Verdict(
      .hung, kind: kind,
      title: blamed.map { "\(kind.rawValue) in \(Blame.plain($0.symbol))" } ?? kind.rawValue,
      source: frames?.lazy.compactMap { resolvedFrames[$0.place] }.first,
      reason: "CPU \(lockup.processor) \(state): so "
        + (lockup.samples == 0
          ? "in the back trace that a processor which waited for it asked for"
          : "in \(lockup.samples) looks at its registers "
            + "within \((lockup.seconds * 10).rounded() / 10) s")
        + (lockup.countsNoTicks ? ", in which it counted no tick" : ""),
      evidence: lastWords + lockup.lines + (panic.map { [line(of: $0)] } ?? [])
        + (blamed.map { [line(of: $0)] } ?? []))
  }

  /// The first frame of `finding` that was resolved to the twin's source.
  func source(of finding: Finding) -> SourcePlace? {
    for frame in finding.frames {
      if let place = resolvedFrames[frame.place] { return place }
    }
    return nil
  }

  /// The headline, and the line of the frame to blame.
  func evidence(of finding: Finding) -> [EvidenceLine] {
    let blamed = finding.frames.first { frame in
      finding.frame == Blame.plain(frame.symbol) && frame.line != finding.line
    }
    return [line(of: finding)]
      + (blamed.map { [line(of: $0)] } ?? [])
  }

  private func line(of frame: Frame) -> EvidenceLine {
    let module = frame.module.map { " [\($0)]" } ?? ""
    return EvidenceLine(file: consoleFile, line: frame.line, text: frame.place + module)
  }

  private func line(of finding: Finding) -> EvidenceLine {
    EvidenceLine(file: consoleFile, line: finding.line, text: finding.text)
  }

  /// The agent's messages as evidence.
  func words(of index: Int) -> EvidenceLine {
    EvidenceLine(
      file: Self.agentFile, line: index < agentLines.count ? agentLines[index] : index + 1,
      text: agent[index].words)
  }

  var allWords: [EvidenceLine] { agent.indices.map(words(of:)) }

  /// The agent's last message before the guest's end.
  var lastWords: [EvidenceLine] { agent.indices.suffix(1).map(words(of:)) }

  func inconclusive(_ reason: String, facts cited: [Int]? = nil) -> Verdict {
    let words = cited.map { $0.map(words(of:)) } ?? Array(allWords.suffix(Self.mostLines / 2))
    let lines = reports.prefix(Self.mostLines / 2).map(line(of:)) + words
    return Verdict(.inconclusive, reason: reason, evidence: lines)
  }

  /// The verdict of the first fact that has one, with that fact as its evidence.
  func first(_ verdict: (AgentFact) -> Verdict?) -> Verdict? {
    for (index, fact) in agent.enumerated() {
      guard var found = verdict(fact) else { continue }
      found.evidence = [words(of: index)]
      return found
    }
    return nil
  }

  /// A refusal: the verifier's own log if there is one, otherwise the loader's message.
  func rejected(by gate: Gate, errno: Int32, message: String, fact index: Int) -> Verdict {
    // libbpf passes on what the verifier said, and writes into its log, too: the log shows which it
    // was.
    if gate == .verifier || gate == .libbpf, let rejection {
      let line = EvidenceLine(
        file: Self.verifierFile, line: rejection.line, text: rejection.message)
      return Verdict(
        .rejected, by: rejection.by.rawValue, category: rejection.category,
        title: rejection.headline, source: resolvedFrames["verifier"] ?? rejection.source,
        reason: rejection.message, evidence: [line, words(of: index)])
    }
    let refusal = LoaderLog.rejection(by: gate, errno: errno, message: message)
    return Verdict(
      .rejected, by: refusal.by.rawValue, category: refusal.category, title: refusal.headline,
      source: refusal.source, reason: message.isEmpty ? refusal.explanation : message,
      evidence: [words(of: index)])
  }
}

extension AgentFact {
  /// The fact in one plain line.
  var words: String {
    switch self {
    case .step(let name): "step \(name)"
    case .refused(let gate, let errno, let message):
      "refused by \(gate.rawValue) (errno \(errno)): \(message)"
    case .loaded: "loaded"
    case .attached: "attached"
    case .observed(let value, let faults):
      "observed \(value)" + (faults.map { ", \($0) faults" } ?? "")
    case .nothingRan(let programs): "nothing ran: \(programs)"
    case .unloaded: "unloaded"
    case .unloadFailed(let errno, let message): "unloading failed (errno \(errno)): \(message)"
    case .workerEnded(let status, let signal):
      signal.map { "worker killed by signal \($0)" }
        ?? "worker ended" + (status.map { " with status \($0)" } ?? "")
    case .tainted(let before, let after): "tainted \(before) → \(after)"
    case .leftBehind(let what, let before, let after):
      "left behind: \(what): \(before) before, \(after) after"
    case .canaryChanged(let which): "canary changed: \(which)"
    case .unhealthy(let check, let detail): "\(check) fails: \(detail)"
    case .healthy: "healthy"
    case .finished: "finished"
    case .laboratoryFailed(let why): "laboratory failed: \(why)"
    }
  }
}

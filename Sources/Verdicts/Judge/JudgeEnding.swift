// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the guest's end decides if the console is silent.
extension Judge {
  static let endingRules: [Rule] = [
    // QEMU's pvpanic event without a line on the console.
    Rule("QEMU told of a panic") { facts in
      guard facts.ending == .panicked else { return nil }
      return Verdict(
        .panicked, kind: .panic, title: Kind.panic.rawValue,
        reason: "QEMU told of a panic that the console does not show",
        evidence: facts.lastWords)
    },
    // A reboot or triple fault without a message.
    Rule("the guest reset without a word") { facts in
      guard facts.ending == .reset else { return nil }
      return Verdict(
        .reset, kind: .reboot, title: Kind.reboot.rawValue,
        reason: "the guest asked for a reset and told of no panic", evidence: facts.lastWords)
    },
    // The harness ends guests; one that powers itself off in mid-trial was made to.
    Rule("the guest powered itself off in mid-trial") { facts in
      guard facts.ending == .shutdown, !facts.hasFinished else { return nil }
      return Verdict(
        .reset, kind: .reboot, title: Kind.reboot.rawValue,
        reason: "the guest powered itself off in the middle of the trial",
        evidence: facts.lastWords)
    },
    // Registers, taken from outside, that show a CPU which can no longer be interrupted.
    Rule("a processor is locked up") { facts in
      guard case .lockedUp(let lockup) = facts.ending else { return nil }
      return facts.judged(lockup)
    },
    // A heartbeat that stops while the guest's CPU works: nothing else can run any more, whether no
    // interrupt gets through or the running code leaves no time for anything else. A guest that got
    // no CPU time was starved by the host, and shows nothing.
    Rule("the heartbeat stopped") { facts in
      guard case .silent(let seconds, let interruptsOff, let countsTicks) = facts.ending else {
        return nil
      }
      guard seconds >= Ending.busySilence else {
        return facts.inconclusive("the heartbeat stopped, but the guest had no processor time")
      }
      let trace = facts.console.first(where: \.isFromInjectedNMI)
      // The NMI may have come while the timer's interrupt ran, which has others off. A CPU that
      // counts time takes interrupts.
      let kind = interruptsOff && countsTicks != true ? Kind.hardLockup : .noOutput
      return Verdict(
        .hung, kind: kind,
        title: trace?.frame.map { "\(kind.rawValue) in \($0)" } ?? kind.rawValue,
        source: trace.flatMap(facts.source(of:)),
        reason: "no heartbeat for \(rounded(seconds)) s of the guest's processor time",
        evidence: facts.lastWords + (trace.map(facts.evidence(of:)) ?? []))
    },
    // The guest is alive, but the trial does not end: a task that sleeps forever is a hang, anything
    // else may just be slow.
    Rule("the deadline passed") { facts in
      guard case .deadline(let seconds, let step, let processState) = facts.ending else {
        return nil
      }
      let sleeper = step == "health" ? "the laboratory's examiner" : "the worker"
      let during = step.map { " in step \($0)" } ?? ""
      guard processState?.hasPrefix("D") == true else {
        return facts.inconclusive(
          "no end within \(rounded(seconds)) s\(during), and nothing shows a hang")
      }
      return Verdict(
        .hung, kind: .hungTask, title: Kind.hungTask.rawValue,
        reason: "\(sleeper) sleeps uninterruptibly\(during), no end within \(rounded(seconds)) s",
        evidence: facts.lastWords)
    },
  ]

  private static func rounded(_ seconds: Double) -> String {
    let tenths = (seconds * 10).rounded()
    return tenths.isFinite ? "\(tenths / 10)" : "\(seconds)"
  }
}

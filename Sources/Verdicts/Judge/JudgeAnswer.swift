// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the agent's answer decides, in a guest that lived through the trial and whose console is
/// clean.
extension Judge {
  /// The rule for an armed twin that counted no fault: if the scenario leaves the fault to chance,
  /// that is a miss.
  public static let theFaultNeverRan = "the fault never ran"

  static let answerRules: [Rule] = [
    // Taint bits W (9), D (7), B (5) and L (14) are set only when the kernel also prints
    // (kernel/panic.c taint_flags); a console without that line has lost something.
    Rule("the kernel is tainted, but the console is clean") { facts in
      let telling: UInt64 = 1 << 5 | 1 << 7 | 1 << 9 | 1 << 14
      for (index, fact) in facts.agent.enumerated() {
        if case .tainted(let before, let after) = fact, after & ~before & telling != 0 {
          return facts.inconclusive(
            "the kernel says it warned or died (taint \(before) → \(after)), the console shows no "
              + "such line", facts: [index])
        }
      }
      return nil
    },
    // Canary memory that nothing should have touched.
    Rule("a canary changed") { facts in
      facts.first { fact in
        guard case .canaryChanged(let which) = fact else { return nil }
        return Verdict(
          .corrupted, kind: .memoryCorruption, title: "memory-corruption: \(which)",
          reason: "memory that nobody should touch reads differently: \(which)")
      }
    },
    // A worker killed by a signal without a kernel message, or one that failed by itself.
    Rule("the worker did not end well") { facts in
      for (index, fact) in facts.agent.enumerated() {
        guard case .workerEnded(let status, let signal) = fact else { continue }
        if let signal {
          return facts.inconclusive(
            "the worker was killed by signal \(signal), and the console does not say why",
            facts: [index])
        }
        if let status, status != 0 {
          return facts.inconclusive(
            "the worker ended with status \(status) and told of no refusal", facts: [index])
        }
      }
      return nil
    },
    // Ordinary work no longer passes though nothing was said: the kernel's state is wrong.
    Rule("ordinary work fails afterwards") { facts in
      facts.first { fact in
        guard case .unhealthy(let check, let detail) = fact else { return nil }
        return Verdict(
          .corrupted, kind: .memoryCorruption, title: "memory-corruption: \(check) fails",
          reason: "after the trial the check \(check) fails: \(detail)")
      }
    },
    // A resource was not given back.
    Rule("something was left behind") { facts in
      var figures: [String] = []
      var indices: [Int] = []
      var first: String?
      for (index, fact) in facts.agent.enumerated() {
        guard case .leftBehind(let what, let before, let after) = fact else { continue }
        figures.append("\(what): \(before) before, \(after) after")
        indices.append(index)
        first = first ?? what
      }
      guard let first else { return nil }
      return Verdict(
        .leaked, kind: .memoryLeak, title: "memory-leak: \(first)",
        reason: figures.prefix(4).joined(separator: "; "),
        evidence: indices.prefix(8).map(facts.words(of:)))
    },
    // The twin itself can no longer be unloaded.
    Rule("the twin could not be unloaded") { facts in
      facts.first { fact in
        guard case .unloadFailed(let errno, let message) = fact, facts.staysByDesign == nil else {
          return nil
        }
        return Verdict(
          // Its memory, at least, is not given back.
          .leaked, kind: .memoryLeak, title: "memory-leak: the twin cannot be unloaded",
          reason: "unloading failed with errno \(errno): \(message)")
      }
    },
    // Everything below is good news, and good news must be complete.
    Rule("the answer is incomplete") { facts in
      if let missing = facts.missingStep {
        return facts.inconclusive("the agent's answer is not whole: \(missing)")
      }
      return nil
    },
    // What never ran can't have done harm, nor shown that it does none.
    Rule("nothing of it ran") { facts in
      facts.first { fact in
        guard case .nothingRan(let names) = fact else { return nil }
        let what =
          facts.mechanism == .lkm
          ? "nothing called its functions but to load and to unload it"
          : "none of its programs ran"
        return Verdict(.notRun, reason: "\(what), so nothing can be said of them: \(names)")
      }
    },
    // A fault that never ran proves nothing.
    Rule(theFaultNeverRan) { facts in
      facts.armed && facts.faults == 0
        ? facts.inconclusive("the fault never ran, though the twin was armed") : nil
    },
    // One that ran in a disarmed twin means a broken twin.
    Rule("a disarmed twin counted faults") { facts in
      // A mutant of it may reach the armed path.
      guard !facts.armed, !facts.isMutant, let count = facts.faults, count != 0 else {
        return nil
      }
      return facts.inconclusive("a disarmed twin counted \(count) faults")
    },
    // The faulty operation ran, and a run-time guard absorbed it.
    Rule("a guard absorbed the fault") { facts in
      guard facts.armed, let name = facts.guardName else { return nil }
      guard let faults = facts.faults else {
        return facts.inconclusive("the twin does not say whether the fault ran")
      }
      return Verdict(
        .contained, by: name, title: "contained by \(name)",
        reason: "\(faults) faulty operations ran, the kernel is unharmed",
        evidence: facts.allWords)
    },
    // Loaded, ran, unloaded, nothing noticed.
    Rule("nothing was noticed") { facts in
      let reason =
        facts.armed
        ? facts.faults.map { "\($0) faulty operations ran unnoticed" }
          ?? "the twin does not count its faulty operations" : nil
      return Verdict(
        .survived, reason: facts.staysByDesign.map { "it can't be unloaded: \($0)" } ?? reason,
        evidence: facts.allWords)
    },
  ]
}

extension TrialFacts {
  var hasFinished: Bool { agent.contains(.finished) }

  var faults: Int64? {
    for case .observed(_, let faults) in agent.reversed() { return faults }
    return nil
  }

  /// Why a user's own module can't be unloaded though nothing is wrong: it has no exit function, or
  /// hides. Its memory is not lost, it was never to be given back.
  var staysByDesign: String? {
    guard isUndeclared else { return nil }
    for case .unloadFailed(_, let message) in agent where message.hasPrefix("by design: ") {
      return message.dropFirst("by design: ".count).split(separator: ":").first.map(String.init)
    }
    return nil
  }

  var wasRefused: Bool {
    agent.contains { if case .refused = $0 { true } else { false } }
  }

  /// Whether the trial went through all its steps, or to a refusal, and the guest stayed alive.
  var wentThrough: Bool {
    let isUnhealthy = agent.contains { if case .unhealthy = $0 { true } else { false } }
    guard ending == .answered, !isUnhealthy else { return false }
    return wasRefused || hasFinished && agent.contains(.healthy)
  }

  /// What a good answer lacks, or nil.
  var missingStep: String? {
    if !agent.contains(.loaded) { return "the twin was never loaded" }
    let hasObserved = agent.contains { if case .observed = $0 { true } else { false } }
    if !hasObserved, !isUndeclared { return "there is no observation" }
    if !agent.contains(.unloaded), staysByDesign == nil { return "the twin was never unloaded" }
    if !agent.contains(.healthy) { return "the kernel's health was not checked" }
    if !hasFinished { return "the agent never finished" }
    return nil
  }
}

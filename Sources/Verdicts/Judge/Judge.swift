// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Decides the verdict of a trial by written rules; the first that applies wins.
///
/// The order of ``rules`` is the order of trust: a laboratory that failed proves nothing; what the
/// kernel printed outweighs what the agent says; how the guest ended outweighs an earlier answer;
/// and a good answer counts only if it is complete.
public enum Judge {
  /// One rule: its name, for tests and for people who ask why, and the verdict if it applies.
  public struct Rule: Sendable {
    public let name: String
    let apply: @Sendable (TrialFacts) -> Verdict?

    init(_ name: String, _ apply: @escaping @Sendable (TrialFacts) -> Verdict?) {
      self.name = name
      self.apply = apply
    }
  }

  public static let rules: [Rule] =
    laboratoryRules + consoleRules + endingRules + contradictionRules + refusalRules
    + answerRules

  public static func verdict(of facts: TrialFacts) -> Verdict {
    decision(of: facts).verdict
  }

  /// The verdict of the first rule that applies.
  static func firstRule(for facts: TrialFacts) -> (rule: String, verdict: Verdict) {
    for rule in rules {
      if let verdict = rule.apply(facts) { return (rule.name, verdict) }
    }
    return (
      "nothing fits",
      facts.inconclusive("the evidence fits no rule: there is no verdict without evidence")
    )
  }

  /// The ruling for a console log without other evidence: that of the first of ``consoleRules``
  /// that applies; nil if the log reports nothing.
  public static func ruling(ofConsole findings: [Finding]) -> Ruling? {
    guard !findings.isEmpty else { return nil }
    // A trial's judge knows from other witnesses what a panic was about; here it is all there is.
    if findings[0].isPanic, !findings[0].isHang, !findings.contains(where: \.fatal) {
      return .panicked
    }
    // Mechanism and arming don't matter to these rules; without the agent's words no stall counts
    // as one that went by.
    // Nobody knows who sent an NMI either: what follows its panic counts as its answer.
    let facts = TrialFacts(
      mechanism: .lkm, armed: true, console: findings, ending: .silent(seconds: 0))
    for rule in consoleRules {
      if let verdict = rule.apply(facts) { return verdict.ruling }
    }
    // Only the panic that an NMI caused is left; in a trial that is the harness's own.
    return .panicked
  }

  /// What makes a trial worthless, whatever else was seen.
  static let laboratoryRules: [Rule] = [
    // The guest did not start, QEMU died, messages were malformed.
    Rule("the laboratory failed around the guest") { facts in
      guard case .laboratoryFailed(let why) = facts.ending else { return nil }
      return facts.inconclusive("the laboratory failed: \(why)")
    },
    // The agent could not do its own work.
    Rule("the laboratory failed in the guest") { facts in
      for fact in facts.agent {
        if case .laboratoryFailed(let why) = fact {
          return facts.inconclusive("the laboratory failed in the guest: \(why)")
        }
      }
      return nil
    },
    // A twin that does not compile never reaches a guest.
    Rule("the compiler refused the twin") { facts in
      guard let first = facts.compilerRefusal.first else { return nil }
      return Verdict(
        .rejected, by: Gate.compiler.rawValue, title: first.text,
        source: facts.compilerPlace, evidence: facts.compilerRefusal)
    },
    // Without any message of the agent, or a frame of the twin, nothing shows that the twin was
    // even there.
    Rule("the agent said nothing") { facts in
      guard facts.agent.isEmpty, !facts.consoleShowsTwin else { return nil }
      return facts.inconclusive("the agent said nothing of the trial")
    },
  ]

  /// A refusal stands if neither the console nor the guest's end contradicts it.
  static let refusalRules: [Rule] = [
    Rule("the twin was refused") { facts in
      for (index, fact) in facts.agent.enumerated() {
        if case .refused(let gate, let errno, let message) = fact {
          return facts.rejected(by: gate, errno: errno, message: message, fact: index)
        }
      }
      return nil
    }
  ]
}

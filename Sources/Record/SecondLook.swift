// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// An armed twin that survived on one profile, tried again on another that shows more.
public struct SecondLook: Sendable, Equatable {
  /// The trial in which the fault went unnoticed.
  public var first: TrialID
  /// The trial on the other profile.
  public var id: TrialID
  /// Nil if it was not made yet.
  public var second: TrialRecord?

  /// Whether the other profile's kernel noticed something; nil if unknown.
  public var seen: Bool? {
    guard let second else { return nil }
    switch second.verdict.ruling {
    case .survived, .contained: return false
    case .leaked, .corrupted, .warned, .oopsed, .hung, .panicked, .reset: return true
    // A refusal on this profile alone shows nothing of the fault.
    case .rejected, .notRun, .inconclusive: return nil
    }
  }

  /// Both looks in one sentence: `unnoticed on stock; seen by slub_debug: Right Redzone
  /// overwritten`.
  public var sentence: String {
    let unnoticed = "unnoticed on \(first.profile)"
    guard let second else { return "\(unnoticed); not looked at again yet" }
    let verdict = second.verdict
    switch seen {
    case true?: return "\(unnoticed); seen \(SecondLook.witness(verdict, on: id.profile))"
    case false?: return "\(unnoticed), and not seen on \(id.profile) either"
    case nil:
      let why = second.reason.map { " (\($0))" } ?? ""
      return "\(unnoticed); on \(id.profile) \(verdict.ruling.rawValue)\(why)"
    }
  }

  /// Who saw it, and in which words: `by slub_debug: Poison overwritten`.
  private static func witness(_ verdict: Verdict, on profile: String) -> String {
    let headline = verdict.evidence.first?.text ?? ""
    // BUG kmalloc-64 (Tainted: G           OE     ): Right Redzone overwritten (mm/slub.c, slab_bug)
    if let match = headline.firstMatch(of: /BUG \S+ \([^)]*\): (.+)/) {
      return "by slub_debug: \(match.1)"
    }
    let what = verdict.title ?? verdict.ruling.rawValue
    // POISON_FREE, eight times (include/linux/poison.h): what a freed object's pointers read as.
    if headline.contains("6b6b6b6b") { return "by slub_debug's poison: \(what)" }
    return "on \(profile): \(verdict.ruling.rawValue), \(what)"
  }
}

extension RetryRule {
  /// The trial that looks again at what `trial` has left unnoticed; nil if it noticed something, if no
  /// second look is wanted, and if it is a retry: its fault was looked at already.
  public func secondLook(at trial: TrialRecord) -> TrialID? {
    guard trial.id.armed, !trial.superseded, trial.verdict.ruling == .survived,
      let profile = secondLooks[trial.id.profile], profile != trial.id.profile,
      !isRetry(trial.id)
    else { return nil }
    var id = trial.id
    id.profile = profile
    return id
  }
}

extension RunHeader {
  /// The second looks beyond the plan that the repetitions of a twin come to, once all of them have
  /// ended.
  func secondLooks(at ended: [TrialRecord]) -> [TrialID] {
    guard secondLooks != nil else { return [] }
    let planned = Set(wholePlan)
    let retries = RetryRule(self)
    let looks = ended.compactMap(retries.secondLook).filter { !planned.contains($0) }
    guard !looks.isEmpty else { return [] }
    let done = Set(ended.map(\.id))
    func twin(_ id: TrialID) -> TrialID {
      var id = id
      (id.profile, id.repetition) = ("", 1)
      return id
    }
    let unfinished = Set(trials.filter { $0.armed && !done.contains($0) }.map(twin))
    return looks.filter { !unfinished.contains(twin($0)) }
  }
}

extension RunRecord {
  /// All second looks, in the order in which the first ones ended.
  public var secondLooks: [SecondLook] {
    let done = Dictionary(currentTrials.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
    let retries = RetryRule(header)
    return currentTrials.compactMap { trial in
      retries.secondLook(at: trial).map {
        SecondLook(first: trial.id, id: $0, second: done[$0])
      }
    }
  }

  /// Trials that the plan doesn't hold: each follows from another's verdict.
  var unplanned: Set<TrialID> {
    Set(secondLooks.map(\.id)).subtracting(header.wholePlan)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// The top of the page: the answer in a sentence, and how sure it is.
struct Overview {
  private let run: RunRecord
  private let summary: Summary
  private let faults: [PairedFault]

  init(_ run: RunRecord, _ faults: [PairedFault]) {
    self.run = run
    summary = Summary(run)
    self.faults = faults
  }

  var view: View {
    let kernels = run.kernelsByAge.map { "Linux \($0.release)" }.joined(separator: ", ")
    return [
      "id": run.header.id, "began": run.header.began, "kernels": kernels,
      "accelerator": run.header.accelerator, "answer": Overview.answer(run, faults).view,
      "rest": Overview.rest(faults).view, "choice": choice,
      "bars": Mechanism.allCases.map(bar), "intervals": intervals, "hasIntervals": isRepeated,
      "hasBars": !faults.isEmpty,
      "outcomes": outcomes, "flakyFailure": summary.flakyFailure ?? "",
      "trials": summary.planned, "withoutControl": withoutControl,
      "duration": summary.seconds.map(duration) ?? "an unknown time",
      "problems": problems, "hasProblems": !problems.isEmpty, "warnings": run.remarks,
    ]
  }

  /// The answer in a sentence, for people who read nothing else.
  static func answer(_ run: RunRecord, _ faults: [PairedFault]) -> Sentence {
    if run.header.suite != nil { return Sentence(SuiteReport.answer(run)) }
    guard !faults.isEmpty else {
      return Sentence(
        "No fault of this run has both twins run and its control met: there is no answer.")
    }
    let count = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
    let parts: [Sentence] = [
      Sentence("As kernel modules, "), harm(.lkm, faults, " of \(count) harmed the kernel"),
      Sentence("; as eBPF programs, "), harm(.bpf, faults, " did"), Sentence("."),
    ]
    return Sentence.join(parts, "")
  }

  /// `57 of 90 faults harmed the kernel (47 crashed it, 10 damaged it), and 26 went unnoticed`.
  private static func harm(_ mechanism: Mechanism, _ faults: [PairedFault], _ words: String)
    -> Sentence
  {
    func count(_ classes: [RulingClass]) -> Sentence {
      Sentence(
        faults.count { classes.contains($0[mechanism]) }, none: "none",
        FilterLink(mechanism, classes))
    }
    func happened(_ rulingClass: RulingClass) -> Bool {
      faults.contains { $0[mechanism] == rulingClass }
    }
    let parts = [RulingClass.crashed, .damaged].filter(happened).map {
      count([$0]) + " \($0.rawValue) it"
    }
    var sentence = count(RulingClass.harmful) + words
    if !parts.isEmpty { sentence = sentence + " (" + Sentence.join(parts, ", ") + ")" }
    if happened(.silent) { sentence = sentence + ", and " + count([.silent]) + " went unnoticed" }
    return sentence
  }

  /// What happened to the others, in a second sentence.
  static func rest(_ faults: [PairedFault]) -> Sentence {
    let parts = [RulingClass.refused, .contained, .none].compactMap { rulingClass -> Sentence? in
      let counts = Mechanism.allCases.map { mechanism in
        faults.count { $0[mechanism] == rulingClass }
      }
      guard counts.contains(where: { $0 > 0 }) else { return nil }
      let words = [("program", "programs"), ("module", "modules")]
      let sides = zip(Mechanism.allCases, zip(counts, words)).map { mechanism, side in
        Sentence(side.0, FilterLink(mechanism, [rulingClass]))
          + " \(side.0 == 1 ? side.1.0 : side.1.1)"
      }
      return Sentence("\(rulingClass.phrase): ") + Sentence.join(sides, ", ")
    }
    return parts.isEmpty ? Sentence("") : Sentence.join(parts, "; ") + "."
  }

  /// How the faults came to be there, so that nobody takes their shares for rates.
  private var choice: String {
    guard !faults.isEmpty else { return "" }
    let mirroring = run.scenarios.count { $0.mirrors?.isEmpty == false }
    let bugs =
      mirroring == 0
      ? ""
      : " \(mirroring) of the \(run.scenarios.count) scenarios name a real bug of the same kind."
    let kernels = Set(faults.map(\.kernel)).count
    let places = kernels > 1 ? " Each counts once on each of \(kernels) kernels." : ""
    return
      "These faults were written for this catalogue, so that a module and a program can both do "
      + "the same job with the same mistake in it. They are chosen, not sampled: their shares are no "
      + "estimate of how often a real bug is stopped." + places + bugs
  }

  /// Its segments are as wide as their shares, to scale.
  private func bar(_ mechanism: Mechanism) -> View {
    let segments = RulingClass.shown.compactMap { rulingClass -> View? in
      let count = faults.count { $0[mechanism] == rulingClass }
      guard count > 0 else { return nil }
      let share = Double(count) * 100 / Double(faults.count)
      return [
        "class": rulingClass.rawValue, "sign": rulingClass.sign, "word": rulingClass.word,
        "count": count, "share": decimal(share, 4),
        // If a segment is too narrow for its text, only the legend has it.
        "isNarrow": share < 5, "isWide": share >= 14,
        "link": FilterLink(mechanism, [rulingClass]).address,
      ]
    }
    return ["mechanism": mechanism.title, "segments": segments]
  }

  private var isRepeated: Bool { run.header.repetitions > 1 && !faults.isEmpty }

  /// How often an armed twin did harm (damaged, crashed, or unnoticed), over all repetitions.
  private var intervals: [View] {
    guard isRepeated else { return [] }
    return Mechanism.allCases.compactMap { mechanism in
      let total = RulingClass.shown.reduce(0) { $0 + summary.count(mechanism, $1) }
      let harmed = [RulingClass.silent, .damaged, .crashed]
        .reduce(0) { $0 + summary.count(mechanism, $1) }
      guard total > 0 else { return nil }
      let interval = Interval(harmed, of: total)
      return [
        "mechanism": mechanism.title, "harmed": harmed, "total": total,
        "share": decimal(Double(harmed) * 100 / Double(total), 1),
        "low": decimal(interval.low * 100, 1), "high": decimal(interval.high * 100, 1),
      ]
    }
  }

  private var outcomes: [View] {
    summary.counts.map { count, word in
      let standing = Standing(rawValue: word)
      return [
        "word": word, "count": count,
        "link": standing.map { FilterLink("outcome", $0.rawValue).address } ?? "",
      ]
    }
  }

  private var withoutControl: String {
    switch summary.faultsWithoutControl {
    case 0: ""
    case 1: "1 fault is left out, because its control is not met or was skipped."
    default:
      "\(summary.faultsWithoutControl) faults are left out, because their controls are not met or "
        + "were skipped."
    }
  }

  /// What needs a reader's attention first.
  private var problems: [View] {
    let problems = run.currentTrials.filter { $0.standing.urgency > 0 && $0.isCounted }
    return problems.sorted { $0.standing.urgency > $1.standing.urgency }.prefix(200).map {
      [
        "scenario": $0.id.scenario, "outcome": $0.standing.rawValue, "trial": $0.id.phrase,
        "verdict": $0.verdict.phrase, "expected": "\($0.expected)",
        "reason": $0.reason ?? "no reason was recorded",
        // The reason of an unmet expectation says both already.
        "saysBoth": $0.reason?.hasPrefix("expected ") == true,
      ]
    }
  }
}

extension RulingClass {
  fileprivate var phrase: String {
    switch self {
    case .refused: "Rejected before one instruction ran"
    case .contained: "contained by a run-time guard"
    case .silent: "unnoticed"
    case .damaged: "damaged the kernel"
    case .crashed: "crashed the kernel"
    case .none: "not decided"
    }
  }
}

extension TrialID {
  /// `kernel module, armed, 6.1, stock, repetition 2`.
  var phrase: String {
    "\(mechanism.title), \(armed ? "armed" : "disarmed"), \(kernel), \(profile)"
      + (repetition > 1 ? ", repetition \(repetition)" : "")
  }
}

extension Verdict {
  /// `oopsed: null-dereference`, `rejected by verifier: policy`.
  var phrase: String {
    let gate = by.map { " by \($0)" } ?? ""
    let finding = kind?.rawValue ?? category?.rawValue
    return ruling.rawValue + gate + (finding.map { ": \($0)" } ?? "")
  }
}

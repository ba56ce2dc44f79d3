import Record
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
    let kernels = run.header.kernels.map { "Linux \($0.release)" }.joined(separator: ", ")
    return [
      "id": run.header.id, "began": run.header.began, "kernels": kernels,
      "accelerator": run.header.accelerator, "answer": Overview.answer(faults),
      "bars": Mechanism.allCases.map(bar), "intervals": intervals, "hasIntervals": isRepeated,
      "outcomes": outcomes, "trials": summary.planned, "withoutControl": withoutControl,
      "duration": summary.seconds.map(duration) ?? "an unknown time",
      "problems": problems, "hasProblems": !problems.isEmpty, "warnings": run.warnings,
    ]
  }

  /// The answer in a sentence or two, for people who read nothing else.
  static func answer(_ faults: [PairedFault]) -> String {
    guard !faults.isEmpty else {
      return "No fault of this run has both twins run and its control met: there is no answer."
    }
    let count = faults.count == 1 ? "1 paired fault" : "\(faults.count) paired faults"
    let sentences = Mechanism.allCases.map { mechanism in
      let parts = RulingClass.shown.compactMap { rulingClass -> String? in
        let number = faults.count { $0[mechanism] == rulingClass }
        return number == 0 ? nil : "\(number) \(rulingClass.ending(number))"
      }
      return "\(mechanism.subject), \(list(parts))."
    }
    return "\(count). \(sentences.joined(separator: " "))"
  }

  private static func list(_ parts: [String]) -> String {
    guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }

  private func bar(_ mechanism: Mechanism) -> View {
    let segments = RulingClass.shown.compactMap { rulingClass -> View? in
      let count = faults.count { $0[mechanism] == rulingClass }
      guard count > 0 else { return nil }
      return [
        "class": rulingClass.rawValue, "sign": rulingClass.sign, "word": rulingClass.word,
        "count": count, "isWide": count * 7 >= faults.count,
        "share": decimal(Double(count) * 100 / Double(faults.count), 2),
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
    let counts = [
      ("met", summary.met), ("unmet", summary.unmet), ("inconclusive", summary.inconclusive),
      ("skipped", summary.skipped), ("not run", summary.remaining),
    ]
    return counts.filter { $0.1 > 0 }.map { ["word": $0.0, "count": $0.1] }
  }

  private var withoutControl: String {
    switch summary.faultsWithoutControl {
    case 0: ""
    case 1: "1 fault is left out, because its control is not met."
    default:
      "\(summary.faultsWithoutControl) faults are left out, because their controls are not met."
    }
  }

  /// What wants a reader's attention first.
  private var problems: [View] {
    let problems = run.currentTrials.filter { $0.outcome == .unmet || $0.outcome == .inconclusive }
    return problems.sorted { $0.outcome == .unmet && $1.outcome != .unmet }.prefix(200).map {
      [
        "scenario": $0.id.scenario, "outcome": $0.outcome.rawValue, "trial": $0.id.phrase,
        "verdict": $0.verdict.phrase, "expected": "\($0.expected)",
        "reason": $0.reason ?? "no reason was recorded",
      ]
    }
  }
}

extension RulingClass {
  /// What happened, behind a number: `8 were refused before they ran`.
  fileprivate func ending(_ count: Int) -> String {
    let (were, they) = count == 1 ? ("was", "it") : ("were", "they")
    return switch self {
    case .refused: "\(were) refused before \(they) ran"
    case .contained: "\(were) contained by a run-time guard"
    case .silent: "went unnoticed"
    case .damaged: "damaged the guest"
    case .crashed: "crashed the guest"
    case .none: "\(were) not decided"
    }
  }
}

extension Mechanism {
  fileprivate var subject: String {
    switch self {
    case .bpf: "As eBPF programs"
    case .lkm: "As kernel modules"
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

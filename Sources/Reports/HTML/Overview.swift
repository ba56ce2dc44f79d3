// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

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
      "accelerator": run.header.accelerator, "answer": Overview.answer(run, faults),
      "rest": Overview.rest(faults),
      "bars": Mechanism.allCases.map(bar), "intervals": intervals, "hasIntervals": isRepeated,
      "outcomes": outcomes, "trials": summary.planned, "withoutControl": withoutControl,
      "duration": summary.seconds.map(duration) ?? "an unknown time",
      "problems": problems, "hasProblems": !problems.isEmpty, "warnings": run.warnings,
    ]
  }

  /// The answer in a sentence, for people who read nothing else.
  static func answer(_ run: RunRecord, _ faults: [PairedFault]) -> String {
    if run.header.suite != nil { return SuiteReport.answer(run) }
    guard !faults.isEmpty else {
      return "No fault of this run has both twins run and its control met: there is no answer."
    }
    let count = faults.count == 1 ? "1 fault" : "\(faults.count) faults"
    let module = harm(.lkm, faults)
    let program = harm(.bpf, faults)
    return "As kernel modules, \(module.count) of \(count) harmed the kernel\(module.how); "
      + "as eBPF programs, \(program.count) did\(program.how)."
  }

  /// `57` and ` (47 crashed it, 10 damaged it)`.
  private static func harm(_ mechanism: Mechanism, _ faults: [PairedFault])
    -> (count: String, how: String)
  {
    let parts = [RulingClass.crashed, .damaged].compactMap { rulingClass -> String? in
      let number = faults.count { $0[mechanism] == rulingClass }
      return number == 0 ? nil : "\(number) \(rulingClass.rawValue) it"
    }
    guard !parts.isEmpty else { return ("none", "") }
    let number = faults.count { [.crashed, .damaged].contains($0[mechanism]) }
    return ("\(number)", " (\(parts.joined(separator: ", ")))")
  }

  /// The results of the others, in a second sentence.
  static func rest(_ faults: [PairedFault]) -> String {
    guard !faults.isEmpty else { return "" }
    let parts = [RulingClass.refused, .contained, .silent, .none].compactMap {
      rulingClass -> String? in
      let counts = [Mechanism.bpf, .lkm].map { mechanism in
        faults.count { $0[mechanism] == rulingClass }
      }
      guard counts.contains(where: { $0 > 0 }) else { return nil }
      let programs = counts[0] == 1 ? "1 program" : "\(counts[0]) programs"
      let modules = counts[1] == 1 ? "1 module" : "\(counts[1]) modules"
      return "\(rulingClass.phrase): \(programs), \(modules)"
    }
    return parts.joined(separator: "; ") + "."
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

  /// What needs a reader's attention first.
  private var problems: [View] {
    let problems = run.currentTrials.filter { $0.outcome == .unmet || $0.outcome == .inconclusive }
    return problems.sorted { $0.outcome == .unmet && $1.outcome != .unmet }.prefix(200).map {
      [
        "scenario": $0.id.scenario, "outcome": $0.outcome.rawValue, "trial": $0.id.phrase,
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
    case .refused: "Refused before one instruction ran"
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

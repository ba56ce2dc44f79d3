// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Scenarios
import Verdicts

/// An armed twin whose verdict is not the same on all kernels of a run.
///
/// Kinds alone make no change: whether a wild access ends as a page fault or as a general protection
/// fault may depend on where the kernel was loaded.
struct KernelChange: Encodable {
  /// Kernels that follow each other and agree.
  struct Step: Encodable {
    var kernels: [String]
    /// Of the oldest of them.
    var release: String
    var verdict: Ruling
    var by: String?
    var category: Category?
    /// `rejected by verifier: policy`.
    var phrase: String

    enum CodingKeys: String, CodingKey { case kernels, release, verdict, by, category }

    func isLike(_ other: Verdict) -> Bool {
      verdict == other.ruling && by == other.by && category == other.category
    }
  }

  /// What the scenario says of it.
  struct Reason: Encodable {
    /// `from 6.12`, `without PREEMPT_COUNT`.
    var range: String
    var because: String
    var commit: String?
  }

  var scenario: String
  var mechanism: Mechanism
  var profile: String
  /// The oldest kernel first.
  var steps: [Step]
  var reasons: [Reason]

  /// The first kernel that doesn't say what the oldest one says.
  var changesOn: String { steps[1].kernels[0] }

  enum CodingKeys: String, CodingKey {
    case scenario, mechanism, profile, steps, reasons
    case changesOn = "changes_on"
  }

  func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(scenario, forKey: .scenario)
    try values.encode(mechanism, forKey: .mechanism)
    try values.encode(profile, forKey: .profile)
    try values.encode(steps, forKey: .steps)
    try values.encode(reasons, forKey: .reasons)
    try values.encode(changesOn, forKey: .changesOn)
  }

  /// In the order of the run's scenarios. What was skipped, or is inconclusive, says nothing.
  static func all(of run: RunRecord) -> [KernelChange] {
    let kernels = run.header.kernels.compactMap { kernel in
      KernelVersion(kernel.release).map { (kernel.name, kernel.release, $0) }
    }.sorted { $0.2 < $1.2 }
    guard kernels.count > 1 else { return [] }
    let telling = run.currentTrials.filter {
      $0.id.armed && $0.outcome != .skipped && $0.verdict.ruling != .inconclusive
    }
    let verdicts = Dictionary(telling.map { (Place($0.id), $0.verdict) }) { first, second in
      let isWorse = first.ruling.rulingClass.severity < second.ruling.rulingClass.severity
      return isWorse ? second : first
    }
    let expectations = Dictionary(
      telling.map { (Place($0.id), $0.expected) }, uniquingKeysWith: { first, _ in first })
    return run.scenarios.flatMap { scenario in
      run.header.profiles.flatMap { profile in
        Mechanism.allCases.compactMap { mechanism -> KernelChange? in
          var steps: [Step] = []
          for (name, release, _) in kernels {
            let place = Place(
              scenario: scenario.name, mechanism: mechanism, kernel: name, profile: profile)
            guard let verdict = verdicts[place] else { continue }
            if steps.last?.isLike(verdict) == true {
              steps[steps.count - 1].kernels.append(name)
            } else {
              steps.append(Step(name, release, verdict))
            }
          }
          guard steps.count > 1 else { return nil }
          // What is declared for none of these kernels explains nothing here.
          let expected = kernels.compactMap { name, _, _ in
            expectations[
              Place(scenario: scenario.name, mechanism: mechanism, kernel: name, profile: profile)]
          }
          let declared = (scenario.twins[mechanism].kernels ?? []).filter { item in
            (item.profile ?? profile) == profile
              && expected.contains {
                $0.verdict == item.expectation.verdict && $0.kinds == item.expectation.kinds
              }
          }
          return KernelChange(
            scenario: scenario.name, mechanism: mechanism, profile: profile, steps: steps,
            reasons: declared.map {
              Reason(range: $0.range, because: $0.expectation.because, commit: $0.commit)
            })
        }
      }
    }
  }

  private struct Place: Hashable {
    var scenario: String
    var mechanism: Mechanism
    var kernel: String
    var profile: String

    init(scenario: String, mechanism: Mechanism, kernel: String, profile: String) {
      self.scenario = scenario
      self.mechanism = mechanism
      self.kernel = kernel
      self.profile = profile
    }

    init(_ id: TrialID) {
      self.init(
        scenario: id.scenario, mechanism: id.mechanism, kernel: id.kernel, profile: id.profile)
    }
  }
}

extension KernelChange.Step {
  fileprivate init(_ kernel: String, _ release: String, _ verdict: Verdict) {
    self.init(
      kernels: [kernel], release: release, verdict: verdict.ruling, by: verdict.by,
      category: verdict.category, phrase: verdict.phrase(armed: true))
  }
}

extension KernelChange {
  /// For the terminal: the twin, a line for each step, and the scenario's reasons.
  func lines(width: Int) -> [StyledText] {
    let names = steps.map { $0.kernels.joined(separator: ", ") }
    let margin = (names.map(DisplayText.width).max() ?? 0) + 2
    let twin = StyledText(scenario, .bold) + StyledText(", \(mechanism.title), \(profile)")
    var lines = [twin]
    for (name, step) in zip(names, steps) {
      lines.append(
        StyledText("  " + DisplayText.pad(name, to: margin))
          + StyledText(
            "\(step.verdict.rulingClass.sign) \(step.phrase)", step.verdict.rulingClass.style))
    }
    for reason in reasons {
      let text = "\(reason.range): \(reason.because)" + (reason.commit.map { " (\($0))" } ?? "")
      lines += DisplayText.lines(of: text, to: width - 4)
        .map { StyledText("    \($0)", .dim) }
    }
    return lines
  }

  /// For the page.
  var view: View {
    [
      "scenario": scenario, "mechanism": mechanism.title, "profile": profile,
      "changesOn": changesOn,
      "steps": steps.map {
        [
          "kernels": $0.kernels.joined(separator: ", "), "class": $0.verdict.rulingClass.rawValue,
          "sign": $0.verdict.rulingClass.sign, "verdict": $0.phrase,
        ] as View
      },
      "reasons": reasons.map {
        [
          "range": $0.range, "because": Prose.view($0.because), "commit": $0.commit ?? "",
          "address": $0.commit.map(Reference.commit) ?? "",
        ] as View
      },
    ]
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Record
import Verdicts
import Wire

/// The declared result of a program of the verifier's self-tests, compared with the actual one.
package struct SelftestExpectation: ItemExpectation {
  var mode: SelftestSpec.Mode
  /// Why a different result is known here, by the name of the check.
  var known: [String: String] = [:]

  package init(mode: SelftestSpec.Mode, known: [String: String] = [:]) {
    self.mode = mode
    self.known = known
  }

  package enum CheckName {
    package static let load = "load"
    package static let messages = "messages"
    package static let rewritten = "rewritten code"
    package static let returns = "return value"
    package static let all = [load, messages, rewritten, returns]
  }

  package func weigh(_ record: TrialRecord, _ remains: TrialRemains) -> OutcomeDecision {
    var checks = [TrialRecord.Check(CheckName.load, difference: loadDifference(record))]
    if checks[0].agrees {
      if !mode.messages.isEmpty {
        checks.append(
          .init(
            CheckName.messages,
            difference: ExpectedMessage.missing(mode.messages, in: remains.verifierLog)))
      }
      if !mode.fails { checks += afterLoad(record, remains) }
    }
    let wrong = checks.filter { !$0.agrees }
    guard !wrong.isEmpty else { return OutcomeDecision(.met, checks: checks) }
    let differences = wrong.map { "\($0.what): \($0.difference ?? "")" }
    let reasons = wrong.compactMap { known[$0.what] }
    guard reasons.count == wrong.count else {
      return OutcomeDecision(
        .unmet, differences.joined(separator: "; "), checks: checks)
    }
    return OutcomeDecision(
      .skipped,
      "disagrees (\(differences.joined(separator: "; "))), as explained: "
        + reasons.joined(separator: "; "), checks: checks)
  }

  private func afterLoad(
    _ record: TrialRecord, _ remains: TrialRemains
  ) -> [TrialRecord.Check] {
    var checks: [TrialRecord.Check] = []
    if !mode.rewritten.isEmpty {
      let dump = remains.tools.first { $0.name == ToolOutput.rewritten }?.bytes ?? []
      checks.append(
        .init(
          CheckName.rewritten,
          difference: ExpectedMessage.missing(
            mode.rewritten, in: Array(InstructionDump.text(dump).utf8))))
    }
    if let returns = mode.returns {
      checks.append(
        .init(CheckName.returns, difference: difference(returns, record.observed, remains)))
    }
    return checks
  }

  private func loadDifference(_ record: TrialRecord) -> String? {
    switch record.verdict.ruling {
    case .rejected:
      let said = record.reason ?? record.verdict.title ?? "no reason was told"
      guard mode.fails else {
        return "it is refused by \(record.verdict.by ?? "somebody"): \(said)"
      }
      // libbpf's message for the kernel's refusal (libbpf.c, bpf_object_load_prog).
      guard record.verdict.by == Gate.verifier.rawValue || said.contains("BPF program load failed")
      else { return "it never came as far as the kernel: \(said)" }
      return nil
    case .survived, .contained:
      return mode.fails ? "it loads, and was to be refused" : nil
    default:
      let title = record.verdict.title.map { " (\($0))" } ?? ""
      return "the guest's kernel is \(record.verdict.ruling.rawValue)\(title)"
    }
  }

  private func difference(
    _ returns: SelftestSpec.Returns, _ observed: Int64?, _ remains: TrialRemains
  ) -> String? {
    guard let observed else {
      return remains.steps.last { $0.hasPrefix("run failed") } ?? "it returned nothing"
    }
    guard case .value(let value) = returns, Int64(value) != observed else { return nil }
    return "it returns \(observed), not \(value)"
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Record
import Verdicts

/// A run for programs; `docs/schema/report-1.json` describes it.
public enum JSONReport {
  private struct Report: Encodable {
    /// The version of the report's format.
    let schema = 1
    let run: RunHeader
    /// In the order in which they ended; retried ones are marked `superseded`.
    let trials: [TrialRecord]
    /// Only if a fault went unnoticed.
    let secondLooks: [Look]?
    /// Only of a run on several kernels.
    let kernelChanges: [KernelChange]?
    let summary: Summary
    /// Only of a suite's run.
    let agreement: SuiteAgreement?
    /// Only of a run of mutants, by kernel.
    let campaign: [CampaignFigures]?
    /// Only of what was tried.
    let matrix: MatrixJSON?

    enum CodingKeys: String, CodingKey {
      case schema, run, trials, summary, agreement, campaign, matrix
      case kernelChanges = "kernel_changes"
      case secondLooks = "second_looks"
    }
  }

  /// One fault that went unnoticed, and what the second look says.
  private struct Look: Encodable {
    let scenario: String
    let mechanism: Mechanism
    let kernel: String
    let repetition: Int
    let profile: String
    let secondProfile: String
    let seen: Bool?
    let says: String

    enum CodingKeys: String, CodingKey {
      case scenario, mechanism, kernel, repetition, profile, seen, says
      case secondProfile = "second_profile"
    }

    init(_ look: SecondLook) {
      scenario = look.first.scenario
      mechanism = look.first.mechanism
      kernel = look.first.kernel
      repetition = look.first.repetition
      profile = look.first.profile
      secondProfile = look.id.profile
      seen = look.seen
      says = "survived: \(look.sentence)"
    }
  }

  /// - Throws: `EncodingError` for a number that JSON doesn't have.
  public static func render(_ run: RunRecord) throws -> String {
    let looks = run.secondLooks
    let figures = CampaignFigures.all(of: run)
    let report = Report(
      run: run.header, trials: run.settledTrials,
      secondLooks: looks.isEmpty ? nil : looks.map(Look.init),
      kernelChanges: run.header.kernels.count > 1 ? KernelChange.all(of: run) : nil,
      summary: Summary(run),
      agreement: run.header.suite == nil ? nil : SuiteAgreement(run),
      campaign: figures.isEmpty ? nil : figures,
      matrix: run.header.tried == nil ? nil : MatrixJSON(TriedMatrix(run)))
    return try JSONText.render(report)
  }
}

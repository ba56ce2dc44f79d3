// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How far a suite's items agree with their results, check by check.
public struct SuiteAgreement: Codable, Sendable, Equatable {
  public struct Share: Codable, Sendable, Equatable {
    /// `load`, `messages`.
    public var check: String
    /// Items that say something of it, and were judged.
    public var held: Int
    public var agree: Int
    /// Those among the others for which the reason is known.
    public var explained: Int

    /// In percent.
    public var percent: Double { held == 0 ? 0 : Double(agree) * 100 / Double(held) }
  }

  public struct LeftOut: Codable, Sendable, Equatable {
    public var reason: String
    public var items: Int
  }

  /// In the order in which they are made.
  public var shares: [Share]
  /// Items that were not judged, by reason, the most frequent first.
  public var leftOut: [LeftOut]

  enum CodingKeys: String, CodingKey {
    case shares
    case leftOut = "left_out"
  }

  public init(_ run: RunRecord) {
    var shares: [Share] = []
    var reasons: [String: Int] = [:]
    for trial in run.currentTrials where trial.isCounted {
      if trial.outcome == .skipped, trial.checks.isEmpty {
        reasons[trial.reason ?? "no reason was recorded", default: 0] += 1
      }
      for check in trial.checks {
        let index = shares.firstIndex { $0.check == check.what } ?? shares.endIndex
        if index == shares.endIndex {
          shares.append(Share(check: check.what, held: 0, agree: 0, explained: 0))
        }
        shares[index].held += 1
        if check.agrees { shares[index].agree += 1 }
        if !check.agrees, trial.outcome == .skipped { shares[index].explained += 1 }
      }
    }
    self.shares = shares
    leftOut = reasons.map { LeftOut(reason: $0.key, items: $0.value) }
      .sorted { ($1.items, $0.reason) < ($0.items, $1.reason) }
  }
}

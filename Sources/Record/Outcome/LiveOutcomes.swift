// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The outcomes of a run in progress, for a display: an armed trial that was not as expected waits
/// for its control, since it is skipped if the control fails.
public struct LiveOutcomes: Sendable {
  /// Whether trials have controls: those of a suite don't.
  private let isPaired: Bool
  private var controls: [LackRule.Twin: TrialRecord] = [:]
  private var waiting: [LackRule.Twin: [TrialRecord]] = [:]

  public init(isPaired: Bool = true) {
    self.isPaired = isPaired
  }

  /// What can be shown now that a trial has ended, with the outcomes that hold.
  public mutating func add(_ record: TrialRecord) -> [TrialRecord] {
    let twin = LackRule.Twin(record.id)
    if !record.id.armed {
      controls[twin] = record
      return [record] + (waiting.removeValue(forKey: twin) ?? []).map { settled($0) }
    }
    guard isPaired, record.outcome != .met, controls[twin] == nil else { return [settled(record)] }
    waiting[twin, default: []].append(record)
    return []
  }

  /// Those whose control has not run: a resumed run has it from before.
  public mutating func rest() -> [TrialRecord] {
    defer { waiting = [:] }
    return waiting.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  private func settled(_ record: TrialRecord) -> TrialRecord {
    let control = controls[LackRule.Twin(record.id)]
    return LackRule.settled(record, lack: LackRule.lack(of: control.map { [$0] } ?? []))
  }
}

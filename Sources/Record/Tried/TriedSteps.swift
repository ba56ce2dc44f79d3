// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// How far an object came, read from the record of its trial.
public struct TriedSteps: Sendable, Equatable {
  public struct Item: Sendable, Equatable {
    public var step: TriedStep
    public var answer: TriedStep.Answer
  }

  /// In order; without those that don't apply, or never had their turn.
  public private(set) var items: [Item] = []
  /// The programs that were attached, and that the kernel counted no run of.
  public private(set) var neverFired: [ProgramRecord] = []

  public subscript(step: TriedStep) -> TriedStep.Answer? {
    items.first { $0.step == step }?.answer
  }

  /// The first step that failed.
  public var failed: TriedStep? { items.first { $0.answer == .no }?.step }

  /// The last step that succeeded before one failed or nothing more was seen.
  public var reached: TriedStep? {
    items.prefix { $0.answer != .no }.last { $0.answer == .yes }?.step
  }

  public init(_ record: TrialRecord) {
    let mechanism = record.id.mechanism
    let gate = record.verdict.ruling == .rejected ? record.verdict.by.flatMap(Gate.init) : nil
    // An object was compiled elsewhere.
    let wasCompiled = gate == .compiler || record.tried?.compiler != nil
    let steps = TriedStep.all(of: mechanism).filter { $0 != .compiles || wasCompiled }
    if record.verdict.ruling == .inconclusive {
      items = wasCompiled && record.started != nil ? [Item(step: .compiles, answer: .yes)] : []
    } else if let gate {
      let words = [record.verdict.title, record.reason].compactMap(\.self).joined(separator: "\n")
      let refused = TriedStep.refused(by: gate, mechanism, words)
      let before = steps.prefix { $0 != refused && $0 != .fires }
      items =
        before.map { Item(step: $0, answer: .yes) } + [Item(step: refused, answer: .no)]
    } else {
      if mechanism == .bpf { neverFired = Self.neverFired(record) }
      items = steps.compactMap { step in
        Self.answer(step, record).map { Item(step: step, answer: $0) }
      }
    }
  }

  private static func neverFired(_ record: TrialRecord) -> [ProgramRecord] {
    record.programs.filter { $0.loaded == true && $0.attached != nil && $0.ran == .no }
  }

  /// Of an object that no gate refused; nil if the step doesn't apply.
  private static func answer(_ step: TriedStep, _ record: TrialRecord) -> TriedStep.Answer? {
    let progress = Progress(record)
    switch step {
    case .compiles: return .yes
    case .opens, .relocates, .verifies, .loads, .initialises:
      return progress > .loading ? .yes : .unknown
    case .attaches:
      let loaded = record.programs.filter { $0.loaded == true }
      guard progress > .attaching else { return .unknown }
      return !loaded.isEmpty && loaded.allSatisfy { $0.attached == nil } ? .no : .yes
    case .fires: return progress > .attaching ? fires(record) : .unknown
    case .detaches, .unloads:
      if record.verdict.title == cannotBeUnloaded { return .no }
      return progress == .through ? .yes : .unknown
    case .quiet:
      return [.damaged, .crashed].contains(record.verdict.ruling.rulingClass) ? .no : .yes
    }
  }

  /// As the judge calls it.
  private static let cannotBeUnloaded = "memory-leak: the twin cannot be unloaded"

  private static func fires(_ record: TrialRecord) -> TriedStep.Answer? {
    if record.verdict.ruling == .notRun { return .no }
    guard record.id.mechanism == .bpf else {
      // One with nothing to call has nothing to fire, and not every kernel counts.
      if record.functions.isEmpty { return nil }
      return record.functions.contains { $0.calls > 0 } ? .yes : .unknown
    }
    let attached = record.programs.filter { $0.loaded == true && $0.attached != nil }
    if attached.contains(where: { $0.ran == .no }) { return .no }
    return !attached.isEmpty && attached.allSatisfy { $0.ran == .yes } ? .yes : .unknown
  }

  /// How far the agent came with an object that no gate refused.
  private enum Progress: Int, Comparable {
    case loading, attaching, working, unloading, through

    init(_ record: TrialRecord) {
      let isWhole = ![.damaged, .crashed].contains(record.verdict.ruling.rulingClass)
      switch record.tried?.stage {
      case _ where isWhole: self = .through
      case "load": self = .loading
      case "attach": self = .attaching
      case "workload", "test run", "observe": self = .working
      case "unload":
        self = record.verdict.ruling.rulingClass == .crashed ? .unloading : .through
      // Programs are listed once they are attached.
      default: self = record.programs.contains { $0.loaded == true } ? .working : .loading
      }
    }

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }
}

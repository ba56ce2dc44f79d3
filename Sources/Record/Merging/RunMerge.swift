// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import Verdicts

/// The parts of a run, put together as if it had never been cut.
///
/// A part that was done twice counts once: of each trial the result of the more complete one. If two
/// executions of a trial have different results, and the scenario doesn't leave that to chance, both are
/// kept, the second as a further repetition, and both are unmet.
public struct RunMerge {
  /// A trial's record, and where its evidence is.
  struct Kept {
    var record: TrialRecord
    /// The part's run directory, and the folder in it; nil without evidence.
    var source: (path: String, folder: String)?
  }

  /// What the merged run lacks, and how to get it.
  public struct Gap: Sendable, Equatable {
    /// The part's index.
    public var part: Int
    /// Its directory; nil if it was not given.
    public var path: String?
    /// The command line that fetches it, without the program's name.
    public var command: [String]

    public init(part: Int, path: String?, command: [String]) {
      (self.part, self.path, self.command) = (part, path, command)
    }
  }

  public private(set) var header: RunHeader
  /// What a reader should know of the parts: warnings, repeated parts, conflicts.
  public private(set) var notes: [String] = []
  let parts: [RunPart]
  private(set) var kept: [Kept] = []
  private var conflicts: [RunHeader.Merged.Conflict] = []

  /// - Parameter paths: run directories of parts, in any order.
  /// - Throws: ``MergeError``, ``RunDirectoryError``, ``SystemFailure``, `InvalidScenario`.
  public init(_ paths: [String]) throws {
    let given = try paths.map(RunPart.init)
    for part in given.dropFirst() {
      if let difference = try part.difference(from: given[0]) {
        throw MergeError.different(part.path, from: given[0].path, because: difference)
      }
    }
    parts = given.enumerated().sorted { left, right in
      (left.element.shard.index, left.element.missing, left.offset)
        < (right.element.shard.index, right.element.missing, right.offset)
    }.map(\.element)
    header = Self.header(of: parts)
    notes = Self.notes(on: parts)
    collect()
    if !conflicts.isEmpty { header.merged?.conflicts = conflicts }
  }

  private static func header(of parts: [RunPart]) -> RunHeader {
    var header = parts[0].header
    header.id = RunDirectory.makeID()
    header.began = parts.map(\.header.began).min() ?? header.began
    header.command = PartCommand.whole(header.command)
    header.shard = nil
    header.trials = parts[0].shard.plan
    // They run side by side.
    let seconds = parts.map(\.header.seconds)
    header.seconds = seconds.contains(nil) ? nil : seconds.compactMap(\.self).max()
    for part in parts { header.versions.merge(part.header.versions) { first, _ in first } }
    header.merged = .init(
      count: parts[0].shard.count, inputs: parts[0].shard.inputs,
      parts: parts.map {
        .init(
          index: $0.shard.index, run: $0.header.id, began: $0.header.began,
          host: $0.header.host.name, seconds: $0.header.seconds)
      })
    return header
  }

  private static func notes(on parts: [RunPart]) -> [String] {
    var notes = parts.flatMap(\.record.warnings)
    for part in parts where !part.lost.isEmpty {
      notes.append(
        "\(part.path): the evidence of \(part.lost.count) trials is missing, so they count as not run"
      )
    }
    for (first, part) in zip(parts, parts.dropFirst()) where first.shard.index == part.shard.index {
      notes.append(
        "part \(part.shard.index) is there twice: \(first.path) counts, and \(part.path) only for what "
          + "that one lacks")
    }
    return notes
  }

  // MARK: Trials

  private mutating func collect() {
    let chance = Set(
      parts[0].record.scenarios.filter { $0.repeat != nil }.map(\.name))
    for trial in header.trials {
      let results = results(of: trial)
      guard let first = results.first else { continue }
      let others = trial.armed && chance.contains(trial.scenario) ? [] : Array(results.dropFirst())
      let reason = others.isEmpty ? nil : Self.conflict(results)
      keep(trial, of: first.part, unmetBecause: reason)
      for other in others { keepBeside(trial, of: other.part, unmetBecause: reason) }
    }
  }

  /// The different results of a trial, those of the first part that has one first. An inconclusive one
  /// counts only if there is no other.
  private func results(of trial: TrialID) -> [(part: RunPart, record: TrialRecord)] {
    let all = parts.compactMap { part in part.result(of: trial).map { (part: part, record: $0) } }
    let conclusive = all.filter { $0.record.outcome != .inconclusive }
    return (conclusive.isEmpty ? Array(all.prefix(1)) : conclusive).reduce(into: []) { kept, next in
      if !kept.contains(where: { $0.record.agrees(with: next.record) }) { kept.append(next) }
    }
  }

  private static func conflict(_ results: [(part: RunPart, record: TrialRecord)]) -> String {
    "two parts have different results: "
      + results.map { "\($0.record.result) in \($0.part.header.id)" }.joined(separator: ", ")
  }

  /// Keeps a trial's records, those of its retries, and those of the second look at it.
  private mutating func keep(
    _ trial: TrialID, as name: TrialID? = nil, of part: RunPart, unmetBecause reason: String?
  ) {
    add(trial, as: name ?? trial, of: part, unmetBecause: reason)
    keepRetries(of: trial, in: part, isConflict: reason != nil)
    guard let result = part.result(of: trial), var look = part.retries.secondLook(at: result),
      !header.trials.contains(look)
    else { return }
    let own = look
    look.repetition = (name ?? trial).repetition
    add(own, as: look, of: part, unmetBecause: nil)
    keepRetries(of: own, in: part, isConflict: reason != nil)
  }

  /// Of a trial with two results, retries are repetitions like any other: who reads the run can't tell
  /// which of the results they follow.
  private mutating func keepRetries(of trial: TrialID, in part: RunPart, isConflict: Bool) {
    for retry in part.retries.retries(of: trial) where part.trials[retry] != nil {
      let name = isConflict ? addToPlan(retry, isRetry: true) : retry
      add(retry, as: name, of: part, unmetBecause: nil)
    }
  }

  /// A repetition that the plan didn't have, beyond those of all retries.
  private mutating func addToPlan(_ trial: TrialID, isRetry: Bool) -> TrialID {
    var name = trial
    name.repetition = max(
      trial.repetition, header.repetitions * ((header.retryUnmet ?? 0) + 1) + 1)
    let taken = Set(header.trials)
    while taken.contains(name) { name.repetition += 1 }
    header.trials.append(name)
    conflicts.append(.init(trial: name, of: trial, isRetry: isRetry))
    return name
  }

  /// Keeps a trial's second result as a repetition that the plan doesn't have.
  private mutating func keepBeside(
    _ trial: TrialID, of part: RunPart, unmetBecause reason: String?
  ) {
    let name = addToPlan(trial, isRetry: false)
    notes.append("\(trial.folderName): \(reason ?? ""); both are kept, and are unmet")
    keep(trial, as: name, of: part, unmetBecause: reason)
  }

  private mutating func add(
    _ trial: TrialID, as name: TrialID, of part: RunPart, unmetBecause reason: String?
  ) {
    var folders = 0
    for var record in part.trials[trial] ?? [] {
      record.id = name
      var source: (String, String)?
      if let folder = record.evidenceDirectory {
        folders += 1
        source = (part.path, folder)
        record.evidenceDirectory =
          "evidence/\(name.folderName)" + (folders == 1 ? "" : ".try\(folders)")
      }
      if let reason, !record.superseded { (record.outcome, record.reason) = (.unmet, reason) }
      kept.append(Kept(record: record, source: source))
    }
  }

  // MARK: What is missing

  /// The parts that lack trials, in the order of their indices.
  public var gaps: [Gap] {
    let done = Set(kept.map(\.record.id))
    let open = Set(header.trials.filter { !done.contains($0) })
    var gaps: [Gap] = []
    var seen: Set<Int> = []
    for part in parts where seen.insert(part.shard.index).inserted {
      guard part.missing > 0, !isFilled(part, done) else { continue }
      // What is recorded there without evidence isn't run again there, and a try has no --resume.
      let command =
        part.lost.isEmpty && part.header.tried == nil
        ? ["run", "--resume", part.path]
        : PartCommand.part(part.shard.index, of: part.header)
      gaps.append(Gap(part: part.shard.index, path: part.path, command: command))
    }
    let known = Set(parts.flatMap(\.header.trials))
    guard !open.isSubset(of: known) else { return gaps }
    for index in 1...parts[0].shard.count where !seen.contains(index) {
      let command = PartCommand.part(index, of: parts[0].header)
      gaps.append(Gap(part: index, path: nil, command: command))
    }
    return gaps.sorted { $0.part < $1.part }
  }

  /// Whether another execution of the part has what this one lacks.
  private func isFilled(_ part: RunPart, _ done: Set<TrialID>) -> Bool {
    part.record.remainingTrials.allSatisfy(done.contains) && part.lost.allSatisfy(done.contains)
  }
}

extension TrialRecord {
  /// Whether another execution of the same trial came to the same.
  fileprivate func agrees(with other: TrialRecord) -> Bool {
    verdict.ruling == other.verdict.ruling && verdict.by == other.verdict.by
      && verdict.kind == other.verdict.kind && verdict.category == other.verdict.category
      && observed == other.observed && outcome == other.outcome
  }

  /// `oopsed (null-dereference), met`.
  fileprivate var result: String {
    let what = verdict.kind?.rawValue ?? verdict.category?.rawValue
    return verdict.ruling.rawValue + (verdict.by.map { " by \($0)" } ?? "")
      + (what.map { " (\($0))" } ?? "") + (observed.map { ", observed \($0)" } ?? "")
      + ", \(outcome.rawValue)"
  }
}

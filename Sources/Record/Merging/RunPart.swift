// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// A run directory that is a part of a run, read for a merge.
struct RunPart {
  let path: String
  let record: RunRecord
  let shard: RunHeader.Shard
  /// What happened in each trial: those that the laboratory failed first, then the one that counts.
  /// Without those whose evidence is gone: without evidence there is no verdict.
  let trials: [TrialID: [TrialRecord]]
  /// Trials that have a record and no evidence.
  let lost: [TrialID]
  let retries: RetryRule

  /// - Throws: ``MergeError``, ``RunDirectoryError``, ``SystemFailure``, `InvalidScenario`.
  init(_ path: String) throws {
    let record = try RunDirectory.readAtRest(path)
    guard let shard = record.header.shard else { throw MergeError.noPart(path) }
    self.path = path
    self.record = record
    self.shard = shard
    retries = RetryRule(record.header)
    try Self.check(record, shard, retries, path)
    let evidence = RunEvidence(path: path)
    var trials: [TrialID: [TrialRecord]] = [:]
    var lost: [TrialID] = []
    for trial in record.trials {
      if try !evidence.isThere(for: trial) {
        if !trial.superseded { lost.append(trial.id) }
      } else {
        trials[trial.id, default: []].append(trial)
      }
    }
    self.trials = trials.filter { $0.value.contains { !$0.superseded } }
    self.lost = lost
  }

  var header: RunHeader { record.header }

  /// The record that counts.
  func result(of trial: TrialID) -> TrialRecord? { trials[trial]?.last { !$0.superseded } }

  /// Trials of its plan, and second looks at them, that it has no result of.
  var missing: Int { record.remainingTrials.count + lost.count }

  /// A part has trials of the whole plan, and second looks at its own; nothing else.
  private static func check(
    _ record: RunRecord, _ shard: RunHeader.Shard, _ retries: RetryRule, _ path: String
  ) throws {
    let planned = Set(shard.plan)
    guard planned.count == shard.plan.count else {
      throw MergeError.contradictory(path, "its plan has a trial twice")
    }
    let own = Set(record.header.trials)
    guard own.isSubset(of: planned) else {
      throw MergeError.contradictory(path, "it has trials that the whole plan doesn't have")
    }
    let looks = Set(record.trials.compactMap(retries.secondLook))
    let known = own.union(looks)
    for trial in record.trials where !known.contains(retries.origin(of: trial.id) ?? trial.id) {
      throw MergeError.contradictory(path, "\(trial.id.folderName) is not a trial of this part")
    }
  }

  /// Why this is not a part of the same run as another; nil if it is.
  ///
  /// - Throws: ``RunDirectoryError``, ``SystemFailure``, `UnreadableFile`.
  func difference(from other: RunPart) throws -> String? {
    if let difference = headerDifference(from: other) { return difference }
    for scenario in record.scenarios.map(\.name) {
      let (own, others) = (RunEvidence(path: path), RunEvidence(path: other.path))
      guard try own.sources(scenario) == others.sources(scenario) else {
        return "the files of \(scenario) differ"
      }
    }
    return nil
  }

  private func headerDifference(from other: RunPart) -> String? {
    let (own, others) = (header, other.header)
    if shard.program != other.shard.program {
      return "one was made by version \(other.shard.program), the other by \(shard.program)"
    }
    if shard.count != other.shard.count {
      return "one run was cut into \(other.shard.count) parts, the other into \(shard.count)"
    }
    if let difference = Self.kernelDifference(own, others) { return difference }
    if own.profiles != others.profiles { return "their profiles differ" }
    if record.scenarios.map(\.name) != other.record.scenarios.map(\.name) {
      return "their scenarios differ"
    }
    if shard.plan != other.shard.plan { return "their plans differ" }
    if own.accelerator != others.accelerator {
      return "one ran under \(others.accelerator), the other under \(own.accelerator); name one "
        + "for all parts with --accelerator"
    }
    for (name, version) in own.versions.sorted(by: { $0.key < $1.key }) {
      if let theirs = others.versions[name], theirs != version {
        return "\(name) is \(theirs) in one and \(version) in the other"
      }
    }
    // The digest has more than the header shows.
    guard shard.inputs == other.shard.inputs else {
      return "their inputs differ: scenarios, profiles, options, or the run that --balance named"
    }
    return nil
  }

  private static func kernelDifference(_ own: RunHeader, _ others: RunHeader) -> String? {
    guard own.kernels.map(\.name) == others.kernels.map(\.name) else {
      return "their kernels differ"
    }
    for (mine, theirs) in zip(own.kernels, others.kernels) {
      if (mine.obstacle == nil) != (theirs.obstacle == nil) {
        let reason = mine.obstacle ?? theirs.obstacle ?? ""
        return "kernel \(mine.name) could be used in only one of them (\(reason)); run the other "
          + "part again"
      }
      let (name, other) = (mine.exactName, theirs.exactName)
      if name != other {
        return "kernel \(mine.name) is \(other) in one and \(name) in the other"
      }
      if mine.accelerator != theirs.accelerator {
        return "the guests of kernel \(mine.name) had different accelerators; name one for all "
          + "parts with --accelerator"
      }
    }
    return nil
  }
}

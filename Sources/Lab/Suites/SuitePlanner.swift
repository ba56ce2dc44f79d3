// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import Machine
import Record
import Scenarios

/// A suite's items on the kernels of a run, and the trials that they become.
struct SuitePlan: Sendable {
  var header: RunHeader.Suite
  /// By kernel and name.
  var items: [String: [String: SuiteItem]] = [:]
  var trials: [TrialID] = []
}

/// Makes suites, and plans their trials on the kernels of a run.
struct SuitePlanner {
  let preparation: Preparation

  /// Makes a suite's items, and the machines that they need.
  ///
  /// - Parameters:
  ///   - prepared: the kernels; their machines are added.
  ///   - absent: of several kernels, those that can't be used are added, each with the reason; their
  ///     trials are in the plan as far as their items could be made.
  /// - Throws: ``LabError`` if no item is selected, or the suite can't be judged there.
  func plan(
    _ suite: any Suite, _ choice: SuiteChoice, _ entries: [KnownKernel],
    _ prepared: inout [String: PreparedKernel], _ absent: inout [String: RunHeader.Kernel],
    _ profiles: [Profile], repetitions: Int
  ) async throws -> SuitePlan {
    if choice.name == .mutants, entries.count > 1 {
      throw LabError("The suite mutants runs on one kernel at a time: name one with --kernel.")
    }
    var plan = SuitePlan(header: suite.header)
    plan.header.patterns = choice.patterns
    for entry in entries {
      guard var kernel = prepared[entry.name] else { continue }
      do {
        let made = try await suite.items(on: kernel)
        let items = try Self.select(choice, from: made.items)
        plan.header.about += made.about.filter { !plan.header.about.contains($0) }
        plan.header.campaign = made.campaign ?? plan.header.campaign
        plan.items[entry.name] = Dictionary(
          items.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        plan.header.digests[entry.name] = Digest.of(
          items.map { "\($0.name) \($0.identity)" }.joined(separator: "\n"))
        plan.trials += Self.trials(of: items, on: entry.name, profiles, repetitions: repetitions)
        try await preparation.addMachines(to: &kernel, profiles, for: items.map(\.scenario))
        prepared[entry.name] = kernel
      } catch {
        try preparation.leaveOut(entry, of: entries, error, &absent)
      }
    }
    return plan
  }

  private static func trials(
    of items: [SuiteItem], on kernel: String, _ profiles: [Profile], repetitions: Int
  ) -> [TrialID] {
    profiles.flatMap { profile in
      items.flatMap { item in
        (1...repetitions).map {
          TrialID(
            scenario: item.name, mechanism: item.mechanism, armed: true, kernel: kernel,
            profile: profile.name, repetition: $0)
        }
      }
    }
  }

  /// The items that any of the patterns names: a name, one with `*` and `?`, or the part of names
  /// before the dot.
  private static func select(_ choice: SuiteChoice, from items: [SuiteItem]) throws -> [SuiteItem] {
    guard !choice.patterns.isEmpty else { return items }
    var chosen: Set<String> = []
    for pattern in choice.patterns {
      let found = items.map(\.name).filter {
        NamePattern.matches($0, pattern) || $0.hasPrefix(pattern + ".")
      }
      guard !found.isEmpty else {
        throw LabError("The suite \(choice.name.rawValue) has no item \"\(pattern)\".")
      }
      chosen.formUnion(found)
    }
    return items.filter { chosen.contains($0.name) }
  }

  /// The same items again for a resumed run.
  ///
  /// - Throws: ``LabError`` if they differ from those when the run began.
  func replan(
    _ then: RunHeader.Suite, _ entries: [KnownKernel], _ prepared: inout [String: PreparedKernel],
    _ profiles: [Profile], of run: String
  ) async throws -> SuitePlan {
    guard let name = SuiteChoice.Name(rawValue: then.name) else {
      throw LabError("\(run) is of a suite \(then.name) that this version doesn't know.")
    }
    var choice = SuiteChoice(name: name, source: then.source, patterns: then.patterns)
    if let campaign = then.campaign {
      (choice.operators, choice.sample) = (campaign.operators, campaign.sample)
      choice.seed = campaign.seed
    }
    var absent: [String: RunHeader.Kernel] = [:]
    let plan = try await plan(
      try suite(choice), choice, entries, &prepared, &absent, profiles, repetitions: 1)
    // The record's facts about its kernels stay as they were.
    if let kernel = absent.values.first {
      throw LabError("Kernel \(kernel.name) can't be used now: \(kernel.obstacle ?? "")")
    }
    for (kernel, digest) in plan.header.digests where then.digests[kernel] != digest {
      throw LabError(
        "The items of \(then.name) on kernel \(kernel) are others than when \(run) began: its "
          + "trials would not be of one run. Start a new one with ./panicroom run.")
    }
    return plan
  }
}

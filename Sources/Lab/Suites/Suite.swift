// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Record
import Scenarios
import Trials
import Verdicts
import Wire

/// A set of items from elsewhere, each with its expected result: run instead of the catalogue, as
/// an independent check on the laboratory.
///
/// A suite yields items, and an item becomes one trial in an ordinary run directory: armed, without
/// control, named by the item.
protocol Suite: Sendable {
  /// What the record says of the suite; its patterns and digests are filled in by the laboratory.
  var header: RunHeader.Suite { get }
  /// The kernel to use if none is named; nil for the default one.
  var kernel: String? { get }
  /// The profile to use if none is named; nil for the default ones.
  var profile: String? { get }

  /// Whether guests are shared without being asked for.
  var sharesGuests: Bool { get }
  /// Whether what survives gets a second look, unless none is wanted.
  var looksAgain: Bool { get }

  /// All items on one kernel, in a stable order, with stable names (``TrialID/isItemName(_:)``).
  ///
  /// - Throws: ``LabError`` if the suite can't be judged on this kernel.
  func items(on kernel: PreparedKernel) async throws -> SuiteItems
}

extension Suite {
  var sharesGuests: Bool { false }
  var looksAgain: Bool { false }
}

/// A suite's items on one kernel, and facts about them, a line each.
struct SuiteItems: Sendable {
  var items: [SuiteItem]
  var about: [String] = []
  /// Of mutants.
  var campaign: Campaign?
}

/// One item of a suite: what is loaded, and the expected result.
struct SuiteItem: Sendable {
  var name: String
  var mechanism: Mechanism
  /// What is loaded; a file that doesn't compile is one item, whose twin the compiler refused.
  var twin: ForgedTwin
  /// What stands in for a scenario: attachments, workload, modules, CPUs.
  var scenario: Scenario
  /// What the record says was expected.
  var expected: TrialRecord.Expected
  /// Compares the evidence with the item's expectation.
  var expectation: any ItemExpectation
  /// Why it can't be judged here; nil if it can.
  var skipped: String?
  /// What the agent is to do instead of attaching and working; nil for a trial as of a scenario.
  var test: ProgramTest?
  /// What the agent is asked in addition.
  var overrides = PlanOverrides()
  /// Whatever else makes the item what it is, for the suite's digest.
  var identity: String = ""

  /// What it adds to its trial.
  var task: Trial.Item {
    Trial.Item(expected: expected, expectation: expectation, test: test, overrides: overrides)
  }
}

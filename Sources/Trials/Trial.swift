// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
package import Record
package import Scenarios
import Verdicts
package import Wire

/// One trial and all that it needs, but for its guest and its evidence folder.
package struct Trial: Sendable {
  package var id: TrialID
  package var scenario: Scenario
  package var twin: ForgedTwin
  package var forge: Forge
  /// What decides which expectations hold, and how much time the guest needs.
  package var traits: KernelTraits
  package var purpose: Purpose
  /// Whether bpftool looks at a program while it is loaded.
  package var isInspected: Bool

  package init(
    id: TrialID, scenario: Scenario, twin: ForgedTwin, forge: Forge, traits: KernelTraits,
    purpose: Purpose, isInspected: Bool = false
  ) {
    self.id = id
    self.scenario = scenario
    self.twin = twin
    self.forge = forge
    self.traits = traits
    self.purpose = purpose
    self.isInspected = isInspected
  }

  /// Why it is carried out: what its verdict is compared with, and what that adds to the plan.
  package enum Purpose: Sendable {
    /// One of a scenario's twins, compared with what the scenario declares.
    ///
    /// - mayLack: whether the kernel may lack what the twin needs: the one that the catalogue is
    ///   written for may not.
    case scenario(mayLack: Bool)
    /// The armed twin again that survived, on a profile that shows more.
    case secondLook
    /// An item of a suite, compared with the item's expectation.
    case item(Item)
    /// A user's own code, for which nothing is declared.
    case undeclared(PlanOverrides)
  }

  /// What an item of a suite adds.
  package struct Item: Sendable {
    /// What the record says was expected.
    package var expected: TrialRecord.Expected
    package var expectation: any ItemExpectation
    /// What the agent is to do instead of attaching and working; nil for a trial as of a scenario.
    package var test: ProgramTest?
    package var overrides: PlanOverrides

    package init(
      expected: TrialRecord.Expected, expectation: any ItemExpectation, test: ProgramTest? = nil,
      overrides: PlanOverrides = PlanOverrides()
    ) {
      self.expected = expected
      self.expectation = expectation
      self.test = test
      self.overrides = overrides
    }
  }

  /// What the agent is asked beyond the scenario; nil for a twin of the catalogue.
  var overrides: PlanOverrides? {
    switch purpose {
    case .scenario, .secondLook: nil
    case .item(let item): item.overrides
    case .undeclared(let overrides): overrides
    }
  }

  var test: ProgramTest? {
    if case .item(let item) = purpose { item.test } else { nil }
  }

  /// Whether its twin's fault is switched on; a mutant has another one.
  var isArmed: Bool { id.armed && overrides?.isDisarmed != true }

  /// Whether no scenario declares its result.
  var isUndeclared: Bool { overrides != nil }

  /// Whether the scenario says that its fault depends on chance.
  var isLeftToChance: Bool { !isUndeclared && scenario.repeat != nil }

  /// The module's or the object's name.
  var objectName: String { overrides?.objectName ?? scenario.objectName }

  var expected: TrialRecord.Expected {
    if case .item(let item) = purpose { return item.expected }
    return TrialRecord.Expected(
      of: scenario, id.mechanism, armed: id.armed, profile: id.profile, kernel: traits)
  }

  /// Whether it may have a guest that other trials had before, or have afterwards: nothing that it is
  /// expected to do harms the kernel. If it does, it is carried out again in its own.
  package var canShare: Bool {
    switch purpose {
    case .undeclared: true
    case .scenario, .secondLook, .item:
      !id.armed
        || id.mechanism == .bpf && [.rejected, .contained, .survived].contains(expected.verdict)
    }
  }

  /// What its verdict is compared with.
  var basis: OutcomeFacts.Basis {
    switch purpose {
    case .scenario(let mayLack): .scenario(mayLack: mayLack)
    case .secondLook:
      .secondLook(
        isDeclared: id.profile == Scenario.sensitiveProfile
          && scenario.twins[id.mechanism].declaresSensitive(on: traits))
    case .item(let item): .item(item.expectation)
    case .undeclared: .nothing
    }
  }

  /// What the agent is asked to do.
  func plan(objectSize: Int) -> TrialPlan {
    scenario.plan(
      id.mechanism, armed: isArmed, objectSize: objectSize, inspected: isInspected,
      overrides: overrides, test: test)
  }
}

/// What a trial asks of the agent beyond what its scenario says.
package struct PlanOverrides: Sendable {
  /// A module's options, or a program's global variables.
  package var arguments: [TrialPlan.Argument]
  /// What an application would choose before it loads the object; nil unless a user's own is tried.
  package var choices: LoadChoices?
  /// The module's or the object's name, if that isn't the scenario's.
  package var objectName: String?
  /// The functions that load and unload a user's own module, which every trial calls.
  package var entryPoints: Set<String> = []
  /// What is set off in the kernel's module LKDTM instead of a workload.
  package var crashPoint: (name: String, times: Int)?
  /// Whether the twin's own fault stays switched off.
  package var isDisarmed = false
  /// Whether the twin's source was changed.
  package var isMutant = false

  package init(
    arguments: [TrialPlan.Argument] = [], choices: LoadChoices? = nil,
    objectName: String? = nil,
    crashPoint: (name: String, times: Int)? = nil
  ) {
    self.arguments = arguments
    self.choices = choices
    self.objectName = objectName
    self.crashPoint = crashPoint
  }
}

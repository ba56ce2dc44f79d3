// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios
import Trials
public import Wire

/// How an object is loaded, attached and given work: what its application would decide.
public struct TryShape: Sendable, Equatable {
  /// How programs attach, if their sections should not decide.
  public var attach: [Attachment] = []
  /// Where programs attach whose section leaves the name to an application.
  public var hooks: [HookChoice] = []
  /// What is changed of maps, or put into them.
  public var maps: [MapChoice] = []
  /// Empty for a bit of everything.
  public var workload: [WorkStep] = []
  /// A module's options, or a program's global variables.
  public var arguments: [ArgumentChoice] = []
  /// The programs of the object to load, even those whose section begins with `?`; empty for all
  /// that libbpf loads by default.
  public var only: [String] = []
  /// Programs of the object that are not loaded.
  public var without: [String] = []

  public init() {}
}

/// A module's parameter or a program's variable, and the values that it has in turn.
public struct ArgumentChoice: Sendable, Equatable {
  public var name: String
  public var values: [String]

  public init(name: String, values: [String]) {
    (self.name, self.values) = (name, values)
  }

  /// Of one object.
  static let mostCombinations = 256

  /// - Throws: ``LabError`` for a name that is given twice, or too many combinations.
  static func check(_ choices: [ArgumentChoice]) throws {
    var seen: Set<String> = []
    if let twice = choices.first(where: { !seen.insert($0.name).inserted }) {
      throw LabError(
        "--arg names \(twice.name) twice: its values are given together, as \(twice.name)=1,2.")
    }
    let count = choices.reduce(1) { min($0 * $1.values.count, mostCombinations + 1) }
    guard count <= mostCombinations else {
      throw LabError("--arg makes more than \(mostCombinations) configurations: give fewer values.")
    }
  }

  /// Every combination of the values; those of the last name follow each other.
  static func combinations(_ choices: [ArgumentChoice]) -> [[TrialPlan.Argument]] {
    choices.reduce([[]]) { combinations, choice in
      combinations.flatMap { combination in
        choice.values.map { combination + [TrialPlan.Argument(name: choice.name, value: $0)] }
      }
    }
  }
}

extension TryPlan {
  /// One plan for each combination of the values of its arguments.
  func configured() -> [TryPlan] {
    let several = Set(self.arguments.filter { $0.values.count > 1 }.map(\.name))
    return ArgumentChoice.combinations(self.arguments).enumerated().map { index, arguments in
      var plan = self
      plan.overrides.arguments = arguments
      guard !several.isEmpty else { return plan }
      let words = arguments.filter { several.contains($0.name) }.map { "\($0.name)=\($0.value)" }
      plan.configuration += words
      // What the object calls itself stays its name.
      plan.overrides.objectName = overrides.objectName ?? scenario.objectName
      let name = TriedFile.name(from: words.joined(separator: "_"))
      plan.scenario.name += ".\(index + 1)-\(name)"
      return plan
    }
  }
}

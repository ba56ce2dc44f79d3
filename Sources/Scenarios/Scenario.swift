// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Verdicts
public import Wire

/// One experiment: a job, one fault in it, and the two twins that do the job.
///
/// The fields are those of `scenarios/<name>.yaml`; `docs/scenarios.md` describes the file.
public struct Scenario: Codable, Sendable, Equatable {
  /// Also the name of the three files; `[a-z][a-z0-9-]*`.
  public var name: String
  /// One line, for lists.
  public var title: String
  public var family: Family
  /// The weakness in MITRE's list: `CWE-476`.
  public var weakness: String
  public var job: String
  public var fault: String
  public var hook: Hook
  public var cpus: Int
  /// Modules of the guest's image to load before the twin.
  public var modules: [String]
  public var attach: [Attachment]
  public var workload: [WorkStep]
  /// What the worker gives up before it loads the armed twins; by default nothing.
  public var armedPrivileges: Privileges?
  /// For what depends on chance: how often the armed trials are made, and how many must agree.
  public var `repeat`: Repeat?
  /// The variable, module parameter or map that holds the observation.
  public var observation: Observation
  /// Slab caches to count before and after.
  public var watch: [String]
  public var twins: Twins
  /// What happens, why the verifier can or can't know, what a module author must do by hand.
  public var lesson: String
  public var references: [String]
  /// The real-world bugs that the fault is like: each a CVE number or a commit, and what it was.
  public var mirrors: [String]?

  enum CodingKeys: String, CodingKey {
    case name, title, family, weakness, job, fault, hook, cpus, modules, attach, workload
    case armedPrivileges = "armed_privileges"
    case `repeat`, observation, watch, twins, lesson, references, mirrors
  }

  public enum Family: String, Codable, Sendable, CaseIterable {
    case memory, control, locks, lifetime, contract, limits
  }

  public struct Hook: Codable, Sendable, Equatable {
    public var lkm: String
    public var bpf: String
    /// What differs between the two, if they are not the same.
    public var differs: String?
  }

  public enum Privileges: String, Codable, Sendable, CaseIterable {
    /// No root, no capability.
    case nothing = "none"
  }

  public struct Repeat: Codable, Sendable, Equatable {
    public var times: Int
    /// The share of the trials, above 0 and up to 1, that must end as is expected.
    public var agree: Double
    /// Where the chance comes from.
    public var because: String
  }

  public struct Observation: Codable, Sendable, Equatable {
    /// A global variable of the program and a parameter of the module, of this name.
    public var variable: String?
    /// A map of the program (the sum of its values); the module has a parameter of this name.
    public var map: String?
    /// What both disarmed twins must report.
    public var value: Int64
  }

  public struct Twins: Codable, Sendable, Equatable {
    public var lkm: Twin
    public var bpf: Twin

    public subscript(mechanism: Mechanism) -> Twin {
      switch mechanism {
      case .lkm: lkm
      case .bpf: bpf
      }
    }
  }

  public struct Twin: Codable, Sendable, Equatable {
    /// The run-time guard that is meant to absorb the fault, for a twin expected `contained`.
    public var guardName: String?
    /// How often the twin is compiled; by default once.
    public var built: Built?
    /// Why one object can't serve both arms, for a twin that is built twice.
    public var builtBecause: String?
    /// What theory says about the armed twin.
    public var armed: Expectation
    /// The same on a kernel with all the checks that it offers, the profile `sensitive`. Nil if
    /// these are not expected to change anything.
    public var sensitive: Expectation?
    /// What differs on some kernels; the first match counts. Nil if nothing does.
    public var kernels: [KernelExpectation]?

    enum CodingKeys: String, CodingKey {
      case guardName = "guard"
      case built
      case builtBecause = "built_because"
      case armed, sensitive, kernels
    }

    public enum Built: String, Codable, Sendable, CaseIterable {
      case once
      /// With `-DARMED=0` and with `-DARMED=1`.
      case twice
    }
  }
}

extension Scenario {
  /// The profile for which a twin may declare a separate expectation.
  public static let sensitiveProfile = "sensitive"
}

/// The verdict that a scenario declares, before anything has run.
public struct Expectation: Codable, Sendable, Equatable {
  public var verdict: Ruling
  public var by: String?
  /// Any of these kinds; empty if the kind doesn't matter.
  public var kinds: [Kind]
  public var category: Category?
  /// Why theory says so.
  public var because: String

  public init(
    verdict: Ruling, by: String? = nil, kinds: [Kind] = [], category: Category? = nil,
    because: String
  ) {
    self.verdict = verdict
    self.by = by
    self.kinds = kinds
    self.category = category
    self.because = because
  }
}

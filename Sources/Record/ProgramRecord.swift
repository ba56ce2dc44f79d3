// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// One program of an object that was tried: whether it was loaded, what set it off, how often it ran.
public struct ProgramRecord: Codable, Sendable, Equatable {
  /// Whether it ran. The kernel counts no runs of tail calls and of programs that replace another,
  /// and none of sleepable programs before 5.12.
  public enum Ran: String, Codable, Sendable, CaseIterable {
    case yes, no, unknown
  }

  public var name: String
  public var section: String
  /// libbpf's name of its type; nil if the object was never opened.
  public var type: String?
  /// Nil if the guest ended before it was known.
  public var loaded: Bool?
  /// Why it was left out of the load on purpose.
  public var leftOut: String?
  /// What set it off: `tp/sched/sched_switch`, `xdp on lo`, `test run`; nil if nothing did.
  public var attached: String?
  public var ran: Ran
  /// How often; nil if that is unknown.
  public var runs: UInt64?
  /// Why nothing set it off, or why its runs are unknown.
  public var note: String?

  enum CodingKeys: String, CodingKey {
    case name, section, type, loaded
    case leftOut = "left_out"
    case attached, ran, runs, note
  }

  public init(
    name: String, section: String, type: String? = nil, loaded: Bool? = nil,
    leftOut: String? = nil, attached: String? = nil, ran: Ran = .unknown, runs: UInt64? = nil,
    note: String? = nil
  ) {
    self.name = name
    self.section = section
    self.type = type
    self.loaded = loaded
    self.leftOut = leftOut
    self.attached = attached
    self.ran = ran
    self.runs = runs
    self.note = note
  }
}

/// How often a function of a module that was tried was called, while the module was loaded.
public struct FunctionRecord: Codable, Sendable, Equatable {
  public var name: String
  public var calls: UInt64

  public init(name: String, calls: UInt64) {
    self.name = name
    self.calls = calls
  }
}

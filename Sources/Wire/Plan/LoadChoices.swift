// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What an application decides before it loads an object, and `try` decides in its place.
///
/// With these the agent reports every program of the object and how often it ran
/// (``AgentMessage/programs(_:)``), runs once by BPF_PROG_TEST_RUN what attaches nowhere, registers
/// sets of operations (struct_ops), and removes the pins that libbpf made.
public struct LoadChoices: Sendable, Equatable {
  /// The programs to load, even those whose section begins with `?`; empty for all that libbpf
  /// loads by default.
  public var only: [String]
  /// Programs that are not loaded.
  public var without: [String]
  public var hooks: [HookChoice]
  public var maps: [MapChoice]

  public init(
    only: [String] = [], without: [String] = [], hooks: [HookChoice] = [], maps: [MapChoice] = []
  ) {
    self.only = only
    self.without = without
    self.hooks = hooks
    self.maps = maps
  }
}

/// What a program attaches to, if its section leaves out the name.
public struct HookChoice: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case kprobe, kretprobe, fentry, fexit, tracepoint, uprobe, uretprobe, lsm
    case rawTracepoint = "raw-tracepoint"
  }

  public var program: String
  public var kind: Kind
  /// A function; for a tracepoint `category/name`; for a uprobe `path:symbol`.
  public var place: String

  public init(program: String, kind: Kind, place: String) {
    self.program = program
    self.kind = kind
    self.place = place
  }
}

/// What is changed of a map before it is created, or put into it afterwards. Nil keeps what the
/// object says.
public struct MapChoice: Sendable, Equatable {
  public var map: String
  public var entries: UInt32?
  /// In bytes.
  public var keySize: UInt32?
  public var valueSize: UInt32?
  /// A number of `enum bpf_map_type`.
  public var type: UInt32?
  /// For a map of programs.
  public var programs: [Slot]

  public struct Slot: Sendable, Equatable {
    public var index: UInt32
    public var program: String

    public init(index: UInt32, program: String) {
      self.index = index
      self.program = program
    }
  }

  public init(
    map: String, entries: UInt32? = nil, keySize: UInt32? = nil, valueSize: UInt32? = nil,
    type: UInt32? = nil, programs: [Slot] = []
  ) {
    self.map = map
    self.entries = entries
    self.keySize = keySize
    self.valueSize = valueSize
    self.type = type
    self.programs = programs
  }
}

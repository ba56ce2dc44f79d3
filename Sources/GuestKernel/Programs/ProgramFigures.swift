// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CLibbpf
internal import Glibc

/// What is known of one program of an object.
public struct ProgramFigures: Sendable, Equatable {
  public var name: String
  public var section: String
  /// libbpf's name of its type.
  public var type: String
  public var isLoaded = false
  /// What sets it off; nil if nothing does.
  public var attached: String?
  /// How often it ran according to the kernel; nil if the kernel wasn't asked to count.
  public var runs: UInt64?
  /// It may sleep: kernels before 5.12 don't count the runs of such programs.
  public var isSleepable = false
  /// It replaces a function of another program, which then jumps to it: no kernel counts that.
  public var isReplacement = false
  /// One of the object's program arrays holds it: no kernel counts tail calls.
  public var isTailCalled = false
  public var note: String?

  public init(name: String, section: String, type: String) {
    self.name = name
    self.section = section
    self.type = type
  }
}

extension ProgramObject {
  /// Has the kernel count how often programs run, as long as this value lives.
  ///
  /// - Returns: why it doesn't; nil if it does.
  public mutating func countRuns() -> SystemError? {
    let descriptor = bpf_enable_stats(BPF_STATS_RUN_TIME)
    guard descriptor >= 0 else {
      return SystemError("have the kernel count programs' runs", errno: -descriptor)
    }
    statistics = Descriptor(owning: descriptor)
    return nil
  }

  /// Every program of the object, loaded or not.
  public func figures() -> [ProgramFigures] {
    let called = tailCalled()
    let counts = statistics != nil
    return programs().map { program in
      let type = bpf_program__type(program)
      var figures = ProgramFigures(
        name: name(of: program), section: section(of: program),
        type: libbpf_bpf_prog_type_str(type).map { String(cString: $0) } ?? "type \(type.rawValue)")
      figures.attached = attached[figures.name]
      figures.note = notes[figures.name]
      figures.isReplacement = type == BPF_PROG_TYPE_EXT
      figures.isSleepable = bpf_program__flags(program) & UInt32(BPF_F_SLEEPABLE) != 0
      var info = bpf_prog_info()
      guard JITedCode.ask(bpf_program__fd(program), &info) else { return figures }
      figures.isLoaded = true
      figures.isTailCalled = called.contains(info.id)
      figures.runs = counts ? info.run_cnt : nil
      return figures
    }
  }

  func name(of program: OpaquePointer) -> String {
    bpf_program__name(program).map { String(cString: $0) } ?? ""
  }

  func section(of program: OpaquePointer) -> String {
    bpf_program__section_name(program).map { String(cString: $0) } ?? ""
  }

  /// The ids of the programs in the object's program arrays.
  func tailCalled() -> Set<UInt32> {
    var ids: Set<UInt32> = []
    for map in maps() where bpf_map__type(map) == BPF_MAP_TYPE_PROG_ARRAY && bpf_map__fd(map) >= 0 {
      for index in 0..<min(bpf_map__max_entries(map), ProgramObject.mostTailCalls) {
        var key = index
        var id: UInt32 = 0
        if bpf_map_lookup_elem(bpf_map__fd(map), &key, &id) == 0 { ids.insert(id) }
      }
    }
    return ids
  }

  /// Of one array; an array of more entries than this is looked at no further.
  private static let mostTailCalls: UInt32 = 65536
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

/// What an application does between opening an object and loading it, and right after.
extension ProgramObject {
  /// - Throws: a refusal whose message begins with the user's request, which doesn't fit the object.
  public func resize(
    map name: String, entries: UInt32?, keySize: UInt32?, valueSize: UInt32?, type: UInt32?
  ) throws(LoadRefusal) {
    guard let map = bpf_object__find_map_by_name(object, name) else {
      throw LoadRefusal.ofRequest("the object has no map \(name)")
    }
    var result: Int32 = 0
    if let type { result = bpf_map__set_type(map, bpf_map_type(type)) }
    if result == 0, let keySize { result = bpf_map__set_key_size(map, keySize) }
    if result == 0, let valueSize { result = bpf_map__set_value_size(map, valueSize) }
    if result == 0, let entries { result = bpf_map__set_max_entries(map, entries) }
    if result < 0 {
      throw LoadRefusal.ofRequest("libbpf can't change the map \(name): \(errorText(-result))")
    }
  }

  /// Gives a program a type if its section says none that libbpf knows.
  public func assume(_ name: String, _ kind: ProgramKind) throws(LoadRefusal) {
    let program = try self.program(name)
    guard bpf_program__type(program) == BPF_PROG_TYPE_UNSPEC else { return }
    bpf_program__set_type(program, kind.type)
  }

  /// Chooses the kernel's function of a fentry, fexit or LSM program; before the load.
  public func setTarget(
    of name: String, to function: String, _ kind: ProgramKind
  ) throws(LoadRefusal) {
    let program = try self.program(name)
    bpf_program__set_type(program, kind.type)
    if let attachType = kind.attachType {
      bpf_program__set_expected_attach_type(program, attachType)
    }
    cguest_forget_libbpf_messages()
    let result = bpf_program__set_attach_target(program, 0, function)
    // libbpf says no more than that (libbpf.c, `bpf_program__set_attach_target`).
    if result == -ESRCH {
      throw LoadRefusal.ofRequest("this kernel's BTF has no function \(function) for \(name)")
    }
    if result < 0 {
      throw LoadRefusal(gate: .libbpf, errno: -result, message: libbpfMessage(-result))
    }
  }

  /// Puts a loaded program into a map of programs.
  public func put(_ name: String, into map: String, at index: UInt32) throws(LoadRefusal) {
    guard let found = bpf_object__find_map_by_name(object, map) else {
      throw LoadRefusal.ofRequest("the object has no map \(map)")
    }
    var key = index
    var descriptor = bpf_program__fd(try program(name))
    let result = bpf_map_update_elem(bpf_map__fd(found), &key, &descriptor, 0)
    if result < 0 {
      throw LoadRefusal.ofRequest(
        "program \(name) can't be put into map \(map) at \(index): \(errorText(-result))")
    }
  }

  /// Fills the only map of programs, if it is empty, with the programs that attach nowhere and are of
  /// one type with one that does, in the order of the object: what an application is left to do.
  ///
  /// - Returns: what was put where, in words.
  public func fillTailCalls() -> [String] {
    let arrays = maps().filter {
      bpf_map__type($0) == BPF_MAP_TYPE_PROG_ARRAY && bpf_map__fd($0) >= 0
    }
    guard arrays.count == 1, let array = arrays.first, tailCalled().isEmpty else { return [] }
    let loaded = programs().filter { bpf_program__fd($0) >= 0 }
    func isSetOff(_ program: OpaquePointer) -> Bool {
      attached[name(of: program)].map { $0 != ProgramObject.testRunWord } ?? false
    }
    let types = Set(loaded.filter(isSetOff).map { bpf_program__type($0).rawValue })
    let idle = loaded.filter { !isSetOff($0) && types.contains(bpf_program__type($0).rawValue) }
    let map = bpf_map__name(array).map { String(cString: $0) } ?? ""
    var filled: [String] = []
    for (index, program) in idle.prefix(Int(bpf_map__max_entries(array))).enumerated() {
      var key = UInt32(index)
      var descriptor = bpf_program__fd(program)
      guard bpf_map_update_elem(bpf_map__fd(array), &key, &descriptor, 0) == 0 else { continue }
      filled.append("\(filled.isEmpty ? "\(map)=" : "")\(index):\(name(of: program))")
    }
    return filled
  }

  func maps() -> [OpaquePointer] {
    Array(
      sequence(state: OpaquePointer?.none) { [object] last in
        last = bpf_object__next_map(object, last)
        return last
      })
  }
}

/// What a program is, if its section doesn't say so.
public enum ProgramKind: Sendable {
  case kprobe, tracepoint, rawTracepoint, fentry, fexit, lsm, xdp, trafficControl, socketFilter
  case perfEvent

  fileprivate var type: bpf_prog_type {
    switch self {
    case .kprobe: BPF_PROG_TYPE_KPROBE
    case .tracepoint: BPF_PROG_TYPE_TRACEPOINT
    case .rawTracepoint: BPF_PROG_TYPE_RAW_TRACEPOINT
    case .fentry, .fexit: BPF_PROG_TYPE_TRACING
    case .lsm: BPF_PROG_TYPE_LSM
    case .xdp: BPF_PROG_TYPE_XDP
    case .trafficControl: BPF_PROG_TYPE_SCHED_CLS
    case .socketFilter: BPF_PROG_TYPE_SOCKET_FILTER
    case .perfEvent: BPF_PROG_TYPE_PERF_EVENT
    }
  }

  fileprivate var attachType: bpf_attach_type? {
    switch self {
    case .fentry: BPF_TRACE_FENTRY
    case .fexit: BPF_TRACE_FEXIT
    case .lsm: BPF_LSM_MAC
    default: nil
    }
  }
}

extension LoadRefusal {
  /// What the message of a refusal begins with if the user asked for what the object doesn't have.
  public static let requestPrefix = "the request: "

  static func ofRequest(_ message: String) -> LoadRefusal {
    LoadRefusal(gate: .libbpf, errno: EINVAL, message: requestPrefix + message)
  }
}

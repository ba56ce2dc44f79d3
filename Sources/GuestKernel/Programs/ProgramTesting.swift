// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

/// Loads one program of an object to see what the verifier says, as the kernel's self-tests do
/// (tools/testing/selftests/bpf/test_loader.c, `run_subtest`).
extension ProgramObject {
  /// Sets a program's type if libbpf doesn't know its section. Numbers of `enum bpf_prog_type` and
  /// `enum bpf_attach_type`.
  public func setKind(of program: String, type: UInt32, attachType: UInt32) throws(LoadRefusal) {
    let program = try self.program(program)
    bpf_program__set_type(program, bpf_prog_type(type))
    bpf_program__set_expected_attach_type(program, bpf_attach_type(attachType))
  }

  /// Leaves all programs but these out of the load.
  public func choose(_ names: [String]) throws(LoadRefusal) {
    for name in names { _ = try program(name) }
    for program in programs() {
      let name = bpf_program__name(program).map { String(cString: $0) } ?? ""
      bpf_program__set_autoload(program, names.contains(name))
    }
  }

  /// Leaves these programs out of the load.
  public func leaveOut(_ names: [String]) throws(LoadRefusal) {
    for name in names { bpf_program__set_autoload(try program(name), false) }
  }

  /// - Parameters:
  ///   - flags: added to those of its section.
  ///   - logLevel: 0 for a log only of a refusal.
  public func prepare(_ name: String, flags: UInt32, logLevel: UInt32) throws(LoadRefusal) {
    let program = try self.program(name)
    bpf_program__set_flags(program, bpf_program__flags(program) | flags)
    bpf_program__set_log_level(program, logLevel)
  }

  /// Leaves maps out that a loader without privileges can't have (`is_unpriv_capable_map`).
  public func leaveOutPrivilegedMaps() {
    let open: Set<UInt32> = [
      BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE.rawValue, BPF_MAP_TYPE_ARRAY.rawValue,
      BPF_MAP_TYPE_RINGBUF.rawValue, BPF_MAP_TYPE_PROG_ARRAY.rawValue,
      BPF_MAP_TYPE_CGROUP_ARRAY.rawValue, BPF_MAP_TYPE_PERCPU_ARRAY.rawValue,
      BPF_MAP_TYPE_USER_RINGBUF.rawValue, BPF_MAP_TYPE_ARRAY_OF_MAPS.rawValue,
      BPF_MAP_TYPE_CGROUP_STORAGE.rawValue, BPF_MAP_TYPE_PERF_EVENT_ARRAY.rawValue,
    ]
    let hashes: Set<UInt32> = [
      BPF_MAP_TYPE_HASH.rawValue, BPF_MAP_TYPE_PERCPU_HASH.rawValue,
      BPF_MAP_TYPE_HASH_OF_MAPS.rawValue,
    ]
    var map = bpf_object__next_map(object, nil)
    while let current = map {
      let type = bpf_map__type(current).rawValue
      let isSeeded = bpf_map__map_flags(current) & UInt32(BPF_F_ZERO_SEED) == 0
      bpf_map__set_autocreate(current, open.contains(type) || hashes.contains(type) && isSeeded)
      map = bpf_object__next_map(object, current)
    }
  }

  /// Loads the chosen programs.
  ///
  /// - Returns: the verifier's log of this program; empty if none was requested.
  public func load(_ name: String) throws(LoadRefusal) -> [UInt8] {
    let program = try self.program(name)
    cguest_forget_libbpf_messages()
    let log: VerifierLogBuffer
    do {
      log = try VerifierLogBuffer(size: VerifierLogBuffer.sizes[0])
    } catch {
      throw LoadRefusal(gate: .libbpf, errno: error.errno, message: "\(error)")
    }
    bpf_program__set_log_buf(program, log.buffer, log.size)
    let result = bpf_object__load(object)
    // libbpf keeps the pointer, and would write there again.
    bpf_program__set_log_buf(program, nil, 0)
    let words = log.contents()
    guard result < 0 else { return words }
    let gate: LoadRefusal.Gate =
      if !words.isEmpty { .verifier } else if result == -EPERM { .policy } else { .libbpf }
    throw LoadRefusal(
      gate: gate, errno: -result, message: libbpfMessage(-result), verifierLog: words)
  }

  /// The kernel's number of a program that is loaded.
  public func id(of name: String) -> UInt32? {
    guard let program = bpf_object__find_program_by_name(object, name) else { return nil }
    var information = bpf_prog_info()
    var size = UInt32(MemoryLayout<bpf_prog_info>.size)
    let result = bpf_obj_get_info_by_fd(bpf_program__fd(program), &information, &size)
    return result < 0 ? nil : information.id
  }

  /// Puts a value into a map, at the key 0.
  public func put(_ value: [UInt8], into map: String) throws(SystemError) {
    guard let found = bpf_object__find_map_by_name(object, map),
      Int(bpf_map__value_size(found)) == value.count
    else { throw SystemError("find a map \(map) of \(value.count) bytes a value", errno: 0) }
    var key: UInt32 = 0
    let result = bpf_map_update_elem(bpf_map__fd(found), &key, value, 0)
    if result < 0 { throw SystemError("fill the map \(map)", errno: -result) }
  }

  /// Registers the object's struct_ops maps.
  public mutating func attachStructOps() throws(SystemError) {
    var map = bpf_object__next_map(object, nil)
    while let current = map {
      if bpf_map__type(current) == BPF_MAP_TYPE_STRUCT_OPS {
        guard let link = bpf_map__attach_struct_ops(current) else {
          throw SystemError("register a struct_ops map", errno: Glibc.errno)
        }
        links.append(.link(link))
      }
      map = bpf_object__next_map(object, current)
    }
  }

  /// Runs a program once through BPF_PROG_TEST_RUN on this many zeros; a system-call program on
  /// nothing.
  ///
  /// - Returns: what it returned.
  public func run(_ name: String, bytes: Int) throws(SystemError) -> UInt32 {
    guard let program = bpf_object__find_program_by_name(object, name) else {
      throw SystemError("find program \(name)", errno: ENOENT)
    }
    var options = bpf_test_run_opts()
    options.sz = optionsSize(through: \bpf_test_run_opts.batch_size)
    let input = [UInt8](repeating: 0, count: bytes)
    var output = [UInt8](repeating: 0, count: 4 * bytes)
    let isCall = bpf_program__type(program) == BPF_PROG_TYPE_SYSCALL
    let result = input.withUnsafeBytes { input in
      output.withUnsafeMutableBytes { output in
        if !isCall {
          options.data_in = input.baseAddress
          options.data_size_in = UInt32(input.count)
          options.data_out = output.baseAddress
          options.data_size_out = UInt32(output.count)
          options.`repeat` = 1
        }
        return bpf_prog_test_run_opts(bpf_program__fd(program), &options)
      }
    }
    if result < 0 { throw SystemError("test-run program \(name)", errno: -result) }
    return options.retval
  }
}

/// All permitted capabilities take effect but these (`CAP_…` of linux/capability.h).
public func useCapabilities(without numbers: [Int]) throws(SystemError) {
  let mask = numbers.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
  let result = cguest_use_capabilities_without(mask)
  if result != 0 { throw SystemError("give capabilities up", errno: result) }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

/// What a section's name alone does not attach, or only a current libbpf.
extension ProgramObject {
  private var operations: [OpaquePointer] {
    sequence(state: OpaquePointer?.none) { [object] last in
      last = bpf_object__next_map(object, last)
      return last
    }.filter { bpf_map__type($0) == BPF_MAP_TYPE_STRUCT_OPS }
  }

  /// Leaves all programs but these out of the load, and the sets of operations if none of these is
  /// of one.
  public func chooseOnly(_ names: [String]) throws(LoadRefusal) {
    try choose(names)
    for name in names {
      if bpf_program__type(try program(name)) == BPF_PROG_TYPE_STRUCT_OPS { return }
    }
    leaveOutOperations()
  }

  /// Keeps all sets of operations (`struct_ops`) out of the load: libbpf would load their programs,
  /// whatever was chosen.
  private func leaveOutOperations() {
    for map in operations { bpf_map__set_autocreate(map, false) }
  }

  /// Registers all sets of operations with the kernel, as skeletons do.
  mutating func attachOperations() throws(LoadRefusal) {
    for map in operations where bpf_map__autocreate(map) {
      cguest_forget_libbpf_messages()
      guard let link = bpf_map__attach_struct_ops(map) else { throw attachRefusal(Glibc.errno) }
      links.append(.link(link))
      let words = "struct_ops \(bpf_map__name(map).map { String(cString: $0) } ?? "")"
      for program in programs() where bpf_program__type(program) == BPF_PROG_TYPE_STRUCT_OPS {
        attached[name(of: program)] = words
      }
    }
  }

  /// Attaches a classifier of the newer kind, if it is one: through a link, without a qdisc.
  ///
  /// - Returns: false if it has to be attached the older way: a kernel before 6.6 has no other for
  ///   `tc/ingress`, which in a newer libbpf means the newer one.
  mutating func attachExpress(_ name: String, device: UInt32) throws(LoadRefusal) -> Bool {
    let program = try self.program(name)
    let type = libbpf_bpf_attach_type_str(bpf_program__expected_attach_type(program))
    guard let type, strncmp(type, "tcx_", 4) == 0 else { return false }
    cguest_forget_libbpf_messages()
    if let link = cguest_attach_tcx(program, Int32(device)) {
      links.append(.link(link))
      return true
    }
    let number = Glibc.errno
    let section = String(cString: bpf_program__section_name(program))
    if number == EINVAL, section.hasPrefix("tc/") { return false }
    throw attachRefusal(number)
  }

  func isNetfilter(_ program: OpaquePointer) -> Bool {
    let type = libbpf_bpf_prog_type_str(bpf_program__type(program))
    return type.map { strcmp($0, "netfilter") == 0 } ?? false
  }

  /// Attaches to IPv4 packets that the guest sends, before connection tracking looks at them.
  mutating func attachNetfilter(_ program: OpaquePointer) throws(LoadRefusal) {
    let (localOut, priority) = (UInt32(3), Int32(-300))
    cguest_forget_libbpf_messages()
    guard let link = cguest_attach_netfilter(program, UInt32(2), localOut, priority) else {
      throw attachRefusal(Glibc.errno)
    }
    links.append(.link(link))
    attached[name(of: program)] = "IPv4 packets that the guest sends"
  }
}

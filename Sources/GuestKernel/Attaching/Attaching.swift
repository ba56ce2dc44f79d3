// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

/// One attachment, and what undoes it.
enum AttachedLink {
  case link(OpaquePointer)
  case trafficControl(device: UInt32, point: bpf_tc_attach_point, handle: UInt32, priority: UInt32)
  case xdp(device: UInt32)

  func destroy() {
    switch self {
    case .link(let link):
      bpf_link__destroy(link)
    case .trafficControl(let device, let point, let handle, let priority):
      var hook = AttachedLink.hook(device, point)
      var options = bpf_tc_opts()
      options.sz = optionsSize(through: \bpf_tc_opts.priority)
      options.handle = handle
      options.priority = priority
      bpf_tc_detach(&hook, &options)
      hook.attach_point = bpf_tc_attach_point(
        rawValue: BPF_TC_INGRESS.rawValue | BPF_TC_EGRESS.rawValue)
      bpf_tc_hook_destroy(&hook)
    case .xdp(let device):
      bpf_xdp_detach(Int32(device), UInt32(XDP_FLAGS_SKB_MODE), nil)
    }
  }

  static func hook(_ device: UInt32, _ point: bpf_tc_attach_point) -> bpf_tc_hook {
    var hook = bpf_tc_hook()
    hook.sz = optionsSize(through: \bpf_tc_hook.parent)
    hook.ifindex = Int32(device)
    hook.attach_point = point
    return hook
  }
}

extension ProgramObject {
  /// Attaches every program that libbpf can attach by its section's name, except those named.
  /// Programs whose section says no place to attach to (tail-call targets, say) stay as they are,
  /// as libbpf's skeletons leave them.
  public mutating func attachBySection(except named: Set<String>) throws(LoadRefusal) {
    for program in programs() {
      guard let name = bpf_program__name(program), !named.contains(String(cString: name)),
        bpf_program__autoload(program), bpf_program__autoattach(program),
        !lacksPlace(program)
      else { continue }
      cguest_forget_libbpf_messages()
      if let link = bpf_program__attach(program) {
        links.append(.link(link))
        attached[String(cString: name)] = section(of: program)
        if bpf_program__expected_attach_type(program) == BPF_TRACE_ITER { iterators.append(link) }
      } else if Glibc.errno != EOPNOTSUPP {
        let refusal = attachRefusal(Glibc.errno)
        guard refusal.errno == ENOENT, attachToSystemCall(program) else { throw refusal }
      } else if isNetfilter(program) {
        try attachNetfilter(program)
      }
    }
    try attachOperations()
  }

  /// Attaches a traffic-control classifier.
  public mutating func attachTrafficControl(
    _ program: String, device: String, ingress: Bool
  ) throws(LoadRefusal) {
    let device = try index(of: device)
    if try attachExpress(program, device: device) { return }
    let point = ingress ? BPF_TC_INGRESS : BPF_TC_EGRESS
    cguest_forget_libbpf_messages()
    var hook = AttachedLink.hook(device, point)
    let created = bpf_tc_hook_create(&hook)
    if created < 0, created != -EEXIST { throw attachRefusal(-created) }
    var options = bpf_tc_opts()
    options.sz = optionsSize(through: \bpf_tc_opts.priority)
    options.prog_fd = bpf_program__fd(try self.program(program))
    let attached = bpf_tc_attach(&hook, &options)
    if attached < 0 { throw attachRefusal(-attached) }
    links.append(
      .trafficControl(
        device: device, point: point, handle: options.handle, priority: options.priority))
  }

  /// Attaches an XDP program in generic mode.
  public mutating func attachXDP(_ program: String, device: String) throws(LoadRefusal) {
    let device = try index(of: device)
    cguest_forget_libbpf_messages()
    let result = bpf_xdp_attach(
      Int32(device), bpf_program__fd(try self.program(program)), UInt32(XDP_FLAGS_SKB_MODE), nil)
    if result < 0 { throw attachRefusal(-result) }
    links.append(.xdp(device: device))
  }

  /// Attaches a cgroup program to the root of the hierarchy mounted at `path`.
  public mutating func attachCgroup(_ program: String, path: String) throws(LoadRefusal) {
    let program = try self.program(program)
    cguest_forget_libbpf_messages()
    let root: Descriptor
    do {
      root = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    } catch {
      throw LoadRefusal(gate: .attach, errno: error.errno, message: "\(error)")
    }
    guard let link = bpf_program__attach_cgroup(program, root.number) else {
      throw attachRefusal(Glibc.errno)
    }
    links.append(.link(link))
  }

  private func index(of device: String) throws(LoadRefusal) -> UInt32 {
    let index = if_nametoindex(device)
    if index == 0 {
      throw LoadRefusal(
        gate: .attach, errno: Glibc.errno, message: "the guest has no network device \(device)")
    }
    return index
  }

  func attachRefusal(_ errno: Int32) -> LoadRefusal {
    LoadRefusal(gate: .attach, errno: errno, message: libbpfMessage(errno))
  }
}

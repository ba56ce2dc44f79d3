// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import CGuest
internal import CLibbpf
internal import Glibc

extension ProgramObject {
  /// How often the CPU's clock sets a program off, in nanoseconds.
  private static let clockPeriod: UInt64 = 1_000_000

  /// Keeps a program to filter the sockets of the workload.
  ///
  /// It is attached to a separate socket first, so that the kernel's refusal shows here.
  public mutating func attachSocketFilter(_ program: String) throws(LoadRefusal) {
    let filter = bpf_program__fd(try self.program(program))
    do {
      let socket = Descriptor(
        owning: try system("make a socket") {
          Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        })
      try attachFilter(filter, to: socket.number)
    } catch {
      throw LoadRefusal(gate: .attach, errno: error.errno, message: "\(error)")
    }
    socketFilter = filter
  }

  /// Attaches a program to the software event cpu-clock of each CPU.
  public mutating func attachPerfEvent(_ program: String) throws(LoadRefusal) {
    let program = try self.program(program)
    for cpu in 0..<Int32(sysconf(Int32(_SC_NPROCESSORS_ONLN))) {
      cguest_forget_libbpf_messages()
      let event = cguest_open_cpu_clock(ProgramObject.clockPeriod, cpu)
      if event < 0 {
        throw LoadRefusal(
          gate: .attach, errno: -event,
          message: "open the event cpu-clock: \(errorText(-event))")
      }
      guard let link = bpf_program__attach_perf_event(program, event) else {
        let number = Glibc.errno
        close(event)
        throw attachRefusal(number)
      }
      links.append(.link(link))
    }
  }

  /// Attaches an iterator over the elements of a map.
  public mutating func attachIterator(_ program: String, map: String) throws(LoadRefusal) {
    let program = try self.program(program)
    guard let map = bpf_object__find_map_by_name(object, map) else {
      throw LoadRefusal(gate: .attach, errno: ENOENT, message: "the object has no map \(map)")
    }
    var target = bpf_iter_link_info()
    target.map.map_fd = UInt32(bpf_map__fd(map))
    cguest_forget_libbpf_messages()
    let link = withUnsafeMutablePointer(to: &target) { target in
      var options = bpf_iter_attach_opts()
      options.sz = optionsSize(through: \bpf_iter_attach_opts.link_info_len)
      options.link_info = target
      options.link_info_len = UInt32(MemoryLayout<bpf_iter_link_info>.size)
      return bpf_program__attach_iter(program, &options)
    }
    guard let link else { throw attachRefusal(Glibc.errno) }
    links.append(.link(link))
    iterators.append(link)
  }

  /// Attaches a program to the network namespace of this process.
  public mutating func attachNetworkNamespace(_ program: String) throws(LoadRefusal) {
    let program = try self.program(program)
    cguest_forget_libbpf_messages()
    let namespace: Descriptor
    do {
      namespace = try Descriptor(opening: "/proc/self/ns/net", O_RDONLY)
    } catch {
      throw LoadRefusal(gate: .attach, errno: error.errno, message: "\(error)")
    }
    guard let link = bpf_program__attach_netns(program, namespace.number) else {
      throw attachRefusal(Glibc.errno)
    }
    links.append(.link(link))
  }

  /// Reads all iterators from beginning to end, once.
  public func readIterators() throws(SystemError) {
    guard !iterators.isEmpty else {
      throw SystemError("the workload iterates, but the object has no iterator", errno: 0)
    }
    for link in iterators {
      let file = Descriptor(
        owning: try system("open an iterator") { bpf_iter_create(bpf_link__fd(link)) })
      try drain(file, "an iterator")
    }
  }
}

/// Sets a socket's filter.
package func attachFilter(_ program: Int32, to socket: Int32) throws(SystemError) {
  var program = program
  _ = try system("attach the socket filter") {
    setsockopt(
      socket, SOL_SOCKET, SO_ATTACH_BPF, &program, socklen_t(MemoryLayout<Int32>.size))
  }
}

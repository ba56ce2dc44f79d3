// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Wire

/// How programs attach that libbpf can't attach by their section alone, and the workload that gives
/// every kind of program something to do.
package enum TriedAttachment {
  /// What a program of this section attaches to; nil if libbpf does it, or nothing can.
  package static func target(ofSection section: String) -> Attachment.Target? {
    let section = section.hasPrefix("?") ? String(section.dropFirst()) : section
    func isOrIn(_ name: String) -> Bool { section == name || section.hasPrefix(name + "/") }
    // Run by another program's redirection, never attached to a device.
    if ["xdp/devmap", "xdp/cpumap", "xdp.frags/devmap", "xdp.frags/cpumap"].contains(section)
      || ["xdp_devmap/", "xdp_cpumap/"].contains(where: section.hasPrefix)
    {
      return nil
    }
    if isOrIn("xdp") || isOrIn("xdp.frags") { return .xdp }
    if section == "tc/egress" || section == "tcx/egress" { return .tcEgress }
    if ["tc", "tcx", "classifier"].contains(where: isOrIn) { return .tcIngress }
    if section.hasPrefix("cgroup") || isOrIn("sockops") || isOrIn("lsm_cgroup") { return .cgroup }
    if isOrIn("socket") { return .socketFilter }
    if isOrIn("perf_event") { return .perfEvent }
    if isOrIn("sk_lookup") || isOrIn("flow_dissector") { return .networkNamespace }
    if isOrIn("syscall") || isOrIn("action") { return .testRun }
    // As libbpf before 1.0 read them: `xdp_pass`, `socket1`.
    func begins(_ name: String) -> Bool {
      section.hasPrefix(name) && section.dropFirst(name.count).first.map { !$0.isLetter } ?? false
    }
    if begins("xdp") { return .xdp }
    if begins("tc") || begins("classifier") { return .tcIngress }
    return begins("socket") ? .socketFilter : nil
  }

  /// The attachments of an object's programs; `wanted` overrides the section.
  ///
  /// A device takes one XDP program, and a socket one filter: further ones are run by the kernel's
  /// test run, so that none is merely loaded.
  package static func attachments(
    of programs: [(name: String, section: String)], wanted: [Attachment]
  ) -> [Attachment] {
    var taken = Set(wanted.map(\.to))
    return programs.compactMap { program in
      if let own = wanted.first(where: { $0.program == program.name }) { return own }
      guard var target = target(ofSection: program.section) else { return nil }
      if [.xdp, .socketFilter].contains(target), !taken.insert(target).inserted {
        target = .testRun
      }
      return Attachment(program: program.name, to: target)
    }
  }

  /// The kernel's modules without which these attachments find no qdisc, classifier or device.
  package static func modules(for attachments: [Attachment]) -> [String] {
    var modules: [String] = []
    if attachments.contains(where: { [.tcIngress, .tcEgress].contains($0.to) }) {
      modules += ["sch_ingress", "cls_bpf"]
    }
    for kind in ["dummy", "veth"]
    where attachments.contains(where: { $0.device?.hasPrefix(kind) ?? false }) {
      modules.append(kind)
    }
    return modules
  }

  /// A bit of everything.
  ///
  /// - Parameters:
  ///   - triggers: whether the twin can be triggered directly.
  ///   - iterates: whether it has iterators to read.
  ///   - makesFiles: whether it may make devices and files of its own.
  package static func workload(
    triggers: Bool, iterates: Bool, makesFiles: Bool = false
  ) -> [WorkStep] {
    let calls = ["getpid", "getppid", "getpgid", "getuid", "openat", "write", "kill", "nanosleep"]
    var steps = calls.map { WorkStep.systemCall(name: $0, times: 8) }
    steps += [
      .files(count: 8), .packets(count: 16), .connections(count: 4), .processes(count: 4),
      .signals(count: 4),
    ]
    // Many a program waits for execve, and the other steps start no program.
    if !makesFiles { steps.append(.shell(line: "/bin/busybox true")) }
    if triggers { steps.append(.trigger(times: 4)) }
    if iterates { steps.append(.iterate(times: 1)) }
    if makesFiles { steps.append(.devices(times: 2)) }
    return steps + [.sleep(milliseconds: 50)]
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Host
import Kernels
package import Machine

extension Diagnosis {
  /// - Parameter architecture: as `uname -m` prints it.
  package static func machine(_ architecture: String) -> Diagnosis {
    architecture == "x86_64"
      ? Diagnosis(what: "processor", state: .fine, detail: architecture, remedy: nil)
      : Diagnosis(
        what: "processor", state: .missing,
        detail: "this machine is \(architecture); guests, and the compilers of modules, are x86-64",
        remedy: "use an x86-64 machine, or a virtual one of that kind")
  }

  /// Which QEMU is used, and its known bugs.
  ///
  /// - Parameters:
  ///   - words: what `qemu-system-x86_64 --version` prints; nil if there is none.
  ///   - newer: the same for the one for guests with several CPUs; nil if none was fetched.
  package static func qemu(_ words: String?, newer: String? = nil) -> Diagnosis? {
    guard let version = words.flatMap(QEMU.Version.init(in:)) else { return nil }
    guard version >= .oldest else {
      return Diagnosis(
        what: "QEMU", state: .missing,
        detail: "version \(version) is too old; \(QEMU.Version.oldest) or newer is needed",
        remedy: "upgrade qemu-system-x86, such as: sudo apt-get update && sudo apt-get install "
          + "qemu-system-x86")
    }
    var detail = "\(version)"
    if version < .keepsPatchedText {
      detail +=
        "; under TCG it may execute a breakpoint that is gone (several CPUs), and rarely "
        + "garbles the flags: such trials are repeated. Guests with several CPUs "
      detail +=
        newer.flatMap(QEMU.Version.init(in:)).map { "run on QEMU \($0), from the cache" }
        ?? "get a newer one with the first run under TCG"
    }
    return Diagnosis(what: "QEMU", state: .fine, detail: detail, remedy: nil)
  }

  /// The rights that QEMU runs with.
  package static func confinement(_ confinement: Confinement) -> Diagnosis {
    switch confinement {
    case .jailed:
      Diagnosis(
        what: "QEMU's jail", state: .fine,
        detail: "QEMU runs as nobody, in mount, PID, network and IPC namespaces of its own",
        remedy: nil)
    case .ofTheUser:
      Diagnosis(
        what: "QEMU's jail", state: .note,
        detail: "QEMU has your rights and its own seccomp filter; only root can confine it more",
        remedy: nil)
    case .refused(let reason):
      Diagnosis(
        what: "QEMU's jail", state: .note,
        detail: "QEMU runs as root and unconfined: \(reason)",
        remedy: "run as a user other than root; a container needs CAP_SYS_ADMIN and CAP_MKNOD")
    }
  }

  /// What to do if KVM can't be used.
  ///
  /// - Parameters:
  ///   - obstacle: ``AcceleratorProbe/obstacle()``.
  ///   - isThere: whether there is a `/dev/kvm`.
  package static func withoutKVM(_ obstacle: String, isThere: Bool) -> Diagnosis {
    Diagnosis(
      what: "accelerator", state: .note,
      detail: "guests run under TCG, about ten times slower: \(obstacle)",
      remedy: isThere
        ? "sudo usermod -aG kvm $USER, then log in again"
        : "sudo modprobe kvm_intel (or kvm_amd); if that fails, enable virtualisation (VT-x, AMD-V) in "
          + "the firmware, or nested virtualisation if this is a virtual machine")
  }

  /// - Parameter mebibytes: what `/proc/meminfo` calls MemAvailable.
  package static func memory(_ mebibytes: Int, cores: Int) -> Diagnosis {
    // A guest's memory, and QEMU's own.
    let needed = cores * 300
    return Diagnosis(
      what: "memory", state: mebibytes >= needed ? .fine : .note,
      detail: "\(mebibytes) MiB are free, \(cores) guests side by side take \(needed)",
      remedy: mebibytes >= needed
        ? nil : "close other programs, or run fewer guests side by side: ./panicroom run --jobs 1")
  }

  /// Which libbpf loads programs in guests.
  ///
  /// - Parameters:
  ///   - own: the version of this machine's; nil if the agent isn't built.
  ///   - newer: the version of the one in the cache; nil if none is there, or it isn't needed.
  ///   - obstacle: why it could not be fetched; nil if nobody tried of late.
  package static func libbpf(own: String?, newer: String?, obstacle: String?) -> Diagnosis? {
    if let newer {
      return Diagnosis(
        what: "guests' libbpf", state: .fine,
        detail: "\(newer) of Debian's \(GuestLibraries.suite), from the cache", remedy: nil)
    }
    guard let own else { return nil }
    if SharedLibraries.isCurrent(own) {
      return Diagnosis(
        what: "guests' libbpf", state: .fine, detail: "\(own), this machine's own", remedy: nil)
    }
    let ending = obstacle.map { "; a newer one is not available: \($0)" }
    return Diagnosis(
      what: "guests' libbpf", state: .note,
      detail: "\(own), this machine's own" + (ending ?? "; the first run fetches a newer one"),
      remedy: nil)
  }

  /// What programs are compiled with: no tool, so that nothing else would notice.
  package static func libbpfHeaders(areThere: Bool) -> Diagnosis {
    areThere
      ? Diagnosis(what: "libbpf's headers", state: .fine, detail: "/usr/include/bpf", remedy: nil)
      : Diagnosis(
        what: "libbpf's headers", state: .missing, detail: "programs include them",
        remedy: "sudo apt-get install libbpf-dev")
  }
}

extension Doctor {
  func machine() async throws -> [Diagnosis] {
    var list = [Diagnosis.machine(HostMachine.architecture())]
    if let path = Tool(QEMU.program).locate() {
      let newer = preparation.qemuStore.cached
      var words: String?
      if let newer { words = try await QEMU(at: newer).words() }
      if let diagnosis = Diagnosis.qemu(try await QEMU(at: path).words(), newer: words) {
        list.append(diagnosis)
      }
      list.append(.confinement(await Confinement.of(path)))
    }
    if let diagnosis = try await libbpf() { list.append(diagnosis) }
    list.append(.libbpfHeaders(areThere: Files.isFolder("/usr/include/bpf")))
    let free = try Files.text("/proc/meminfo").split(separator: "\n").first {
      $0.hasPrefix("MemAvailable:")
    }
    if let kilobytes = free?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
      list.append(.memory(kilobytes >> 10, cores: HostMachine.cores))
    }
    return list
  }

  private func libbpf() async throws -> Diagnosis? {
    guard Files.exists(preparation.agent) else { return nil }
    let newer = try await preparation.libraries(fetching: false).tree?.libbpf
    return .libbpf(
      own: try await SharedLibraries().libbpf(of: preparation.agent), newer: newer,
      obstacle: try preparation.guestLibraries.recentObstacle())
  }
}

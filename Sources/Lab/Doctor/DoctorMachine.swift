import Foundation
import Glibc
import Host
import Machine

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

  /// - Parameter version: what `qemu-system-x86_64 --version` prints; nil where there is none.
  package static func qemu(_ version: String?) -> Diagnosis? {
    guard let version, let match = version.firstMatch(of: /version (\d+)\.(\d+)/),
      let major = Int(match.1)
    else { return nil }
    let number = "\(match.1).\(match.2)"
    // `-action panic=none`, by which a panic's console is read to its end, came with 6.0.
    if major >= 6 { return Diagnosis(what: "QEMU", state: .fine, detail: number, remedy: nil) }
    return Diagnosis(
      what: "QEMU", state: .missing, detail: "version \(number) is too old; 6.0 or newer is needed",
      remedy: "upgrade qemu-system-x86, such as: sudo apt-get update && sudo apt-get install "
        + "qemu-system-x86")
  }

  /// What to do where KVM can't be tried.
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
        : "sudo modprobe kvm_intel (or kvm_amd); where that fails, switch virtualisation (VT-x, AMD-V) "
          + "on in the firmware, or nested virtualisation where this is a virtual machine")
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

  /// What programs are compiled with: no tool, so that nothing else would notice.
  package static func libbpfHeaders(areThere: Bool) -> Diagnosis {
    areThere
      ? Diagnosis(what: "libbpf's headers", state: .fine, detail: "/usr/include/bpf", remedy: nil)
      : Diagnosis(
        what: "libbpf's headers", state: .missing, detail: "programs include them",
        remedy: "sudo apt-get install libbpf-dev")
  }
}

extension Laboratory {
  func machine() async throws -> [Diagnosis] {
    var list = [Diagnosis.machine(HostMachine.architecture())]
    if let path = Tool(QEMU.program).locate() {
      let version = try await Tool(path).run(["--version"]).text
      if let diagnosis = Diagnosis.qemu(version) { list.append(diagnosis) }
    }
    list.append(.libbpfHeaders(areThere: Files.isFolder("/usr/include/bpf")))
    let free = try Files.text("/proc/meminfo").split(separator: "\n").first {
      $0.hasPrefix("MemAvailable:")
    }
    if let kilobytes = free?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) {
      list.append(.memory(kilobytes >> 10, cores: HostMachine.cores))
    }
    return list
  }
}

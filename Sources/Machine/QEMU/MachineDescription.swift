// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What makes guests run: the kernel's virtual machine, or QEMU's translator.
public enum Accelerator: String, Codable, Sendable, CaseIterable {
  case kvm, tcg
}

/// Everything that a guest is made of. Two guests with equal descriptions are interchangeable.
public struct MachineDescription: Codable, Sendable, Equatable {
  /// QEMU's program, as an absolute path.
  public var qemu: String
  public var accelerator: Accelerator
  /// The kernel's image (bzImage or a PVH vmlinux).
  public var kernel: String
  public var initramfs: String
  /// Kernel parameters.
  public var parameters: [String]
  public var memoryMiB: Int
  public var cpus: Int

  public init(
    qemu: String, accelerator: Accelerator, kernel: String, initramfs: String,
    parameters: [String], memoryMiB: Int = 256, cpus: Int = 1
  ) {
    self.qemu = qemu
    self.accelerator = accelerator
    self.kernel = kernel
    self.initramfs = initramfs
    self.parameters = parameters
    self.memoryMiB = memoryMiB
    self.cpus = cpus
  }
}

/// How a guest comes to life.
package enum StartMode: Sendable, Equatable {
  /// Boot with memory of its own.
  case boot
  /// Boot with memory in a file, to be frozen as a template.
  case bootInto(memoryFile: String)
  /// Continue from a frozen template: the open state file, and the open file of its memory,
  /// which is nil if QEMU opens it by its path.
  case restore(memoryFile: String, stateDescriptor: Int32, memoryDescriptor: Int32? = nil)
}

/// QEMU's numbers of the descriptors that a guest is started with.
enum InheritedDescriptor {
  static let qmp: Int32 = 3
  static let console: Int32 = 4
  static let agent: Int32 = 5
  /// Where QEMU saves the requested parts of the guest's memory.
  static let saved: Int32 = 6
  static let state: Int32 = 7
  static let memory: Int32 = 8
}

extension MachineDescription {
  /// QEMU's command line.
  ///
  /// Each guest has a console, one virtio-serial port and pvpanic; no network, no disk, no display.
  /// A restored guest must have exactly its template's devices, but needs no kernel.
  package func arguments(_ mode: StartMode) -> [String] {
    var arguments = [
      "-accel", accelerator == .tcg ? "tcg,tb-size=32" : "kvm",
      // Without the PMU, whose interrupts are NMIs, a KVM guest gets no NMI but the harness's.
      "-cpu", accelerator == .tcg ? "max" : "host,pmu=off",
      "-m", "\(memoryMiB)", "-smp", "\(cpus)",
      "-display", "none", "-nodefaults", "-no-user-config", "-no-reboot",
      // A small firmware, part of QEMU, that starts the kernel at once.
      "-bios", "qboot.rom",
      "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
      // The default actions end QEMU before the console's last lines are out, and leave nothing to
      // read of a guest that reset.
      "-action", "panic=none,shutdown=pause",
      "-chardev", "socket,id=qmp,fd=\(InheritedDescriptor.qmp)",
      "-mon", "chardev=qmp,mode=control",
      // A "file" writes to whatever it is handed, here a pipe; with append=off it would truncate it.
      "-add-fd", "fd=\(InheritedDescriptor.console),set=1",
      "-chardev", "file,id=console,path=/dev/fdset/1,append=on",
      "-serial", "chardev:console",
      "-device", "virtio-serial-pci,max_ports=2",
      "-chardev", "socket,id=agent,fd=\(InheritedDescriptor.agent)",
      "-device", "virtserialport,chardev=agent,nr=1,name=panicroom",
      "-device", "pvpanic",
    ]
    arguments += memoryArguments(mode)
    if case .restore = mode {
      arguments += ["-incoming", "defer"]
    } else {
      arguments += [
        "-kernel", kernel, "-initrd", initramfs, "-append", parameters.joined(separator: " "),
      ]
    }
    return arguments
  }

  /// A template's memory is a file that it shares; a clone sees it copy-on-write.
  private func memoryArguments(_ mode: StartMode) -> [String] {
    func file(_ path: String, share: Bool) -> String {
      // A comma in an option's value is doubled (qemu(1)).
      let escaped = path.split(separator: ",", omittingEmptySubsequences: false)
        .joined(separator: ",,")
      return "memory-backend-file,id=mem,size=\(memoryMiB)M,mem-path=\(escaped),share="
        + (share ? "on" : "off")
    }
    let backend =
      switch mode {
      case .boot: "memory-backend-ram,id=mem,size=\(memoryMiB)M"
      case .bootInto(let memory): file(memory, share: true)
      case .restore(let memory, _, nil): file(memory, share: false)
      case .restore: file("/proc/self/fd/\(InheritedDescriptor.memory)", share: false)
      }
    return ["-M", "pc,memory-backend=mem", "-object", backend]
  }
}

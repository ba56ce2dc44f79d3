// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import CMachine
import Glibc
import Host

/// What a confined QEMU sees and may use (SECURITY.md).
///
/// It runs as a user without capabilities, in separate mount, PID, network and IPC namespaces. Its
/// root has the system's libraries, QEMU's own files and what the guest boots from, all read-only.
struct Jail: Sendable, Equatable {
  /// `nobody`, who should own no files; the PID namespace keeps its processes apart.
  static let user: UInt32 = 65534

  /// Folders and files that a distribution's programs may need to start; those that exist are visible.
  private static let system = [
    "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/nix/store", "/gnu/store",
    "/etc/ld.so.cache", "/etc/alternatives",
  ]
  /// Mebibytes of address space that QEMU needs in addition to the guest's memory: libraries, threads'
  /// stacks, malloc's arenas and TCG's code. 7.2 and 10.0 take less than half of it.
  private static let overheadMiB = 4096

  /// QEMU's, without symlinks.
  var program: String
  var seen: [String]
  var written: String?
  var usesKVM: Bool
  var memoryMiB: Int

  /// - Parameters:
  ///   - program: QEMU's, as an absolute path.
  ///   - files: what else it reads, as absolute paths.
  ///   - written: a file that it may write.
  /// - Throws: `HostError` if one of them is missing.
  init(
    program: String, files: [String] = [], written: String? = nil, usesKVM: Bool = false,
    memoryMiB: Int = 0
  ) throws(HostError) {
    var seen = Self.system.filter { access($0, F_OK) == 0 }
    func show(_ path: String) {
      let isSeen = seen.contains { path == $0 || path.hasPrefix($0 + "/") }
      if path != "/", !isSeen { seen.append(path) }
    }
    self.program = try Files.real(program)
    // Its firmware is next to it: …/usr/bin/qemu-system-x86_64, …/usr/share/qemu.
    show(Files.parent(of: Files.parent(of: self.program)))
    for file in files where !file.isEmpty {
      show(file)
      show(try Files.real(file))
    }
    self.seen = seen
    self.written = written
    self.usesKVM = usesKVM
    self.memoryMiB = memoryMiB
  }

  /// Calls `body` with the jail as C takes it.
  func withPointer<Result>(_ body: (UnsafeMutablePointer<cmachine_jail>) -> Result) -> Result {
    var paths = seen.map { strdup($0) } + [nil]
    let file = written.map { strdup($0) } ?? nil
    defer { for path in paths + [file] { free(path) } }
    return paths.withUnsafeMutableBufferPointer { paths in
      var jail = cmachine_jail()
      jail.seen = UnsafePointer(paths.baseAddress)
      jail.written = UnsafePointer(file)
      jail.user = Self.user
      jail.kvm = usesKVM ? 1 : 0
      jail.memory = UInt64(memoryMiB + Self.overheadMiB) << 20
      // The largest file that it writes is a guest's memory; the state and its output are small.
      jail.file_size = UInt64(memoryMiB + 64) << 20
      return body(&jail)
    }
  }
}

extension MachineDescription {
  /// For a guest that starts like this.
  ///
  /// - Throws: `HostError` if a file of its is missing.
  func jail(_ mode: StartMode) throws(HostError) -> Jail {
    var files: [String] = []
    var written: String?
    switch mode {
    case .boot: files = [kernel, initramfs]
    case .bootInto(let memory):
      files = [kernel, initramfs]
      written = memory
    // Its memory is a descriptor. What has no sealed copy is not restored in a jail (`Preparation`).
    case .restore: break
    }
    return try Jail(
      program: qemu, files: files, written: written, usesKVM: accelerator == .kvm,
      memoryMiB: memoryMiB)
  }
}

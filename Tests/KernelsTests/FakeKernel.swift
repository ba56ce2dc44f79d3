// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import Host
import Kernels
import Logging

/// A kernel that never runs: made of the parts that a store looks at, in a folder of its own.
struct FakeKernel {
  static let release = "9.9.1-fake"
  /// What every guest needs, and eBPF and modules.
  static let config = """
    CONFIG_64BIT=y
    CONFIG_BLK_DEV_INITRD=y
    CONFIG_BINFMT_ELF=y
    CONFIG_DEVTMPFS=y
    CONFIG_PROC_FS=y
    CONFIG_SYSFS=y
    CONFIG_PCI=y
    CONFIG_INET=y
    CONFIG_FUTEX=y
    CONFIG_EPOLL=y
    CONFIG_SERIAL_8250_CONSOLE=y
    CONFIG_VIRTIO_PCI=y
    CONFIG_VIRTIO_CONSOLE=y
    CONFIG_BPF_SYSCALL=y
    CONFIG_MODULES=y

    """

  let folder: String
  var config = FakeKernel.config
  var hasBTF = true

  /// An ELF file that says that it is Linux.
  func vmlinux() async throws -> String {
    try Files.write(config, to: "\(folder)/config.text")
    try await Tool("gzip").checked(
      ["-nc", "\(folder)/config.text"], outputFile: "\(folder)/config.gz")
    let types = """
      .section .BTF,"a"
      .short 0xeb9f
      .byte 1, 0
      .long 24, 0, 0, 0, 1
      .byte 0

      """
    try Files.write(
      """
      .text
      .globl _start
      _start: hlt
      .section .rodata,"a"
      .asciz "Linux version \(Self.release) (me@here) #1 SMP"
      .ascii "IKCFG_ST"
      .incbin "config.gz"
      .ascii "IKCFG_ED"
      .section __ksymtab,"a"
      .long 0
      .section .notes,"a",@note
      .long 4, 4, 18
      .asciz "Xen"
      .long 0
      \(hasBTF ? types : "")
      """, to: "\(folder)/vmlinux.S")
    try await Tool("gcc-12").checked(
      [
        "-nostdlib", "-static", "-no-pie", "-Wl,--build-id=none", "-o", "vmlinux", "vmlinux.S",
      ], directory: folder)
    return "\(folder)/vmlinux"
  }

  /// The same behind a setup header (Linux: Documentation/arch/x86/boot.rst).
  func bzImage() async throws -> String {
    let payload = try await Tool("gzip").checked(["-nc", try await vmlinux()]).standardOutput
    var bytes = [UInt8](repeating: 0, count: 1024)
    func put(_ offset: Int, _ size: Int, _ value: Int) {
      for index in 0..<size { bytes[offset + index] = UInt8(value >> (8 * index) & 0xff) }
    }
    let body = (payload.count + 15) / 16
    put(0x1f1, 1, 1)
    put(0x1f4, 4, body)
    bytes.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    put(0x206, 2, 0x20f)
    put(0x20e, 2, 0x100)
    put(0x236, 2, 1)
    put(0x24c, 4, payload.count)
    let words = Array("\(Self.release) (me@here) #1 SMP\0".utf8)
    bytes.replaceSubrange(0x300..<(0x300 + words.count), with: words)
    bytes += payload + [UInt8](repeating: 0, count: body * 16 - payload.count)
    try Files.write(bytes, to: "\(folder)/bzImage")
    return "\(folder)/bzImage"
  }

  /// `lib/modules/<release>` below a new folder, each module with what it depends on.
  func modules(
    _ needs: [String: String], release: String = FakeKernel.release,
    below name: String = "installed"
  ) async throws -> String {
    let root = "\(folder)/\(name)"
    let target = "\(root)/lib/modules/\(release)"
    try Files.makeFolder("\(target)/kernel")
    for list in ["order", "builtin", "builtin.modinfo"] {
      try Files.write("", to: "\(target)/modules.\(list)")
    }
    for (module, needed) in needs {
      try Files.write(
        """
        .section .modinfo,"a"
        .asciz "vermagic=\(release) SMP mod_unload "
        .asciz "depends=\(needed)"
        .asciz "name=\(module)"
        """, to: "\(folder)/module.S")
      try await Tool("gcc-12").checked(
        ["-c", "-o", "\(target)/kernel/\(module).ko", "module.S"], directory: folder)
    }
    return root
  }

  /// A build tree whose kbuild makes any module, or fails.
  func headers(release: String = FakeKernel.release, builds: Bool = true) throws -> String {
    let tree = "\(folder)/tree-\(release)-\(builds)"
    try Files.makeFolder("\(tree)/include/generated")
    let recipe = builds ? "touch $(M)/probe.ko" : "@echo 'gcc: error: no such luck' >&2; false"
    try Files.write("modules:\n\t\(recipe)\n", to: "\(tree)/Makefile")
    try Files.write("", to: "\(tree)/Module.symvers")
    try Files.write("", to: "\(tree)/include/generated/autoconf.h")
    try Files.write(
      "#define UTS_RELEASE \"\(release)\"\n", to: "\(tree)/include/generated/utsrelease.h")
    return tree
  }

  var store: KernelStore {
    KernelStore(
      cache: CacheDirectory(root: "\(folder)/cache"),
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  func parts(_ image: String, named name: String = "mine") -> KernelParts {
    KernelParts(name: name, image: image, addedBy: "panicroom kernel add \(name) …")
  }

  /// What a failed attempt leaves: the locks.
  func leftovers() throws -> [String] {
    try Files.list("\(folder)/cache/kernels").filter { !$0.hasPrefix(".lock-") }
  }
}

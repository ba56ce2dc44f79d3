// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Verdicts

/// What an object is, from the header of its file (elf.h, `Elf64_Ehdr`).
package struct ObjectKind: Sendable, Equatable {
  package let mechanism: Mechanism

  /// Numbers of machines (Linux: include/uapi/linux/elf-em.h).
  private enum Machine {
    static let amd64 = 62
    static let bpf = 247
  }

  /// - Returns: nil if it is no ELF file.
  /// - Throws: ``LabError`` for an ELF file that no guest loads.
  package init?(of bytes: [UInt8], path: String) throws {
    guard bytes.starts(with: [0x7f, 0x45, 0x4c, 0x46]) else { return nil }
    guard bytes.count >= 20 else { throw LabError("\(path) is cut off: give a whole object.") }
    let isBigEndian = bytes[5] == 2
    func number(at offset: Int) -> Int {
      let (first, second) = (Int(bytes[offset]), Int(bytes[offset + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    let isRelocatable = number(at: 16) == 1
    switch number(at: 18) {
    case Machine.bpf where isBigEndian:
      throw LabError(
        "\(path) is a program for big-endian machines, and the guests' x86-64 is little-endian: "
          + "compile it with clang -target bpfel, or give the source.")
    case Machine.bpf: mechanism = .bpf
    case Machine.amd64 where isRelocatable && path.hasSuffix(".bpf.o"):
      throw LabError(
        "\(path) is an object for a CPU, not for the kernel's eBPF machine; compile it with "
          + "clang -target bpf, or give the source.")
    case Machine.amd64 where isRelocatable: mechanism = .lkm
    case Machine.amd64:
      throw LabError(
        "\(path) is a user-space program or a library: give the program or module that it loads.")
    default:
      throw LabError(
        "\(path) is an object for another machine than the guests' x86-64; build it for that, or "
          + "give the source.")
    }
  }
}

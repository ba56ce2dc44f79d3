// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The few parts of an ELF file that matter for kernels and their modules (elf(5)). What a
/// truncated file lacks is missing; nothing is read beyond its end.
struct ElfImage: Sendable {
  let bytes: [UInt8]
  /// Section contents by name; those without contents in the file are left out.
  let sections: [String: Range<Int>]
  /// Linux: include/uapi/linux/elf-em.h.
  let machine: Int
  let is64Bit: Bool

  static let magic: [UInt8] = [0x7f, 0x45, 0x4c, 0x46]
  static let machineOfGuests = 62
  private static let withoutContents = 8

  /// Nil if the bytes are not an ELF file, or one whose table of sections is missing.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Self.magic), bytes.count >= 64 else { return nil }
    self.bytes = bytes
    is64Bit = bytes[4] == 2
    machine = Self.number(bytes, 18, 2)
    guard is64Bit, bytes[5] == 1 else {
      sections = [:]
      return
    }
    // e_shoff, e_shentsize, e_shnum, e_shstrndx.
    let (start, size) = (Self.number(bytes, 40, 8), Self.number(bytes, 58, 2))
    let (count, names) = (Self.number(bytes, 60, 2), Self.number(bytes, 62, 2))
    guard size >= 64, names < count, start > 0, start <= bytes.count - size * count else {
      return nil
    }
    func range(_ index: Int) -> Range<Int>? {
      let header = start + index * size
      let (offset, length) = (
        Self.number(bytes, header + 24, 8), Self.number(bytes, header + 32, 8)
      )
      guard offset >= 0, length >= 0, offset <= bytes.count, length <= bytes.count - offset else {
        return nil
      }
      return offset..<(offset + length)
    }
    guard let table = range(names) else { return nil }
    var found: [String: Range<Int>] = [:]
    for index in 0..<count {
      let header = start + index * size
      let place = table.lowerBound + Self.number(bytes, header, 4)
      guard Self.number(bytes, header + 4, 4) != Self.withoutContents, table.contains(place),
        let contents = range(index)
      else { continue }
      // No name that is looked up is longer; a crafted file has megabytes of one name in each
      // section.
      let name = bytes[place..<min(table.upperBound, place + 256)].prefix { $0 != 0 }
      found[String(decoding: name, as: UTF8.self)] = contents
    }
    sections = found
  }

  /// Whether QEMU can start it directly: by the note that names its entry for PVH guests (Xen:
  /// public/elfnote.h, `XEN_ELFNOTE_PHYS32_ENTRY`).
  var hasPVHEntry: Bool {
    guard let notes = sections[".notes"] else { return false }
    var place = notes.lowerBound
    while place + 12 <= notes.upperBound {
      let (name, size) = (number(place, 4), number(place + 4, 4))
      let begin = place + 12
      guard name >= 0, size >= 0, name <= notes.upperBound - begin else { return false }
      if number(place + 8, 4) == 18, bytes[begin..<(begin + name)].elementsEqual("Xen\0".utf8) {
        return true
      }
      place = begin + (name + 3) / 4 * 4 + (size + 3) / 4 * 4
    }
    return false
  }

  /// The values of a key in a module's `.modinfo`: `vermagic`, `depends`.
  func moduleInfo(_ key: String) -> [String] {
    guard let range = sections[".modinfo"] else { return [] }
    // Real ones have some KiB; a crafted one has millions of entries.
    let start = Array("\(key)=".utf8)
    return bytes[range].prefix(1 << 20).split(separator: 0).filter { $0.starts(with: start) }
      .map { String(decoding: $0.dropFirst(start.count), as: UTF8.self) }
  }

  private func number(_ offset: Int, _ size: Int) -> Int { Self.number(bytes, offset, size) }

  /// Little-endian; negative if it is larger than an offset in a file can be.
  private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> Int {
    guard offset >= 0, offset + size <= bytes.count else { return -1 }
    return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
}

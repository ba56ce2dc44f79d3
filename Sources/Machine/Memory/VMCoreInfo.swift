// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a kernel says about its own layout, for tools that read its memory from outside: lines such
/// as `SYMBOL(prb)=ffffffff82c5a8f0` in an ELF note (Linux: kernel/vmcore_info.c, before 6.9
/// kernel/crash_core.c; Documentation/admin-guide/kdump/vmcoreinfo.rst).
public struct VMCoreInfo: Sendable, Equatable {
  /// The note's name, with its closing zero.
  static let name = Array("VMCOREINFO\0".utf8)

  private var entries: [Substring: Substring] = [:]

  /// The lines without the note around them.
  public init(text: String) {
    for line in text.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      entries[line[..<equals]] = line[line.index(after: equals)...]
    }
  }

  /// An ELF note: the sizes of name and text, a type, the name, the text (elf(5), Elf64_Nhdr).
  ///
  /// Nil if the bytes are something else.
  public init?(note bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    let header = 12
    guard let nameSize = bytes.integer(at: 0, as: UInt32.self),
      let size = bytes.integer(at: 4, as: UInt32.self), Int(nameSize) == Self.name.count,
      bytes.dropFirst(header).starts(with: Self.name)
    else { return nil }
    // The text begins on a boundary of four bytes.
    let start = header + (Self.name.count + 3) / 4 * 4
    guard start + Int(size) <= bytes.count else { return nil }
    self.init(text: String(decoding: bytes[start..<start + Int(size)], as: UTF8.self))
  }

  /// A symbol's virtual address.
  public func symbol(_ name: String) -> UInt64? {
    entries["SYMBOL(\(name))"].flatMap { UInt64($0, radix: 16) }
  }

  /// A type's size in bytes.
  public func size(_ type: String) -> Int? { decimal("SIZE(\(type))") }

  /// The offset of a member in its type, in bytes.
  public func offset(_ member: String) -> Int? { decimal("OFFSET(\(member))") }

  public func number(_ name: String) -> Int64? {
    entries["NUMBER(\(name))"].flatMap { Int64($0) }
  }

  /// No type of the kernel's is anywhere near as large as what is let through.
  private func decimal(_ key: String) -> Int? {
    entries[key[...]].flatMap { Int($0) }.flatMap { (0...1 << 20).contains($0) ? $0 : nil }
  }
}

extension RandomAccessCollection where Element == UInt8, Index == Int {
  /// A little-endian integer; nil if it is incomplete.
  func integer<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type) -> Number? {
    let size = MemoryLayout<Number>.size
    guard offset >= 0, offset <= count - size else { return nil }
    var number: Number = 0
    for index in (0..<size).reversed() {
      number = number << 8 | Number(truncatingIfNeeded: self[startIndex + offset + index])
    }
    return number
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Walks a kernel's own page tables, for addresses that are neither in its image nor in the direct
/// map: modules, and memory from vmalloc() (Intel's manual, volume 3A, 4.5; Linux:
/// arch/x86/include/asm/pgtable_64_types.h).
///
/// The tables are the guest's, which may have changed them: the result is worth no more than what
/// the guest says. Each level costs a read, so tables are kept; the guest must be stopped.
struct PageTables {
  private let memory: GuestMemory
  /// The physical address of the top table.
  private let root: UInt64
  private let levels: Int
  private var tables: [UInt64: [UInt8]] = [:]

  private static let entrySize = 8
  private static let tableSize = 4096
  private static let present: UInt64 = 1
  private static let large: UInt64 = 1 << 7
  /// Bits 12 to 51.
  private static let frame: UInt64 = 0x000f_ffff_ffff_f000

  init(_ memory: GuestMemory, root: UInt64, levels: Int) {
    self.memory = memory
    self.root = root
    self.levels = levels
  }

  /// The physical address for a virtual one; nil if nothing is mapped there.
  ///
  /// - Throws: as ``GuestMemory/read(physical:count:seconds:)``.
  mutating func physical(_ address: UInt64) async throws -> UInt64? {
    var table = root
    for level in (0..<levels).reversed() {
      let shift = UInt64(12 + 9 * level)
      let index = Int(address >> shift & 0x1ff)
      guard
        let entry = try await content(table).integer(
          at: index * Self.entrySize, as: UInt64.self), entry & Self.present != 0
      else { return nil }
      // Pages of 1 GiB and 2 MiB end the walk early.
      if level == 0 || (level < 3 && entry & Self.large != 0) {
        let offset = UInt64(1) << shift - 1
        return entry & Self.frame & ~offset | address & offset
      }
      table = entry & Self.frame
    }
    return nil
  }

  private mutating func content(_ table: UInt64) async throws -> [UInt8] {
    if let known = tables[table] { return known }
    let bytes = try await memory.read(physical: table, count: Self.tableSize)
    tables[table] = bytes
    return bytes
  }
}

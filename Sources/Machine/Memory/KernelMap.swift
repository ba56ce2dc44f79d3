// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The place of one booted kernel in its guest's memory. This holds for the guest and all its clones,
/// since a kernel moves only when it boots (KASLR).
///
/// Made before anything of a trial is in the guest, so the trial can't have influenced it.
public struct KernelMap: Codable, Sendable, Equatable {
  /// Virtual addresses by name, as the guest's own `/proc/kallsyms` had them.
  public var symbols: [String: UInt64]
  /// What is added to an address of the kernel's image to get a physical one; wraps around.
  /// (Linux: `phys_base`, arch/x86/include/asm/page_64.h `__phys_addr_nodebug`.)
  public var physicalBase: UInt64
  /// Where the direct map of all memory begins; nil if the kernel doesn't say.
  public var directMap: UInt64?
  /// The virtual address of the top page table, and the number of levels; nil if the kernel doesn't
  /// say.
  public var pageTables: UInt64?
  public var levels = 4
  /// The kernel's log; nil if it has none that can be read (before 5.10).
  public var log: PrintkRing.Layout?

  /// Linux: arch/x86/include/asm/page_64_types.h `__START_KERNEL_map`, and the 1 GiB above it that
  /// an image may take (`KERNEL_IMAGE_SIZE` with KASLR).
  private static let image: UInt64 = 0xffff_ffff_8000_0000
  private static let imageSize: UInt64 = 1 << 30

  public init(
    symbols: [String: UInt64], physicalBase: UInt64, directMap: UInt64? = nil,
    log: PrintkRing.Layout? = nil
  ) {
    self.symbols = symbols
    self.physicalBase = physicalBase
    self.directMap = directMap
    self.log = log
  }

  /// The physical address for a virtual one of the kernel's image or of the direct map; nil for all
  /// others, which only the page tables have.
  public func physical(_ address: UInt64) -> UInt64? {
    if address >= Self.image, address - Self.image < Self.imageSize {
      return address &- Self.image &+ physicalBase
    }
    guard let directMap, address >= directMap, address < Self.image else { return nil }
    return address - directMap
  }

  /// The physical address of a symbol; nil if the guest didn't name it.
  public func physical(of symbol: String) -> UInt64? { symbols[symbol].flatMap(physical) }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What an address says by its looks.
enum AddressText {
  /// Nil for an address like any other.
  static func meaning(_ address: String) -> String? {
    let digits = address.hasPrefix("0x") ? address.dropFirst(2) : address[...]
    guard digits.count == 16, let value = UInt64(digits, radix: 16) else { return nil }
    let upper = value >> 32
    // include/linux/poison.h
    if upper == 0x6b6b_6b6b { return "filled with 0x6b, as freed memory is: a use after free" }
    if upper == 0x5a5a_5a5a { return "filled with 0x5a, as memory is that nobody has written yet" }
    if value & ~0xfff == 0xdead_0000_0000_0000 {
      return "the marker of an entry that was deleted from a list: it was used after that"
    }
    return isFlipped(value) ? "one flipped bit makes it a valid address: suspect the memory" : nil
  }

  /// The upper 16 bits of x86-64's and arm64's addresses are all equal.
  private static func isFlipped(_ value: UInt64) -> Bool {
    // KASAN's shadow of address 0.
    if value >> 48 == 0xdfff { return false }
    let upper = value >> 47
    let ones = upper.nonzeroBitCount
    // A lone bit in a small number is an offset from NULL with one bit too many.
    return ones == 16 || ones == 1 && value & 0x7fff_ffff_ffff != 0
  }
}

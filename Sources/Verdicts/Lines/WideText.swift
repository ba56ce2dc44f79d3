// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Turns UTF-16, as Windows' shells write files, into bytes that the readers know. Only ASCII matters
/// to them: every other character becomes a question mark.
struct WideText: Sendable {
  private enum Order { case undecided, narrow, littleEndian, bigEndian }

  private var order = Order.undecided
  /// The first byte of a unit, or of the file, whose other half is still to come.
  private var carried: [UInt8] = []

  /// The bytes in pieces as ``KernelLog/feed(_:)`` takes them; nil where they are fine as they are.
  mutating func narrowed(_ bytes: some Collection<UInt8>) -> [UInt8]? {
    if order == .narrow { return nil }
    var all = carried + Array(bytes)
    carried = []
    if order == .undecided {
      guard all.count > 1 else {
        carried = all
        return []
      }
      switch (all[0], all[1]) {
      case (0xff, 0xfe): order = .littleEndian
      case (0xfe, 0xff): order = .bigEndian
      default:
        order = .narrow
        return all
      }
      all.removeFirst(2)
    }
    if all.count % 2 == 1 { carried = [all.removeLast()] }
    let low = order == .littleEndian ? 0 : 1
    return stride(from: 0, to: all.count, by: 2).map { unit in
      all[unit + 1 - low] == 0 && all[unit + low] < 0x80 ? all[unit + low] : UInt8(ascii: "?")
    }
  }

  /// A file of a single byte.
  mutating func rest() -> [UInt8] {
    defer { carried = [] }
    return order == .undecided ? carried : []
  }
}

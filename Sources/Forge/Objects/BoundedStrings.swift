// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Strings from an object's tables, by their offsets.
///
/// An object may come from anybody. A table that a compiler wrote has each string once, apart from
/// a few that are the tails of others. A crafted one has thousands of records that point into one
/// string of megabytes: so each string is made once, and no more of them than the object has bytes
/// for.
struct BoundedStrings {
  private var made: [UnsafeRawPointer: String] = [:]
  private var bytesLeft: Int

  /// - Parameter size: of the object, in bytes.
  init(objectOf size: Int) {
    bytesLeft = 2 * size + 4096
  }

  /// Longer than any line of a source and any name.
  private static let longest = 1 << 20

  /// The string that begins here; nil if it has no end in `limit` bytes, is longer than any, or if
  /// this object's strings were longer together than they can be.
  mutating func string(_ start: UnsafeRawPointer, within limit: Int) -> String? {
    if let known = made[start] { return known }
    let most = min(limit, bytesLeft, Self.longest)
    guard most > 0 else { return nil }
    let text = UnsafeRawBufferPointer(start: start, count: most)
    guard let end = memchr(start, 0, most) else {
      // Looking costs as much as making.
      bytesLeft -= most
      return nil
    }
    let length = start.distance(to: UnsafeRawPointer(end))
    bytesLeft -= length + 1
    let string = String(decoding: text[..<length], as: UTF8.self)
    made[start] = string
    return string
  }
}

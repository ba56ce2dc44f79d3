// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Little-endian numbers and strings from bytes; nil if they would be out of bounds.
struct ByteReader {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func half(_ offset: Int) -> Int? { number(offset, 2) }

  func word(_ offset: Int) -> Int? { number(offset, 4) }

  /// - Parameter strings: those that were made so far.
  func text(_ offset: Int, _ strings: inout BoundedStrings) -> String? {
    guard offset >= 0, offset < bytes.count else { return nil }
    return bytes.withUnsafeBytes { buffer in
      buffer.baseAddress.flatMap { strings.string($0 + offset, within: buffer.count - offset) }
    }
  }

  private func number(_ offset: Int, _ size: Int) -> Int? {
    guard offset >= 0, offset <= bytes.count - size else { return nil }
    return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
  }
}

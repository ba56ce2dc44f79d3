// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import GuestKernel
import Wire

/// Where the kernel is, as it says itself.
enum KernelPlacesReading {
  /// Read once, before the guest is frozen: the table has more than a hundred thousand lines.
  static func now() throws(SystemError) -> KernelPlaces {
    KernelPlaces(symbols: try symbols(), note: try note())
  }

  /// `/sys/kernel/vmcoreinfo`: a physical address and a size, both in hexadecimal
  /// (kernel/ksysfs.c `vmcoreinfo_show()`).
  private static func note() throws(SystemError) -> KernelPlaces.Stretch? {
    let words = try GuestFiles.table("/sys/kernel/vmcoreinfo").split(whereSeparator: { $0 <= 0x20 })
    guard words.count == 2, let address = hexadecimal(words[0].dropFirst(2)),
      let size = hexadecimal(words[1]), size <= 1 << 16
    else { return nil }
    return KernelPlaces.Stretch(address: address, size: Int(size))
  }

  private static func symbols() throws(SystemError) -> [String: UInt64] {
    let path = "/proc/kallsyms"
    guard access(path, R_OK) == 0 else { return [:] }
    let file = try Descriptor(opening: path, O_RDONLY)
    var table = SymbolTable(KernelPlaces.names)
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while !table.isComplete {
      let count = try system("read \(path)") { read(file.number, &piece, piece.count) }
      if count == 0 { break }
      table.add(piece[..<count])
    }
    return table.found
  }

  fileprivate static func hexadecimal(_ digits: ArraySlice<UInt8>) -> UInt64? {
    UInt64(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

/// Picks a few symbols from `/proc/kallsyms`, which comes in pieces: `ffffffff81000000 T _text`, a
/// module's followed by a tab and the module's name.
package struct SymbolTable {
  package private(set) var found: [String: UInt64] = [:]
  private let wanted: [(name: String, bytes: [UInt8])]
  private var unfinished: [UInt8] = []

  /// An address of 16 digits, a space, a letter, a space.
  private static let header = 19

  package init(_ names: [String]) { wanted = names.map { ($0, Array($0.utf8)) } }

  package var isComplete: Bool { found.count == wanted.count }

  package mutating func add(_ piece: ArraySlice<UInt8>) {
    unfinished.append(contentsOf: piece)
    var start = 0
    var matches: [(Int, Int)] = []
    unfinished.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      while start < bytes.count, let end = memchr(base + start, 0x0a, bytes.count - start) {
        let length = base.distance(to: UnsafeRawPointer(end)) - start
        for (index, symbol) in wanted.enumerated()
        where length == Self.header + symbol.bytes.count
          && memcmp(base + start + Self.header, symbol.bytes, symbol.bytes.count) == 0
        {
          matches.append((index, start))
        }
        start += length + 1
      }
    }
    for (index, place) in matches {
      let name = wanted[index].name
      // Of several the first: a file-local name may be there twice.
      if found[name] == nil {
        found[name] = KernelPlacesReading.hexadecimal(unfinished[place..<place + 16])
      }
    }
    unfinished.removeFirst(start)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A kernel's configuration: `.config`, `/boot/config-…`, or kbuild's `auto.conf`.
struct KernelConfig: Sendable, Equatable {
  /// The values of the options that are set, without `CONFIG_` and quotes: `y`, `m`, a number, a text.
  let values: [String: String]

  init(_ text: String) {
    var values: [String: String] = [:]
    for line in text.split(whereSeparator: \.isNewline) where line.hasPrefix("CONFIG_") {
      let parts = line.dropFirst("CONFIG_".count).split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { continue }
      let value = parts[1]
      let isQuoted = value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
      values[String(parts[0])] = String(isQuoted ? value.dropFirst().dropLast() : value)
    }
    self.values = values
  }

  /// Whether an option is built into the kernel.
  func has(_ option: String) -> Bool { values[option] == "y" }

  /// The name of the compiler that built the kernel, with gcc's major version: `gcc-12`; nil if the
  /// configuration doesn't say. (Linux: init/Kconfig, `CC_VERSION_TEXT`, `GCC_VERSION`.)
  var compiler: String? {
    if has("CC_IS_CLANG") { return "clang" }
    guard let version = values["GCC_VERSION"].flatMap({ Int($0) }), version > 0 else { return nil }
    return "gcc-\(version / 10_000)"
  }

  /// What a kernel with `CONFIG_IKCONFIG` has inside: gzip between two marks (Linux:
  /// kernel/configs.c; scripts/extract-ikconfig).
  ///
  /// - Returns: the compressed bytes; nil if there are none.
  static func embedded(in vmlinux: [UInt8]) -> ArraySlice<UInt8>? {
    guard let begin = ByteSearch.first("IKCFG_ST", in: vmlinux[...]),
      let end = ByteSearch.first("IKCFG_ED", in: vmlinux[(begin + 8)...])
    else { return nil }
    return vmlinux[(begin + 8)..<end]
  }
}

/// Looks for texts in files of many megabytes.
enum ByteSearch {
  /// The offset of the first occurrence of a text; nil if there is none.
  static func first(_ text: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let wanted = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer -> Int? in
      guard buffer.count >= wanted.count, let head = wanted.first else { return nil }
      var index = 0
      while index <= buffer.count - wanted.count {
        if buffer[index] == head,
          wanted.indices.allSatisfy({ buffer[index + $0] == wanted[$0] })
        {
          return bytes.startIndex + index
        }
        index += 1
      }
      return nil
    }
  }
}

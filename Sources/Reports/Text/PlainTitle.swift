// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A scenario's name as words: `gpl-only-without-licence` is "GPL only without licence".
enum PlainTitle {
  private static let acronyms: Set<String> = [
    "api", "bpf", "cpu", "gpl", "irq", "lsm", "nmi", "null", "rcu", "tc", "tcp", "udp", "xdp",
  ]

  static func of(_ name: String) -> String {
    let words = name.split(separator: "-").enumerated().map { index, word in
      let word = String(word)
      if acronyms.contains(word) { return word.uppercased() }
      return index == 0 ? word.prefix(1).uppercased() + word.dropFirst() : word
    }
    return words.joined(separator: " ")
  }
}

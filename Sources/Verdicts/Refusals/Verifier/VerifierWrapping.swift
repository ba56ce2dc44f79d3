// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What loaders other than libbpf put around the verifier's lines.
enum VerifierWrapping {
  static func unwrapped(_ line: Text) -> Text {
    var text = line
    // logrus: `level=warning msg="41: (85) call 1" subsys=loader`
    if text.hasPrefix("level="), let words = text.after(" msg=\"") {
      text = words.prefix(words.find("\" ") ?? words.count)
      if !text.isEmpty, text[text.count - 1] == UInt8(ascii: "\"") {
        text = text.prefix(text.count - 1)
      }
    }
    // Containers' logs: `2024-01-16T08:32:41.030215879Z …`
    if text.count > 24, text[0].isDigit, text.hasPrefix("T", at: 10), text.hasPrefix(":", at: 13) {
      let stamp = text.upTo { $0 == 0x20 }.count
      text = text.dropFirst(stamp + 1)
    }
    // ebpf-go indents the log with a tab.
    while !text.isEmpty, text[0] == 0x09 { text = text.dropFirst(1) }
    return summary(in: text) ?? text
  }

  static func isSummary(_ line: Text) -> Bool {
    line.contains("load program: ") && !line.contains("(hit verifier bug")
  }

  /// ebpf-go's VerifierError: `…load program: permission denied: message (63 line(s) omitted)`.
  private static func summary(in text: Text) -> Text? {
    guard let words = text.after("load program: "), let colon = words.find(": ") else { return nil }
    let rest = words.dropFirst(colon + 2)
    return rest.prefix(rest.find(" (") ?? rest.count)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A line that is a JSON object with a message in it, as journald, containers' runtimes and CI systems
/// write it.
enum JSONLine {
  /// The message with its escapes undone, bounded by the line; nil for any other line.
  static func message(in text: Text) -> [UInt8]? {
    guard text.count > 8, text[0] == UInt8(ascii: "{") else { return nil }
    // What journald knows to be another program's.
    for key in ["\"_TRANSPORT\"", "\"SYSLOG_IDENTIFIER\""] as [StaticString] {
      if let who = value(of: key, in: text), !who.hasPrefix("kernel\"") { return nil }
    }
    let keys: [StaticString] = [
      "\"MESSAGE\"", "\"message\"", "\"msg\"", "\"log\"", "\"textPayload\"",
    ]
    for key in keys {
      if let value = value(of: key, in: text) { return unescaped(value) }
    }
    return nil
  }

  /// What follows the opening quotation mark of the key's value.
  private static func value(of key: StaticString, in text: Text) -> Text? {
    guard let rest = text.after(key)?.trimmed(), rest.hasPrefix(":") else { return nil }
    let value = rest.dropFirst(1).trimmed()
    return value.hasPrefix("\"") ? value.dropFirst(1) : nil
  }

  private static func unescaped(_ text: Text) -> [UInt8] {
    var bytes: [UInt8] = []
    var index = 0
    while index < text.count, text[index] != UInt8(ascii: "\"") {
      guard text[index] == UInt8(ascii: "\\"), index + 1 < text.count else {
        bytes.append(text[index])
        index += 1
        continue
      }
      index += 2
      switch text[index - 1] {
      case UInt8(ascii: "n"): bytes.append(0x0a)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "r"): break
      case UInt8(ascii: "u"):
        let code = text.dropFirst(index).prefix(4).leadingHex()
        guard let code, code.length == 4, let scalar = Unicode.Scalar(UInt32(code.value)) else {
          continue
        }
        bytes.append(contentsOf: String(scalar).utf8)
        index += 4
      default: bytes.append(text[index - 1])
      }
    }
    return bytes
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A text that a log is to have, with POSIX extended regular expressions between `{{` and `}}`: as in
/// tools/testing/selftests/bpf/test_loader.c, `compile_regex` and `validate_msgs`.
package struct ExpectedMessage: Sendable, Equatable {
  package var text: String
  /// Whether it must be on the line after the previous message.
  package var isOnNextLine: Bool

  package init(_ text: String, isOnNextLine: Bool = false) {
    self.text = text
    self.isOnNextLine = isOnNextLine
  }

  private var isPattern: Bool { text.contains("{{") }

  /// The whole as one expression, with the text outside the braces taken literally; nil if a brace
  /// is left open.
  private static func expression(_ text: String) -> String? {
    var expression = ""
    var rest = text[...]
    var isInside = false
    while let character = rest.first {
      if rest.hasPrefix(isInside ? "}}" : "{{") {
        isInside.toggle()
        rest = rest.dropFirst(2)
        continue
      }
      if !isInside, ".[]\\()*+?{}|^$".contains(character) { expression.append("\\") }
      expression.append(character)
      rest = rest.dropFirst()
    }
    return isInside ? nil : expression
  }

  /// Whether its expressions, if it has any, can be used.
  package static func isValid(_ text: String) -> Bool {
    guard text.contains("{{") else { return true }
    guard let expression = expression(text) else { return false }
    var compiled = regex_t()
    guard regcomp(&compiled, expression, REG_EXTENDED | REG_NEWLINE) == 0 else { return false }
    regfree(&compiled)
    return true
  }

  /// Looks for all messages in their order.
  ///
  /// - Returns: what is missing, in words; nil if nothing is.
  package static func missing(_ messages: [ExpectedMessage], in log: [UInt8]) -> String? {
    guard !messages.isEmpty else { return nil }
    var position = 0
    var line = 0
    var counted = 0
    var isFirst = true
    for message in messages {
      guard let found = message.range(in: log, from: position) else {
        return isFirst
          ? "the log lacks \"\(message.text)\""
          : "the log lacks \"\(message.text)\" behind the messages before it"
      }
      let before = line
      line += log[counted..<found.lowerBound].count { $0 == UInt8(ascii: "\n") }
      counted = found.lowerBound
      if message.isOnNextLine, !isFirst, line != before + 1 {
        return "\"\(message.text)\" is not on the line behind the one before it"
      }
      position = found.upperBound
      isFirst = false
    }
    return nil
  }

  private func range(in log: [UInt8], from start: Int) -> Range<Int>? {
    guard isPattern else { return Self.range(of: Array(text.utf8), in: log, from: start) }
    var compiled = regex_t()
    guard let expression = Self.expression(text),
      regcomp(&compiled, expression, REG_EXTENDED | REG_NEWLINE) == 0
    else { return nil }
    defer { regfree(&compiled) }
    var match = regmatch_t()
    let rest = log[start...].map { CChar(bitPattern: $0) } + [0]
    guard regexec(&compiled, rest, 1, &match, 0) == 0 else { return nil }
    return start + Int(match.rm_so)..<start + Int(match.rm_eo)
  }

  private static func range(of text: [UInt8], in log: [UInt8], from start: Int) -> Range<Int>? {
    guard let first = text.first else { return start..<start }
    var position = start
    while let begin = log[position...].firstIndex(of: first) {
      if log[begin...].starts(with: text) { return begin..<begin + text.count }
      position = begin + 1
    }
    return nil
  }
}

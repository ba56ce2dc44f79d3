// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A C source as bytes, and what of it can be known without a compiler: the end of its first part, which
/// is compiled once for all mutants, and which functions it defines.
struct CSource: Sendable {
  let bytes: [UInt8]
  /// Everything up to the last `#include` is the same in all mutants and is compiled once.
  let preambleEnd: Int
  /// The names before a parameter list and a body at the top level. The compiler decides which of them
  /// are functions.
  let functions: Set<String>

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    var end = 0
    var start = 0
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") {
      let line = bytes[start...index].drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if line.starts(with: "#include".utf8) { end = index + 1 }
      start = index + 1
    }
    preambleEnd = end
    functions = Self.functions(in: bytes, from: end)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The line of a byte, counted from 1.
  func line(of offset: Int) -> Int {
    1 + bytes[..<offset].count { $0 == UInt8(ascii: "\n") }
  }

  var preamble: [UInt8] { Array(bytes[..<preambleEnd]) }

  /// A source of the same length without the preamble.
  static func blanked(_ bytes: [UInt8], to end: Int) -> [UInt8] {
    bytes[..<end].map { $0 == UInt8(ascii: "\n") ? $0 : UInt8(ascii: " ") } + bytes[end...]
  }

  /// The end of a parenthesis that opens right after a place; the place if none does.
  func endOfArguments(after start: Int) -> Int {
    var index = start
    while index < bytes.count, [32, 9, 10].contains(bytes[index]) { index += 1 }
    guard index < bytes.count, bytes[index] == UInt8(ascii: "(") else { return start }
    return CTokens.endOfParenthesis(bytes, from: index) ?? start
  }

  static let wrapped = "____"

  private static func functions(in bytes: [UInt8], from start: Int) -> Set<String> {
    var names: Set<String> = []
    var depth = 0
    var candidate: String?
    let tokens = CTokens.of(bytes[start...])
    for (index, token) in tokens.enumerated() {
      switch token {
      case "{":
        if depth == 0, let candidate { names.insert(candidate) }
        depth += 1
      case "}": depth -= 1
      case ";", "=": if depth == 0 { candidate = nil }
      case "(":
        // `SEC("kprobe/x") int count(struct pt_regs *regs) {`: the last name before a parenthesis.
        if depth == 0, index > 0, CTokens.isName(tokens[index - 1]) {
          candidate = tokens[index - 1]
          // `BPF_PROG(count, …) {`: libbpf's macros (bpf_tracing.h) name the function with this body
          // `____count`.
          if tokens[index - 1].hasPrefix("BPF_"), index + 1 < tokens.count {
            candidate = wrapped + tokens[index + 1]
          }
        }
        depth += 1000
      case ")": depth -= 1000
      default: break
      }
    }
    return names
  }
}

/// C's tokens, as far as names, numbers, strings and single characters go; comments and the
/// preprocessor's lines are left out.
enum CTokens {
  static func isName(_ token: String) -> Bool {
    token.utf8.first.map { isWord($0) && !(48...57).contains($0) } ?? false
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 95
  }

  static func of(_ bytes: ArraySlice<UInt8>) -> [String] {
    var tokens: [String] = []
    var index = bytes.startIndex
    var isLineStart = true
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == 10 { isLineStart = true }
      if [32, 9, 10, 13].contains(byte) {
        index += 1
        continue
      }
      if let end = endOfComment(bytes, from: index) {
        index = end
        continue
      }
      if byte == UInt8(ascii: "#"), isLineStart {
        index = endOfDirective(bytes, from: index)
        continue
      }
      isLineStart = false
      let end = endOfToken(bytes, from: index)
      tokens.append(String(decoding: bytes[index..<end], as: UTF8.self))
      index = end
    }
    return tokens
  }

  private static func endOfComment(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
    let rest = bytes[start...]
    if rest.starts(with: "//".utf8) { return rest.firstIndex(of: 10) ?? bytes.endIndex }
    guard rest.starts(with: "/*".utf8) else { return nil }
    var index = start + 2
    while index + 1 < bytes.endIndex {
      if bytes[index] == UInt8(ascii: "*"), bytes[index + 1] == UInt8(ascii: "/") {
        return index + 2
      }
      index += 1
    }
    return bytes.endIndex
  }

  private static func endOfDirective(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    var index = start
    while index < bytes.endIndex {
      if bytes[index] == 10, bytes[index - 1] != UInt8(ascii: "\\") { return index }
      index += 1
    }
    return index
  }

  private static func endOfToken(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
    let first = bytes[start]
    var index = start + 1
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      while index < bytes.endIndex, bytes[index] != first {
        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
      }
      return min(index + 1, bytes.endIndex)
    }
    guard isWord(first) else { return index }
    while index < bytes.endIndex, isWord(bytes[index]) { index += 1 }
    return index
  }

  /// The place after the parenthesis that closes the one at a place; nil if none does.
  static func endOfParenthesis(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var index = start
    while index < bytes.count {
      if let end = endOfComment(bytes[...], from: index) {
        index = end
        continue
      }
      let end = endOfToken(bytes[...], from: index)
      if bytes[index] == UInt8(ascii: "(") { depth += 1 }
      if bytes[index] == UInt8(ascii: ")") {
        depth -= 1
        if depth == 0 { return end }
      }
      index = end
    }
    return nil
  }
}

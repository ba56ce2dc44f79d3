// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Verdicts

/// A twin's source: numbered, highlighted, the armed lines and the blamed line marked.
struct SourceView {
  private let lines: [Substring]
  private let blamed: Int?
  private let way: Set<Int>

  /// - Parameters:
  ///   - blamed: the line of the verdict's source place, counted from 1.
  ///   - way: the lines that the verifier's path to its refusal goes through.
  init(_ text: String, blamed: Int?, way: Set<Int> = []) {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    self.lines = lines
    self.blamed = blamed
    self.way = way
  }

  var view: [View] {
    var inComment = false
    return lines.enumerated().map { index, line in
      let isArmed = line.contains("/* armed */")
      let isBlamed = index + 1 == blamed
      let tokens = CTokens.split(expandTabs(line), inComment: &inComment)
      return [
        "number": index + 1, "isArmed": isArmed, "isBlamed": isBlamed,
        "isOnWay": way.contains(index + 1),
        "tokens": tokens.map { ["class": $0.kind.rawValue, "text": $0.text] as View },
      ]
    }
  }
}

/// Which line of a source a log means by its text.
struct SourceIndex {
  private let numbers: [String: [Int]]

  init(_ source: String) {
    var numbers: [String: [Int]] = [:]
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      numbers[SourceIndex.words(line), default: []].append(index + 1)
    }
    self.numbers = numbers
  }

  /// - Parameters:
  ///   - text: the line as the verifier prints it: `u32 a = b;`, from Linux 6.8 followed by ` @
  ///     file.c:12`.
  ///   - previous: the line before it on the path; of several equal lines, the first after that.
  func line(of text: String, after previous: Int) -> Int? {
    if let at = text.firstRange(of: " @ "), let colon = text.lastIndex(of: ":"),
      colon > at.upperBound
    {
      return Int(text[text.index(after: colon)...])
    }
    guard let candidates = numbers[SourceIndex.words(text)], !text.isEmpty else { return nil }
    return candidates.first { $0 >= previous } ?? candidates.first
  }

  private static func words(_ line: some StringProtocol) -> String {
    line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

/// C, as far as highlighting needs it.
enum CTokens {
  enum Kind: String {
    case plain, comment, string, number, keyword, directive
  }

  struct Token: Equatable {
    var kind: Kind
    var text: String
  }

  private static let keywords: Set<String> = [
    "break", "case", "char", "const", "continue", "default", "do", "else", "enum", "extern", "for",
    "goto", "if", "inline", "int", "long", "return", "short", "signed", "sizeof", "static",
    "struct", "switch", "typedef", "union", "unsigned", "void", "volatile", "while", "bool", "u8",
    "u16", "u32", "u64", "s8", "s16", "s32", "s64", "__u8", "__u16", "__u32", "__u64", "__s32",
    "__s64", "size_t", "SEC", "armed",
  ]

  /// - Parameter inComment: whether a comment of an earlier line continues here.
  static func split(_ line: String, inComment: inout Bool) -> [Token] {
    var tokens: [Token] = []
    var rest = line[...]
    func add(_ kind: Kind, _ text: Substring) {
      guard !text.isEmpty else { return }
      if tokens.last?.kind == kind {
        tokens[tokens.count - 1].text += text
      } else {
        tokens.append(Token(kind: kind, text: String(text)))
      }
    }
    func take(_ kind: Kind, _ count: Int) {
      add(kind, rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    if !inComment, rest.drop(while: \.isWhitespace).first == "#" {
      let end = rest.firstRange(of: "/*")?.lowerBound ?? rest.endIndex
      add(.directive, rest[..<end])
      rest = rest[end...]
    }
    while let first = rest.first {
      if inComment {
        let end = rest.firstRange(of: "*/")?.upperBound
        add(.comment, rest[..<(end ?? rest.endIndex)])
        rest = rest[(end ?? rest.endIndex)...]
        inComment = end == nil
      } else if rest.hasPrefix("//") {
        take(.comment, rest.count)
      } else if rest.hasPrefix("/*") {
        inComment = true
        take(.comment, 2)
      } else if first == "\"" || first == "'" {
        take(.string, literalLength(rest, quote: first))
      } else if first.isNumber {
        take(.number, rest.prefix { $0.isLetter || $0.isNumber || $0 == "." }.count)
      } else if first.isLetter || first == "_" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        take(keywords.contains(String(word)) ? .keyword : .plain, word.count)
      } else {
        take(.plain, 1)
      }
    }
    return tokens
  }

  private static func literalLength(_ text: Substring, quote: Character) -> Int {
    var length = 1
    var isEscaped = false
    for character in text.dropFirst() {
      length += 1
      if character == quote && !isEscaped { break }
      isEscaped = character == "\\" && !isEscaped
    }
    return length
  }
}

/// Tabs become spaces up to the next column of four.
func expandTabs(_ line: some StringProtocol) -> String {
  var result = ""
  for character in line {
    if character == "\t" {
      result += String(repeating: " ", count: 4 - result.count % 4)
    } else {
      result.append(character)
    }
  }
  return result
}

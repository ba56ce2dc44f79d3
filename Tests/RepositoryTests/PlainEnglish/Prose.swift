// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What people read of a file: a document without its code, or the texts or comments in a source.
///
/// A paragraph is one line here, so that a phrase is found that breaks over two; paragraphs are two
/// blanks apart, so that none is found across them.
struct Prose {
  private(set) var text = ""
  private var starts: [(offset: Int, line: Int)] = []
  private var length = 0

  /// - Parameter markdown: a document. Boxes, code in a line, addresses of links and comments are left
  ///   out, and so are lines with a comment `<!-- words: why -->`.
  init(markdown: String) {
    var isBox = false
    for (index, line) in Self.lines(of: markdown) {
      if line.hasPrefix("```") {
        isBox.toggle()
        add("", index)
      } else if isBox || Self.exception.matches(line) {
        add("", index)
      } else {
        add(Self.markup.reduce(line) { $1.rule.replacing(in: $0, with: $1.with) }, index)
      }
    }
  }

  /// - Parameter swift: a source. Its string literals are what people read; comments are left out, and
  ///   so is what is put into a literal by interpolation.
  init(swift: String) {
    var isText = false
    for (index, line) in Self.lines(of: swift) {
      let marks = line.contains("\"\"\"") ? line.ranges(of: "\"\"\"").count : 0
      if isText {
        isText = marks == 0
        add(isText ? Self.withoutInterpolation(line) : "", index)
      } else if line.hasPrefix("//") || !line.contains("\"") {
        add("", index)
      } else if marks == 1 {
        isText = true
        add("", index)
      } else {
        let literals = Self.literal.all(in: Self.withoutInterpolation(line))
        add(literals.map { $0.dropFirst().dropLast() }.joined(separator: "  "), index)
      }
    }
  }

  /// - Parameter comments: a source in Swift or C. Its comments on lines of their own are read, without
  ///   the code in them.
  init(comments source: String) {
    for (index, line) in Self.lines(of: source) {
      guard line.hasPrefix("//") else {
        add("", index)
        continue
      }
      let text = line.drop { $0 == "/" }.trimmingCharacters(in: .whitespaces)
      add(Self.markup.reduce(text) { $1.rule.replacing(in: $0, with: $1.with) }, index)
    }
  }

  private static let exception = Rule(#"<!-- words: \S.* -->"#)
  private static let markup: [(rule: Rule, with: String)] = [
    (Rule("`[^`]*`"), "`"), (Rule(#"\]\([^)]*\)"#), "]"), (Rule("<!--.*?-->"), ""),
    (Rule(#"^(?:[-*>] |\d+\. )"#), ""),
  ]
  private static let literal = Rule(#""(?:[^"\\]|\\.)*""#)
  /// Two levels of parentheses are the most that our sources have.
  private static let interpolation = Rule(#"\\\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"#)

  private static func lines(of text: String) -> [(Int, String)] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { ($0 + 1, $1.trimmingCharacters(in: .whitespaces)) }
  }

  private static func withoutInterpolation(_ line: String) -> String {
    let plain = line.contains("\\(") ? interpolation.replacing(in: line, with: "X") : line
    return plain.hasSuffix("\\") ? plain.dropLast().trimmingCharacters(in: .whitespaces) : plain
  }

  private mutating func add(_ line: String, _ number: Int) {
    starts.append((length, number))
    text += line + " "
    length += line.utf16.count + 1
  }

  /// - Parameter offset: in UTF-16 units of ``text``.
  func line(at offset: Int) -> Int {
    starts.last { $0.offset <= offset }?.line ?? 1
  }
}

/// An NSRegularExpression without regard to case: a page takes it a tenth of the time of a `Regex`.
struct Rule: Sendable {
  private let expression: NSRegularExpression

  init(_ pattern: String) {
    do {
      expression = try NSRegularExpression(pattern: pattern, options: .caseInsensitive)
    } catch {
      preconditionFailure("\(pattern): \(error)")
    }
  }

  func matches(_ text: String) -> Bool {
    expression.firstMatch(in: text, range: Self.whole(text)) != nil
  }

  func replacing(in text: String, with replacement: String) -> String {
    expression.stringByReplacingMatches(
      in: text, range: Self.whole(text), withTemplate: replacement)
  }

  func all(in text: String) -> [Substring] { places(in: text).map(\.text) }

  /// What matches, with its offset in UTF-16 units.
  func places(in text: String) -> [(offset: Int, text: Substring)] {
    expression.matches(in: text, range: Self.whole(text)).compactMap { match in
      Range(match.range, in: text).map { (match.range.location, text[$0]) }
    }
  }

  private static func whole(_ text: String) -> NSRange {
    NSRange(location: 0, length: text.utf16.count)
  }
}

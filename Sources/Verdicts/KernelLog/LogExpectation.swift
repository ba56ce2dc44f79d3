// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a log may and must report: a line for each kind of report, and what holds for all others.
///
///     # a comment
///     warning in widget_probe exactly 2
///     soft-lockup at least 1
///     lockdep in widget_* any
///     none else
public struct LogExpectation: Sendable, Equatable {
  public struct Item: Sendable, Equatable {
    /// Nil for `*`: any kind.
    public var kind: Kind?
    /// The blamed function; a `*` at its end stands for anything.
    public var function: String?
    public var least: Int
    public var most: Int
    /// The line as it was written.
    public var words: String
  }

  public var items: [Item] = []
  /// `any else`: reports that no item declares are allowed.
  public var allowsOthers = false

  /// A line that can't be understood.
  public struct Mistake: Error, Equatable, CustomStringConvertible {
    public var line: Int
    public var description: String
  }

  /// How one demand ended.
  public struct Outcome: Sendable, Equatable {
    public enum State: Sendable { case met, unmet, inconclusive }

    public var name: String
    public var state: State
    /// What was found instead; empty if the demand is met.
    public var reason: String
  }

  public init() {}

  public init(parsing text: String) throws(Mistake) {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      var words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      if words.isEmpty { continue }
      if words.count == 2, words[1] == "else", words[0] == "none" || words[0] == "any" {
        allowsOthers = words[0] == "any"
        continue
      }
      let whole = words.joined(separator: " ")
      func mistake(_ what: String) -> Mistake {
        Mistake(line: index + 1, description: "line \(index + 1): \(what): \(whole)")
      }
      let name = words.removeFirst()
      let kind = Kind(rawValue: String(name))
      guard kind != nil || name == "*" else { throw mistake("\"\(name)\" is no kind of report") }
      var item = Item(kind: kind, least: 1, most: .max, words: whole)
      if words.first == "in" {
        guard words.count > 1 else { throw mistake("the function is missing") }
        item.function = String(words[1])
        words.removeFirst(2)
      }
      guard Self.readCount(words, into: &item) else {
        throw mistake("the number must be exactly N, at least N, at most N, any or none")
      }
      items.append(item)
    }
  }

  private static func readCount(_ words: [Substring], into item: inout Item) -> Bool {
    let number = words.last.flatMap { Int($0) } ?? -1
    switch words.dropLast() {
    case _ where words.isEmpty: return true
    case [] where words[0] == "any": item.least = 0
    case [] where words[0] == "none": (item.least, item.most) = (0, 0)
    case ["exactly"] where number >= 0: (item.least, item.most) = (number, number)
    case ["at", "least"] where number >= 0: item.least = number
    case ["at", "most"] where number >= 0: (item.least, item.most) = (0, number)
    default: return false
    }
    return true
  }

  /// One outcome for each item, one for all other reports.
  public func outcomes(of reading: LogReading) -> [Outcome] {
    guard reading.isKernels else {
      return [
        Outcome(
          name: "a kernel's log", state: .inconclusive,
          reason: "no line of it was written by a kernel, so it proves nothing")
      ]
    }
    var outcomes = items.map { item in
      let count = Self.count(reading.findings.filter { item.matches($0) })
      let isMet = count >= item.least && count <= item.most
      return Outcome(
        name: item.words, state: isMet ? .met : .unmet,
        reason: isMet ? "" : count == 0 ? "not reported" : "reported \(count) times")
    }
    if !allowsOthers {
      let others = reading.findings.filter { finding in !items.contains { $0.matches(finding) } }
      let words = others.prefix(5).map { "line \($0.line): \($0.title)" }.joined(separator: "; ")
      let more = others.count > 5 ? "; and \(others.count - 5) more" : ""
      outcomes.append(
        Outcome(
          name: "none else", state: others.isEmpty ? .met : .unmet, reason: words + more))
    }
    return outcomes
  }

  /// Reports of one title are counted once for all.
  private static func count(_ findings: [Finding]) -> Int {
    var counts: [String: Int] = [:]
    for finding in findings {
      counts[finding.title] = max(counts[finding.title] ?? 0, finding.count)
    }
    return counts.values.reduce(0, +)
  }
}

extension LogExpectation.Item {
  func matches(_ finding: Finding) -> Bool {
    if let kind, kind != finding.kind { return false }
    guard let function else { return true }
    guard let frame = finding.frame else { return false }
    return function.hasSuffix("*") ? frame.hasPrefix(function.dropLast()) : frame == function
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Something wrong in a scenario's files, and where.
public struct Problem: Error, Sendable, Hashable, Comparable, CustomStringConvertible {
  /// The file as a path from the repository's top, or as the caller named it.
  public var file: String
  /// The line, counted from 1.
  public var line: Int
  /// Without anything that would steer a terminal, whatever the file holds.
  public private(set) var message: String

  public init(file: String, line: Int, message: String) {
    self.file = file
    self.line = line
    // A problem is one line.
    self.message = VisibleText.escape(message.split(separator: "\n").joined(separator: " "))
  }

  public var description: String { "\(VisibleText.escape(file)):\(line): \(message)" }

  public static func < (left: Problem, right: Problem) -> Bool {
    (left.file, left.line, left.message) < (right.file, right.line, right.message)
  }
}

extension [Problem] {
  /// Sorted by place; of more than 50 the first ones only, and how many more there are.
  var firstOfFile: [Problem] {
    let limit = 50
    let all = sorted()
    guard all.count > limit else { return all }
    let next = all[limit]
    let rest = Problem(
      file: next.file, line: next.line, message: "… and \(all.count - limit) more problems")
    return all.prefix(limit) + [rest]
  }
}

/// Scenario files that can't be used: all that is wrong with them, a line a problem.
public struct InvalidScenario: Error, Sendable, Equatable, CustomStringConvertible {
  public var problems: [Problem]

  public init(problems: [Problem]) {
    self.problems = problems
  }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Yams

extension YAMLFields {
  /// What a reader makes of a whole file.
  ///
  /// - Parameter known: the keys at its top.
  /// - Throws: ``InvalidScenario`` with all problems of the file.
  static func read<Value>(
    _ text: String, file: String, known: [String], _ reader: (YAMLFields) -> Value
  ) throws -> Value {
    let report = YAMLProblems(file: file)
    let value = report.root(of: text).map { node in
      reader(YAMLFields(node, at: "", known: known, in: report))
    }
    guard let value, report.problems.isEmpty else {
      throw InvalidScenario(problems: report.problems.firstOfFile)
    }
    return value
  }
}

extension YAMLProblems {
  /// The top of the file; if there is none, the reason is noted.
  func root(of text: String) -> Node? {
    do {
      if let node = try Yams.compose(yaml: text) { return node }
      add(1, "the file is empty")
    } catch let error as YamlError {
      let (line, message) = Self.describe(error, in: text)
      add(line, message)
    } catch {
      add(1, "not YAML: \(error)")
    }
    return nil
  }

  private static func describe(
    _ error: YamlError, in text: String
  ) -> (line: Int, message: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      (mark.line, "not YAML: \(context.map { "\($0.text): " } ?? "")\(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      (
        lastLine(of: duplicates.min() ?? "", like: context.mark, in: text),
        "the same key twice: \(duplicates.sorted().joined(separator: ", "))"
      )
    case .reader(let problem, _, _, _): (1, "not YAML: \(problem)")
    default: (1, "not YAML: \(error)")
    }
  }

  /// Yams reports the beginning of the mapping, not the line of the repeated key.
  private static func lastLine(of key: String, like first: Mark, in text: String) -> Int {
    let start = String(repeating: " ", count: first.column - 1) + key + ":"
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (lines.lastIndex { $0.hasPrefix(start) } ?? first.line - 1) + 1
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Yams

/// What reading one YAML file collects: its problems, and the line of each value.
final class YAMLProblems {
  let file: String
  private(set) var problems: [Problem] = []
  /// The line of each key, by its path: `twins.bpf.armed.by`, `workload[2].syscall`.
  private(set) var lines: [String: Int] = [:]

  init(file: String) {
    self.file = file
  }

  func add(_ line: Int, _ message: String) {
    problems.append(Problem(file: file, line: line, message: message))
  }

  func note(_ path: String, at line: Int) {
    lines[path] = line
  }
}

/// One mapping of a YAML file.
///
/// A missing or wrong value is noted in the report and replaced by something harmless, so that one
/// reading finds all problems; the result counts only if the report stays empty.
struct YAMLFields {
  let report: YAMLProblems
  /// Where the mapping is, for messages: empty at the top, otherwise `twins.bpf`.
  let path: String
  let line: Int
  private let values: [String: Node]
  /// If a value is not a mapping, that is reported, but not all the keys that it lacks.
  let isMapping: Bool

  init(_ node: Node, at path: String, known: [String], in report: YAMLProblems) {
    self.report = report
    self.path = path
    line = report.lines[path] ?? node.mark?.line ?? 1
    var values: [String: Node] = [:]
    isMapping = node.mapping != nil
    if case .mapping(let mapping) = node {
      for (key, value) in mapping {
        let name = key.scalar?.string ?? ""
        let line = key.mark?.line ?? self.line
        if known.contains(name) {
          values[name] = value
          report.note(YAMLFields.join(path, name), at: line)
        } else {
          let place = path.isEmpty ? "" : " in \(path)"
          let allowed = "known here: \(known.joined(separator: ", "))"
          report.add(
            line, "unknown key \"\(name)\"\(place)\(didYouMean(name, among: known)) (\(allowed))")
        }
      }
    } else {
      report.add(line, "\(path.isEmpty ? "the file" : path) must be a mapping of keys to values")
    }
    self.values = values
  }

  private static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }

  func has(_ key: String) -> Bool { values[key] != nil }

  /// The known keys that the mapping has.
  var keys: Set<String> { Set(values.keys) }

  private func path(_ key: String) -> String { YAMLFields.join(path, key) }

  func line(of key: String) -> Int { report.lines[path(key)] ?? line }

  func missing(_ key: String) {
    guard isMapping else { return }
    report.add(line, "missing key \"\(key)\"\(path.isEmpty ? "" : " in \(path)")")
  }

  private func wrong(_ key: String, _ what: String) {
    report.add(line(of: key), "\(path(key)) must be \(what)")
  }

  func optionalString(_ key: String) -> String? {
    guard let node = values[key] else { return nil }
    guard let text = YAMLFields.text(node) else {
      wrong(key, "a text")
      return nil
    }
    return text
  }

  func string(_ key: String) -> String {
    if !has(key) { missing(key) }
    return optionalString(key) ?? ""
  }

  /// Whether a key has a single text, and neither a list nor a mapping.
  func isText(_ key: String) -> Bool { values[key]?.scalar != nil }

  /// A text, or a list of them; absent, it is empty.
  func oneOrMore(_ key: String) -> [String] {
    isText(key) ? optionalString(key).map { [$0] } ?? [] : strings(key)
  }

  /// Reports lists and mappings that are there and hold nothing: a file says so by leaving them out.
  func requireItems(_ keys: [String]) {
    for key in keys {
      guard let node = values[key], node.sequence?.isEmpty ?? node.mapping?.isEmpty ?? false else {
        continue
      }
      report.add(line(of: key), "\(path(key)) is empty: leave it out, or say what it holds")
    }
  }

  /// A mapping of names that the file chooses to texts, or to lists of texts.
  ///
  /// - Parameter severalEach: whether a name may have several texts.
  func settings(_ key: String, severalEach: Bool = false) -> [LoadManifest.Setting] {
    guard let node = values[key] else { return [] }
    guard case .mapping(let mapping) = node else {
      wrong(key, "a mapping of names to values")
      return []
    }
    return mapping.compactMap { name, value in
      let texts =
        if severalEach, let items = value.sequence { items.map(Self.text) } else {
          [Self.text(value)]
        }
      guard let name = Self.text(name), !texts.isEmpty, !texts.contains(nil) else {
        report.add(
          value.mark?.line ?? line(of: key),
          "\(path(key)) must have a text \(severalEach ? "or a list of texts " : "")for each name")
        return nil
      }
      return LoadManifest.Setting(name, texts.compactMap(\.self))
    }
  }

  /// A list of texts; an absent one is empty.
  func strings(_ key: String) -> [String] {
    guard let node = values[key] else { return [] }
    guard case .sequence(let items) = node else {
      wrong(key, "a list, such as [a, b]")
      return []
    }
    return items.compactMap { item in
      let text = YAMLFields.text(item)
      if text == nil {
        report.add(item.mark?.line ?? line(of: key), "\(path(key)) must hold texts only")
      }
      return text
    }
  }

  func optionalInteger<Number: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Number>
  ) -> Number? {
    guard let node = values[key] else { return nil }
    guard let scalar = node.scalar, scalar.style == .plain, let number = Number(scalar.string),
      range.contains(number)
    else {
      let limits =
        range.upperBound == .max
        ? "of at least \(range.lowerBound)"
        : "from \(range.lowerBound)"
          + " to \(range.upperBound)"
      wrong(key, range == .min ... .max ? "a whole number" : "a whole number \(limits)")
      return nil
    }
    return number
  }

  func integer<Number: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Number>
  ) -> Number {
    if !has(key) { missing(key) }
    return optionalInteger(key, in: range) ?? range.lowerBound
  }

  /// A number above 0 and up to 1.
  func share(_ key: String) -> Double {
    if !has(key) { missing(key) }
    guard let node = values[key] else { return 1 }
    guard let scalar = node.scalar, scalar.style == .plain, let share = Double(scalar.string),
      share > 0, share <= 1
    else {
      wrong(key, "a share above 0 and up to 1, such as 0.8")
      return 1
    }
    return share
  }

  /// The one value that a switch can have.
  func requireTrue(_ key: String) {
    guard let scalar = values[key]?.scalar, scalar.style == .plain, scalar.string == "true" else {
      wrong(key, "true, or left out")
      return
    }
  }

  func optionalChoice<Choice>(_ key: String, _ type: Choice.Type = Choice.self) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let node = values[key] else { return nil }
    return choice(node, at: path(key), line: line(of: key))
  }

  func choice<Choice>(_ key: String, _ type: Choice.Type = Choice.self) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    if !has(key) { missing(key) }
    return optionalChoice(key)
  }

  /// A list of words from a set; an absent one is empty.
  func choices<Choice>(_ key: String, _ type: Choice.Type = Choice.self) -> [Choice]
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    guard let node = values[key] else { return [] }
    guard case .sequence(let items) = node else {
      wrong(key, "a list, such as [\(Choice.allCases.first?.rawValue ?? "")]")
      return []
    }
    return items.compactMap {
      choice($0, at: path(key), line: $0.mark?.line ?? line(of: key))
    }
  }

  private func choice<Choice>(_ node: Node, at path: String, line: Int) -> Choice?
  where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
    let allowed = Choice.allCases.map(\.rawValue)
    guard let text = YAMLFields.text(node) else {
      report.add(line, "\(path) must be one of \(allowed.joined(separator: ", "))")
      return nil
    }
    guard let choice = Choice(rawValue: text) else {
      let hint = didYouMean(text, among: allowed)
      report.add(
        line, "\(path) can't be \"\(text)\"\(hint) (allowed: \(allowed.joined(separator: ", ")))")
      return nil
    }
    return choice
  }

  func fields(_ key: String, known: [String]) -> YAMLFields? {
    guard let node = values[key] else {
      missing(key)
      return nil
    }
    return YAMLFields(node, at: path(key), known: known, in: report)
  }

  /// A list of mappings; an absent one is empty.
  func items(_ key: String, known: [String]) -> [YAMLFields] {
    guard let node = values[key] else { return [] }
    guard case .sequence(let items) = node else {
      wrong(key, "a list")
      return []
    }
    return items.enumerated().map { index, item in
      report.note("\(path(key))[\(index)]", at: item.mark?.line ?? line(of: key))
      return YAMLFields(item, at: "\(path(key))[\(index)]", known: known, in: report)
    }
  }

  /// A scalar's text without the white space around it; nil for anything else, and for nothing.
  private static func text(_ node: Node) -> String? {
    guard let scalar = node.scalar else { return nil }
    let text = scalar.string.trimmingSpace
    if scalar.style == .plain, ["", "~", "null"].contains(text) { return nil }
    return text.isEmpty ? nil : text
  }
}

extension String {
  var trimmingSpace: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}

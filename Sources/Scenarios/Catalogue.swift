// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// All scenarios of a repository, sorted by name.
public struct Catalogue: Sendable, Equatable {
  /// Those whose files can be used.
  public let scenarios: [Scenario]
  /// What is wrong with the other files, by the scenario's name. They only matter to whoever asks
  /// for them.
  public let broken: [String: [Problem]]

  /// - Throws: ``CatalogueError/noFolder(_:)``.
  public static func load(repository: String) throws -> Catalogue {
    var scenarios: [Scenario] = []
    var broken: [String: [Problem]] = [:]
    for name in try names(repository: repository) {
      let path = "scenarios/\(name).yaml"
      do {
        scenarios.append(try ScenarioFile.read("\(repository)/\(path)", shownAs: path))
      } catch let error as InvalidScenario {
        broken[name] = error.problems
      } catch let error as UnreadableFile {
        broken[name] = [Problem(error, file: path)]
      }
    }
    return Catalogue(scenarios: scenarios, broken: broken)
  }

  /// The names of the files `scenarios/*.yaml`, sorted, whatever is in them.
  public static func names(repository: String) throws -> [String] {
    let folder = "\(repository)/scenarios"
    let files: [String]
    do {
      files = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw CatalogueError.noFolder(folder)
    }
    return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(".yaml".count)) }.sorted()
  }

  /// Those of them that any of the patterns names; all if there is no pattern.
  ///
  /// - Throws: ``CatalogueError``, also for a pattern that names none.
  public static func names(repository: String, matching patterns: [String]) throws -> [String] {
    let all = try names(repository: repository)
    for pattern in patterns where !all.contains(where: { NamePattern.matches($0, pattern) }) {
      throw pattern.contains { "*?".contains($0) }
        ? CatalogueError.noMatch(pattern)
        : .unknown(pattern, suggestion: suggestion(for: pattern, among: all))
    }
    return patterns.isEmpty
      ? all : all.filter { name in patterns.contains { NamePattern.matches(name, $0) } }
  }

  private var names: [String] { (scenarios.map(\.name) + broken.keys).sorted() }

  /// - Throws: ``CatalogueError/unknown(_:suggestion:)``; ``InvalidScenario`` if its file is
  ///   broken.
  public func scenario(named name: String) throws -> Scenario {
    if let problems = broken[name] { throw InvalidScenario(problems: problems) }
    guard let scenario = scenarios.first(where: { $0.name == name }) else {
      throw CatalogueError.unknown(name, suggestion: suggestion(for: name, among: names))
    }
    return scenario
  }

  /// The scenarios that match any of the patterns, each once, sorted; all if there is no pattern. A
  /// pattern is a name, or has `*` (any characters) and `?` (any one).
  ///
  /// - Throws: ``CatalogueError`` for a pattern that matches none; ``InvalidScenario`` with the
  ///   problems of all broken files among the matches.
  public func select(_ patterns: [String]) throws -> [Scenario] {
    var chosen: Set<String> = patterns.isEmpty ? Set(names) : []
    for pattern in patterns {
      if pattern.contains(where: { "*?".contains($0) }) {
        let found = names.filter { NamePattern.matches($0, pattern) }
        guard !found.isEmpty else { throw CatalogueError.noMatch(pattern) }
        chosen.formUnion(found)
      } else if names.contains(pattern) {
        chosen.insert(pattern)
      } else {
        chosen.insert(try scenario(named: pattern).name)
      }
    }
    let problems = broken.filter { chosen.contains($0.key) }.values.joined().sorted()
    guard problems.isEmpty else { throw InvalidScenario(problems: problems) }
    return scenarios.filter { chosen.contains($0.name) }
  }
}

public enum CatalogueError: Error, Sendable, Equatable, CustomStringConvertible {
  case noFolder(String)
  case unknown(String, suggestion: String?)
  case noMatch(String)

  public var description: String {
    switch self {
    case .noFolder(let path):
      "no scenarios in \(path): the folder doesn't exist or can't be read"
    case .unknown(let name, let suggestion?):
      "no scenario is named \"\(name)\"; did you mean \"\(suggestion)\"?"
    case .unknown(let name, nil):
      "no scenario is named \"\(name)\"; `panicroom list` shows all names"
    case .noMatch(let pattern):
      "no scenario's name matches \"\(pattern)\"; `panicroom list` shows all names"
    }
  }
}

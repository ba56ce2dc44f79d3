import FoundationEssentials

/// All scenarios of a repository, sorted by name.
public struct Catalogue: Sendable, Equatable {
  public let scenarios: [Scenario]

  /// - Throws: ``CatalogueError``, ``UnreadableFile``, and ``InvalidScenario`` with the problems of
  ///   all files.
  public static func load(repository: String) throws -> Catalogue {
    var scenarios: [Scenario] = []
    var problems: [Problem] = []
    for name in try names(repository: repository) {
      do {
        let path = "scenarios/\(name).yaml"
        scenarios.append(try ScenarioFile.read("\(repository)/\(path)", shownAs: path))
      } catch let error as InvalidScenario {
        problems += error.problems
      }
    }
    guard problems.isEmpty else { throw InvalidScenario(problems: problems) }
    return Catalogue(scenarios: scenarios)
  }

  /// The names of the files `scenarios/*.yaml`, sorted, whatever is in them.
  static func names(repository: String) throws -> [String] {
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

  /// - Throws: ``CatalogueError/unknown(_:suggestion:)``.
  public func scenario(named name: String) throws(CatalogueError) -> Scenario {
    guard let scenario = scenarios.first(where: { $0.name == name }) else {
      throw .unknown(name, suggestion: suggestion(for: name, among: scenarios.map(\.name)))
    }
    return scenario
  }

  /// The scenarios that any of the patterns names, each once, sorted; all where there is no
  /// pattern. A pattern is a name, or has `*` (any characters) and `?` (any one).
  ///
  /// - Throws: ``CatalogueError`` for a pattern that names none.
  public func select(_ patterns: [String]) throws(CatalogueError) -> [Scenario] {
    guard !patterns.isEmpty else { return scenarios }
    var names: Set<String> = []
    for pattern in patterns {
      if pattern.contains(where: { "*?".contains($0) }) {
        let found = scenarios.filter { matches($0.name[...], pattern[...]) }
        guard !found.isEmpty else { throw .noMatch(pattern) }
        names.formUnion(found.map(\.name))
      } else {
        names.insert(try scenario(named: pattern).name)
      }
    }
    return scenarios.filter { names.contains($0.name) }
  }

  private func matches(_ name: Substring, _ pattern: Substring) -> Bool {
    switch pattern.first {
    case nil: name.isEmpty
    case "*":
      matches(name, pattern.dropFirst()) || (!name.isEmpty && matches(name.dropFirst(), pattern))
    case "?": !name.isEmpty && matches(name.dropFirst(), pattern.dropFirst())
    case let character: name.first == character && matches(name.dropFirst(), pattern.dropFirst())
    }
  }
}

public enum CatalogueError: Error, Sendable, Equatable, CustomStringConvertible {
  case noFolder(String)
  case unknown(String, suggestion: String?)
  case noMatch(String)

  public var description: String {
    switch self {
    case .noFolder(let path):
      "no scenarios in \(path): the folder isn't there or can't be read"
    case .unknown(let name, let suggestion?):
      "no scenario is named \"\(name)\"; did you mean \"\(suggestion)\"?"
    case .unknown(let name, nil):
      "no scenario is named \"\(name)\"; `panicroom list` shows all names"
    case .noMatch(let pattern):
      "no scenario's name matches \"\(pattern)\"; `panicroom list` shows all names"
    }
  }
}

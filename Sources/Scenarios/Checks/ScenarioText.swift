// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
public import Verdicts

extension Scenario {
  /// The name of the module and the object: `null_map_value`.
  public var objectName: String { Scenario.objectName(of: name) }

  static func objectName(of name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// The path of the scenario's file, from the repository's top.
  public var yamlPath: String { "scenarios/\(name).yaml" }

  /// The path of a twin's source, from the repository's top: the file of ``SourcePlace``.
  public func sourcePath(_ mechanism: Mechanism) -> String {
    Scenario.sourcePath(mechanism, of: name)
  }

  /// The same for a scenario that only the name is known of.
  public static func sourcePath(_ mechanism: Mechanism, of name: String) -> String {
    switch mechanism {
    case .lkm: "lkm/\(objectName(of: name)).c"
    case .bpf: "bpf/\(objectName(of: name)).bpf.c"
    }
  }
}

/// The text of a scenario's three files, and of the headers next to the sources that they include.
public struct ScenarioText: Sendable, Equatable {
  public var name: String
  public var yaml: String
  /// Nil if the file doesn't exist.
  public var lkm: String?
  public var bpf: String?
  /// By path, such as `lkm/panicroom.h`.
  public var headers: [String: String]

  public init(
    name: String, yaml: String, lkm: String?, bpf: String?, headers: [String: String] = [:]
  ) {
    self.name = name
    self.yaml = yaml
    self.lkm = lkm
    self.bpf = bpf
    self.headers = headers
  }

  public subscript(mechanism: Mechanism) -> String? {
    switch mechanism {
    case .lkm: lkm
    case .bpf: bpf
    }
  }

  /// The files as a repository has them.
  ///
  /// - Parameters:
  ///   - name: a scenario's name, as the file's name has it.
  ///   - repository: the repository's top.
  /// - Throws: ``UnreadableFile``, also if the YAML file doesn't exist.
  public static func read(_ name: String, repository: String) throws -> ScenarioText {
    try read(name) { try readFile($0, ofRepository: repository) }
  }

  /// - Returns: nil if the file isn't there.
  static func readFile(
    _ path: String, ofRepository repository: String
  ) throws(UnreadableFile) -> String? {
    let whole = "\(repository)/\(path)"
    // Without its YAML file there is no scenario: the error names it by its full path.
    guard path.hasSuffix(".yaml") || FileManager.default.fileExists(atPath: whole) else {
      return nil
    }
    return try readText(whole)
  }

  /// The files as another place keeps them, such as a run directory.
  ///
  /// - Parameter text: gives a file's text; nil if it doesn't exist. Paths are from a repository's
  ///   top.
  /// - Throws: what `text` throws.
  public static func read<Failure: Error>(
    _ name: String, text: (_ path: String) throws(Failure) -> String?
  ) throws(Failure) -> ScenarioText {
    var scenario = ScenarioText(
      name: name, yaml: try text("scenarios/\(name).yaml") ?? "",
      lkm: try text(Scenario.sourcePath(.lkm, of: name)),
      bpf: try text(Scenario.sourcePath(.bpf, of: name)))
    for mechanism in Mechanism.allCases {
      var sources = [scenario[mechanism] ?? ""]
      while let source = sources.popLast() {
        for header in includes(of: source) {
          let path = "\(mechanism.rawValue)/\(header)"
          guard scenario.headers[path] == nil, let found = try text(path) else { continue }
          scenario.headers[path] = found
          sources.append(found)
        }
      }
    }
    return scenario
  }

  /// The headers that a source includes from its own folder: `#include "panicroom.h"`.
  package static func includes(of source: String) -> [String] {
    source.matches(of: /(?m)^\s*#\s*include\s+"([A-Za-z0-9_.]+)"/).map { String($0.1) }
  }
}

/// A file that could not be read, and why.
public struct UnreadableFile: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  public var reason: String

  public init(path: String, reason: String) {
    self.path = path
    self.reason = reason
  }

  public var description: String { "can't read \(VisibleText.escape(path)): \(reason)" }
}

/// - Throws: ``UnreadableFile``, also for what is no file of a reasonable size (1 MB): a device or a
///   pipe may have no end.
package func readText(_ path: String) throws(UnreadableFile) -> String {
  var status = stat()
  if stat(path, &status) == 0 {
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw UnreadableFile(path: path, reason: "it is no file")
    }
    guard status.st_size <= 1_000_000 else {
      throw UnreadableFile(path: path, reason: "it has more than 1 MB")
    }
  }
  do {
    return try String(contentsOfFile: path, encoding: .utf8)
  } catch let error as CocoaError {
    let reason =
      switch error.code {
      case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file"
      case .fileReadNoPermission: "no permission"
      case .fileReadInapplicableStringEncoding, .fileReadCorruptFile: "it is not UTF-8 text"
      default: "\(error)"
      }
    throw UnreadableFile(path: path, reason: reason)
  } catch {
    throw UnreadableFile(path: path, reason: "\(error)")
  }
}

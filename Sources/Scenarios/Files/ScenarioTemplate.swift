// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Verdicts

/// The three files of a new pair, made of those in the repository's folder `templates`, or of another
/// pair.
public struct ScenarioTemplate: Sendable {
  private static let parts: [(template: String, path: @Sendable (String) -> String)] = [
    ("scenario.yaml", { "scenarios/\($0).yaml" }),
    ("program.bpf.c", { Scenario.sourcePath(.bpf, of: $0) }),
    ("module.c", { Scenario.sourcePath(.lkm, of: $0) }),
  ]

  /// Path from the repository's top, and text.
  public let files: [(path: String, text: String)]

  /// - Throws: ``NewScenarioError/badName(_:)``; ``UnreadableFile`` for a template that isn't there.
  public init(name: String, family: Scenario.Family, repository: String) throws {
    guard Scenario.isName(name) else { throw NewScenarioError.badName(name) }
    files = try Self.parts.map { part in
      let text = try readText("\(repository)/templates/\(part.template)")
        .replacing("@NAME@", with: name).replacing("@OBJECT@", with: Scenario.objectName(of: name))
        .replacing("@FAMILY@", with: family.rawValue)
      return (part.path(name), text)
    }
  }

  /// A copy of another pair, under the new name.
  ///
  /// - Throws: ``NewScenarioError/badName(_:)``; ``CatalogueError`` if there is no such pair;
  ///   ``UnreadableFile``.
  public init(name: String, from original: String, repository: String) throws {
    guard Scenario.isName(name) else { throw NewScenarioError.badName(name) }
    _ = try Catalogue.names(repository: repository, matching: [original])
    let (old, new) = (Scenario.objectName(of: original), Scenario.objectName(of: name))
    files = try Self.parts.map { part in
      var text = try readText("\(repository)/\(part.path(original))")
      text = text.replacing("name: \(original)\n", with: "name: \(name)\n", maxReplacements: 1)
      // The module's functions, and a file in /proc, are named after it; prose stays.
      for end in ["_init", "_exit"] { text = text.replacing(old + end, with: new + end) }
      return (part.path(name), text.replacing("\"\(old)\"", with: "\"\(new)\""))
    }
  }

  /// Writes the files, all of them or none.
  ///
  /// - Throws: ``NewScenarioError/taken(_:)`` if one of them already exists.
  public func write(to repository: String) throws {
    let taken = files.map(\.path).filter { access("\(repository)/\($0)", F_OK) == 0 }
    guard taken.isEmpty else { throw NewScenarioError.taken(taken) }
    var written: [String] = []
    do {
      for file in files {
        let path = "\(repository)/\(file.path)"
        try Data(file.text.utf8).write(to: URL(filePath: path), options: .withoutOverwriting)
        written.append(path)
      }
    } catch {
      for path in written { unlink(path) }
      throw NewScenarioError.unwritable(Self.reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    guard let error = error as? CocoaError else { return "\(error)" }
    let what =
      switch error.code {
      case .fileWriteNoPermission: "no permission"
      case .fileWriteVolumeReadOnly: "the file system is read-only"
      case .fileWriteOutOfSpace: "no space left"
      case .fileNoSuchFile: "its folder is not there"
      case .fileWriteFileExists: "it has just been made by someone else"
      default: "\(error)"
      }
    return error.filePath.map { "\($0): \(what)" } ?? what
  }
}

public enum NewScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
  case badName(String)
  case taken([String])
  case unwritable(String)

  public var description: String {
    switch self {
    case .badName(let name):
      "\"\(VisibleText.escape(name))\" can't be a scenario's name: it takes lower-case letters, "
        + "digits and hyphens, a letter first"
    case .taken(let paths):
      "\(paths.joined(separator: ", ")) already exists, and is not changed; choose another name"
    case .unwritable(let reason): "the files can't be written: \(VisibleText.escape(reason))"
    }
  }
}

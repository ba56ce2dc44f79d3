import FoundationEssentials
public import Verdicts

extension Scenario {
  /// The name of the module and the object: `null_map_value`.
  public var objectName: String { Scenario.objectName(of: name) }

  static func objectName(of name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  /// Where the scenario's file is, from the repository's top.
  public var yamlPath: String { "scenarios/\(name).yaml" }

  /// Where a twin's source is, from the repository's top: the file of ``SourcePlace``.
  public func sourcePath(_ mechanism: Mechanism) -> String {
    Scenario.sourcePath(mechanism, of: name)
  }

  static func sourcePath(_ mechanism: Mechanism, of name: String) -> String {
    switch mechanism {
    case .lkm: "lkm/\(objectName(of: name)).c"
    case .bpf: "bpf/\(objectName(of: name)).bpf.c"
    }
  }
}

/// The text of a scenario's three files.
public struct ScenarioText: Sendable, Equatable {
  public var name: String
  public var yaml: String
  /// Nil where the file doesn't exist.
  public var lkm: String?
  public var bpf: String?

  public init(name: String, yaml: String, lkm: String?, bpf: String?) {
    self.name = name
    self.yaml = yaml
    self.lkm = lkm
    self.bpf = bpf
  }

  public subscript(mechanism: Mechanism) -> String? {
    switch mechanism {
    case .lkm: lkm
    case .bpf: bpf
    }
  }

  /// - Parameter name: a scenario's name, as the file's name has it.
  /// - Throws: ``UnreadableFile``, also where the YAML file isn't there.
  public static func read(_ name: String, repository: String) throws -> ScenarioText {
    func source(_ mechanism: Mechanism) throws -> String? {
      let path = "\(repository)/\(Scenario.sourcePath(mechanism, of: name))"
      return FileManager.default.fileExists(atPath: path) ? try readText(path) : nil
    }
    return ScenarioText(
      name: name, yaml: try readText("\(repository)/scenarios/\(name).yaml"),
      lkm: try source(.lkm), bpf: try source(.bpf))
  }
}

/// A file that could not be read, and why.
public struct UnreadableFile: Error, Sendable, Equatable, CustomStringConvertible {
  public var path: String
  public var reason: String

  public var description: String { "can't read \(path): \(reason)" }
}

func readText(_ path: String) throws(UnreadableFile) -> String {
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

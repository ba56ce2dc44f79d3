import Yams

/// The crash types of the kernel's own test module LKDTM, each with the pair that has its fault or a
/// word on why there is none.
public struct CrashTypes: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var name: String
    /// The scenarios that show this fault; empty where there is a reason.
    public var scenarios: [String]
    public var reason: String?
  }

  /// The kernel whose list this is.
  public var source: String
  public var entries: [Entry]

  /// - Throws: ``UnreadableFile``, ``InvalidScenario`` with all problems of the file.
  public static func read(_ path: String) throws -> CrashTypes {
    try parse(try readText(path), file: path)
  }

  /// - Throws: ``InvalidScenario``.
  public static func parse(_ text: String, file: String) throws -> CrashTypes {
    let report = YAMLReport(file: file)
    let node: Node?
    do {
      node = try Yams.compose(yaml: text)
    } catch {
      report.add(1, "not YAML: \(error)")
      throw InvalidScenario(problems: report.problems)
    }
    guard let node else {
      report.add(1, "the file is empty")
      throw InvalidScenario(problems: report.problems)
    }
    let root = YAMLFields(node, at: "", known: ["source", "types"], in: report)
    let types = CrashTypes(
      source: root.string("source"),
      entries: root.items("types", known: ["type", "scenarios", "why_not"]).map { item in
        let entry = Entry(
          name: item.string("type"), scenarios: item.strings("scenarios"),
          reason: item.optionalString("why_not"))
        if item.isMapping, entry.scenarios.isEmpty == (entry.reason == nil) {
          report.add(item.line, "\(entry.name) has either scenarios or why_not")
        }
        return entry
      })
    guard report.problems.isEmpty else { throw InvalidScenario(problems: report.problems) }
    return types
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The crash types of the kernel's own test module LKDTM, each with the pair that has its fault or
/// a reason why there is none.
public struct CrashTypes: Sendable, Equatable {
  public struct Entry: Sendable, Equatable {
    public var name: String
    /// The scenarios that show this fault; empty if there is a reason.
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
    try YAMLFields.read(text, file: file, known: ["source", "types"]) { root in
      CrashTypes(
        source: root.string("source"),
        entries: root.items("types", known: ["type", "scenarios", "why_not"]).map(Entry.init))
    }
  }
}

extension CrashTypes.Entry {
  fileprivate init(_ fields: YAMLFields) {
    name = fields.string("type")
    scenarios = fields.strings("scenarios")
    reason = fields.optionalString("why_not")
    if fields.isMapping, scenarios.isEmpty == (reason == nil) {
      fields.report.add(fields.line, "\(name) has either scenarios or why_not")
    }
  }
}

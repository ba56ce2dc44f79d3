// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import Wire

/// A project's own objects, how they are loaded, and what is promised of them: `load.yaml`.
public struct LoadManifest: Sendable, Equatable {
  /// Names and ranges of kernels; empty for the default one.
  public var kernels: [String]
  public var objects: [Object]

  public struct Object: Sendable, Equatable {
    /// In the manifest, from 1.
    public var line: Int
    /// As the manifest names it: from the manifest's folder.
    public var file: String
    /// What distinguishes it from the same file loaded in another way.
    public var name: String?
    public var kind: Kind?
    /// In the words of the options of `try`: `enter`, `kprobe:do_unlinkat`.
    public var attach: [Setting] = []
    public var maps: [Setting] = []
    /// Several values make several configurations.
    public var arguments: [Setting] = []
    public var only: [String] = []
    public var without: [String] = []
    public var workload: [WorkStep] = []
    public var promises: [Promise] = []
  }

  public enum Kind: String, Sendable, CaseIterable {
    case bpf, module
  }

  public struct Setting: Sendable, Equatable {
    public var name: String
    public var values: [String]

    public init(_ name: String, _ values: [String]) {
      (self.name, self.values) = (name, values)
    }
  }

  /// More than anybody tries at once.
  static let most = 1000

  /// - Throws: ``UnreadableFile``, ``InvalidScenario`` with all problems of the file.
  public static func read(_ path: String) throws -> LoadManifest {
    try parse(try readText(path), file: path)
  }

  /// - Throws: ``InvalidScenario``.
  public static func parse(_ text: String, file: String) throws -> LoadManifest {
    try YAMLFields.read(text, file: file, known: ["kernels", "objects"]) { root in
      root.requireItems(["kernels", "objects"])
      if !root.has("objects") { root.missing("objects") }
      let objects = root.items("objects", known: Object.keys).map(Object.init)
      if objects.count > most {
        root.report.add(
          root.line, "a manifest has at most \(most) objects, and this has \(objects.count)")
      }
      reportRepeats(objects, in: root.report)
      return LoadManifest(kernels: root.oneOrMore("kernels"), objects: objects)
    }
  }

  private static func reportRepeats(_ objects: [Object], in report: YAMLProblems) {
    var lines: [String: Int] = [:]
    for object in objects where !object.file.isEmpty {
      let key = "\(object.file)\n\(object.name ?? "")"
      guard let first = lines.updateValue(object.line, forKey: key) else { continue }
      report.add(
        object.line,
        "\"\(VisibleText.escape(object.file))\" is promised twice, first in line \(first): put both "
          + "into one, or give one a name if it is loaded in another way")
    }
  }
}

extension LoadManifest.Object {
  fileprivate static let keys = [
    "file", "name", "as", "attach", "map", "arg", "only", "without", "workload", "must", "must_not",
  ]

  fileprivate init(_ fields: YAMLFields) {
    self.init(
      line: fields.line, file: fields.string("file"), name: fields.optionalString("name"),
      kind: fields.optionalChoice("as"))
    fields.requireItems(["attach", "map", "arg", "only", "without", "workload"])
    attach = fields.settings("attach")
    maps = fields.settings("map")
    arguments = fields.settings("arg", severalEach: true)
    only = fields.oneOrMore("only")
    without = fields.oneOrMore("without")
    workload = fields.steps("workload")
    for case .systemCall(let name, _, _) in workload
    where !name.isEmpty && !Scenario.knownSystemCalls.contains(name) {
      fields.report.add(
        fields.line(of: "workload"),
        "no system call \"\(name)\" is known here"
          + didYouMean(name, among: Scenario.knownSystemCalls))
    }
    promises =
      Promise.all("must", [("load", .load), ("fire", .fire)], of: fields)
      + Promise.all("must_not", [("load", .notLoad)], of: fields)
    if fields.isMapping, !fields.has("must"), !fields.has("must_not") {
      fields.report.add(
        fields.line, "\(fields.path) promises nothing: say what it must do, or must_not")
    }
  }
}

extension Promise {
  /// `must: fire`, or `must: {load: always, fire: {since: 5.13}}`.
  ///
  /// - Parameter deeds: what can be promised under the key, by its word.
  fileprivate static func all(
    _ key: String, _ deeds: [(word: String, deed: Deed)], of fields: YAMLFields
  ) -> [Promise] {
    guard fields.has(key) else { return [] }
    let words = deeds.map(\.word)
    if fields.isText(key) {
      let text = fields.optionalString(key) ?? ""
      if let deed = deeds.first(where: { $0.word == text })?.deed { return [Promise(deed)] }
      fields.report.add(
        fields.line(of: key),
        "\(fields.path).\(key) can't be \"\(VisibleText.escape(text))\""
          + "\(didYouMean(text, among: words)) (allowed: \(words.joined(separator: ", ")), or a "
          + "mapping of these to their releases)")
      return []
    }
    fields.requireItems([key])
    guard let promised = fields.fields(key, known: words) else { return [] }
    return deeds.compactMap { Promise($0.deed, promised, $0.word) }
  }

  /// Nil if there is no such promise.
  private init?(_ deed: Deed, _ fields: YAMLFields, _ key: String) {
    guard fields.has(key) else { return nil }
    self.init(deed)
    if fields.isText(key) {
      if fields.optionalString(key) != "always" {
        fields.report.add(
          fields.line(of: key),
          "\(fields.path).\(key) must be always, or have since, until or except")
      }
      return
    }
    fields.requireItems([key])
    let known = ["since", "until", "except", "because"]
    guard let bounds = fields.fields(key, known: known) else { return }
    since = bounds.release("since")
    until = bounds.release("until")
    because = bounds.optionalString("because")
    bounds.requireItems(["except"])
    except = bounds.oneOrMore("except").compactMap { text in
      let range = ReleaseRange(text)
      if range == nil {
        bounds.report.add(
          bounds.line(of: "except"),
          "\(bounds.path).except can't be \"\(VisibleText.escape(text))\": releases are named like "
            + "6.12.57, 6.6 or 6.12.43..6.12.57, the older one first")
      }
      return range
    }
    if let since, let until, ReleaseRange("\(since)..\(until)") == nil {
      bounds.report.add(
        bounds.line(of: "until"),
        "\(bounds.path) ends before it begins: since \(since), until \(until)")
    }
  }
}

extension YAMLFields {
  fileprivate func release(_ key: String) -> String? {
    guard let text = optionalString(key) else { return nil }
    if KernelVersion.named(text) == nil {
      report.add(
        line(of: key),
        "\(path).\(key) can't be \"\(VisibleText.escape(text))\": give a release, such as 5.13")
      return nil
    }
    return text
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
internal import Yams

/// The kernels that `vm/kernels.yaml` declares.
public struct KernelMatrix: Sendable, Equatable {
  /// In the file's order; never empty, names unique, exactly one of them the default.
  public var entries: [KernelEntry]
  /// Where more come from; nil if the file doesn't say.
  public var ladder: LadderSources?

  public subscript(name: String) -> KernelEntry? { entries.first { $0.name == name } }

  /// Reads and checks the file.
  ///
  /// - Throws: ``KernelMatrixError`` with file and line, `HostError` if it can't be read.
  public static func load(from path: String) throws -> KernelMatrix {
    try parse(try Files.text(path), path: path)
  }

  /// - Parameter path: the name that errors give the file.
  public static func parse(_ text: String, path: String) throws(KernelMatrixError) -> KernelMatrix {
    let reader = NodeReader(path: path)
    let root = try reader.root(of: text)
    let top = try reader.mapping(root, "the file", allowed: ["kernels", "ladder"])
    let list = try reader.sequence(top["kernels"], "kernels", in: root)
    guard !list.isEmpty else { throw reader.error(root, "names no kernel") }
    var entries: [KernelEntry] = []
    for node in list {
      let entry = try KernelEntry(node, reader)
      if entries.contains(where: { $0.name == entry.name }) {
        throw reader.error(node, "the kernel \(entry.name) is listed twice")
      }
      if entry.isDefault, let other = entries.first(where: { $0.isDefault }) {
        throw reader.error(node, "\(entry.name) and \(other.name) are both the default")
      }
      entries.append(entry)
    }
    guard entries.contains(where: { $0.isDefault }) else {
      throw reader.error(top["kernels"], "no kernel has `default: true`")
    }
    return KernelMatrix(
      entries: entries,
      ladder: try top["ladder"].map { node throws(KernelMatrixError) in
        try LadderSources(node, reader)
      })
  }
}

/// One kernel of the matrix: which packages of which suites.
public struct KernelEntry: Codable, Sendable, Equatable {
  /// What the command line calls it; also its folder in the cache.
  public var name: String
  public var isDefault: Bool
  /// The suites to look in; the newest version of them all is taken.
  public var suites: [Suite]
  public var components: [String]
  /// The package of the kernel, or a meta package that depends on it.
  public var image: String
  /// The package of the headers, or a meta package that depends on it; nil if there is none, so that no
  /// modules can be built.
  public var headers: String?
  /// Kernel parameters that its guests get in addition to their profile's; nil for none.
  public var parameters: [String]?
  /// Other packages of the same kernel, to be taken if these are gone; nil for none.
  public var others: [KernelEntry]?

  public struct Suite: Codable, Sendable, Equatable {
    public var name: String
    /// Whether it comes from the mirror of security updates.
    public var security: Bool

    public init(name: String, security: Bool) {
      self.name = name
      self.security = security
    }
  }

  public init(
    name: String, isDefault: Bool = false, suites: [Suite], components: [String] = ["main"],
    image: String, headers: String?
  ) {
    self.name = name
    self.isDefault = isDefault
    self.suites = suites
    self.components = components
    self.image = image
    self.headers = headers
  }

  /// The part of it that decides which packages are fetched.
  var fetched: KernelEntry {
    KernelEntry(
      name: name, suites: suites, components: components, image: image, headers: headers)
  }

  /// All that may be fetched for it.
  var ways: [KernelEntry] {
    guard let others else { return [self] }
    return ([self] + others).flatMap { way in
      var bare = way
      bare.headers = nil
      return [way, bare]
    }
  }

  /// For people.
  var packages: String { image + (headers == nil ? " without headers" : "") }

  /// With the releases that backports and security updates are for: what builds modules, and is not in
  /// those, comes from there.
  package var withBases: KernelEntry {
    guard headers != nil else { return self }
    var whole = self
    for suite in suites {
      let base = Suite(name: String(suite.name.prefix { $0 != "-" }), security: false)
      if !whole.suites.contains(base) { whole.suites.append(base) }
    }
    return whole
  }

  /// The suite of backports that it comes from; nil if it is no backport.
  package var backports: String? { suites.first { $0.name.hasSuffix("-backports") }?.name }

  init(_ node: Node, _ reader: NodeReader) throws(KernelMatrixError) {
    let fields = try reader.mapping(
      node, "a kernel",
      allowed: [
        "name", "default", "suite", "security", "components", "image", "headers", "parameters",
      ])
    // These words end up in paths and in apt's configuration: nothing but what Debian allows.
    name = try reader.word(fields["name"], "name", in: node)
    isDefault = try reader.flag(fields["default"], "default")
    suites = try Suite.all(fields, reader)
    guard !suites.isEmpty else {
      throw reader.error(node, "\(name) has neither `suite` nor `security`")
    }
    components = []
    if let list = fields["components"] {
      for item in try reader.sequence(list, "components", in: node) {
        components.append(try reader.word(item, "components", in: list))
      }
    }
    if components.isEmpty { components = ["main"] }
    image = try reader.word(fields["image"], "image", in: node)
    headers = try reader.word(fields["headers"], "headers", in: node)
    if let list = fields["parameters"] {
      parameters = []
      for item in try reader.sequence(list, "parameters", in: node) {
        guard let text = item.scalar?.string, !text.isEmpty,
          text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { throw reader.error(item, "a kernel parameter is a word without blanks") }
        parameters?.append(text)
      }
    }
  }
}

extension KernelEntry.Suite {
  /// The suites that the keys `suite` and `security` name.
  static func all(
    _ fields: [String: Node], _ reader: NodeReader
  ) throws(KernelMatrixError) -> [KernelEntry.Suite] {
    var suites: [KernelEntry.Suite] = []
    for (key, security) in [("suite", false), ("security", true)] {
      guard let node = fields[key] else { continue }
      suites.append(Self(name: try reader.word(node, key, in: node), security: security))
    }
    return suites
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
internal import Yams

/// The kernels that `vm/builds.yaml` says how to build.
public struct BuildList: Sendable, Equatable {
  /// In the file's order; names unique.
  public var builds: [KernelBuildPlan]

  public subscript(name: String) -> KernelBuildPlan? { builds.first { $0.name == name } }

  /// What the command line calls them all, in the file's order, built or not.
  public var kernelNames: [String] { kernels.map { $0.plan.kernelName($0.series) } }

  /// The command that builds the kernel of this name; nil if there is none.
  public func command(for kernel: String) -> String? {
    kernels.first { $0.plan.kernelName($0.series) == kernel }.map { $0.plan.command($0.series) }
  }

  private var kernels: [(plan: KernelBuildPlan, series: KernelBuildPlan.Series)] {
    builds.flatMap { plan in plan.series.map { (plan, $0) } }
  }

  /// - Throws: ``KernelMatrixError`` with file and line, `HostError` if it can't be read.
  public static func load(from path: String) throws -> BuildList {
    try parse(try Files.text(path), path: path)
  }

  /// - Parameter path: the name that errors give the file.
  public static func parse(_ text: String, path: String) throws(KernelMatrixError) -> BuildList {
    let reader = NodeReader(path: path)
    let root = try reader.root(of: text)
    let top = try reader.mapping(root, "the file", allowed: ["builds"])
    var builds: [KernelBuildPlan] = []
    for node in try reader.sequence(top["builds"], "builds", in: root) {
      let build = try KernelBuildPlan(node, reader)
      if builds.contains(where: { $0.name == build.name }) {
        throw reader.error(node, "the build \(build.name) is listed twice")
      }
      builds.append(build)
    }
    return BuildList(builds: builds)
  }
}

/// A kernel that is built from Debian's source of a series.
public struct KernelBuildPlan: Sendable, Equatable {
  public var name: String
  /// Files of options, relative to `vm/`, in the order in which they are merged.
  public var fragments: [String]
  /// The first is the default one; never empty.
  public var series: [Series]
  /// Kernel parameters that its guests get in addition to their profile's.
  public var parameters: [String]

  public struct Series: Sendable, Equatable {
    /// `6.1`.
    public var name: String
    public var suites: [KernelEntry.Suite]
    /// The package of the source: `linux-source-6.1`.
    public var source: String
    /// How many files a build compiles, and the share of its time that linking takes, as last
    /// measured: only the estimate of the time left depends on them.
    public var files: Int
    public var linking: Double
  }

  /// The series of that name; the default one for nil.
  public func series(_ name: String?) -> Series? {
    guard let name else { return series.first }
    return series.first { $0.name == name }
  }

  /// The kernel's name on the command line for a series; that of the default series is the plain
  /// name.
  public func kernelName(_ series: Series) -> String {
    series.name == self.series.first?.name ? name : "\(name)-\(series.name)"
  }

  /// The command that builds the kernel of a series.
  public func command(_ series: Series) -> String {
    let option = series.name == self.series.first?.name ? "" : " --series \(series.name)"
    return "panicroom kernel build \(name)\(option)"
  }
}

extension KernelBuildPlan {
  private static let keys = ["name", "fragments", "series", "parameters"]

  init(_ node: Node, _ reader: NodeReader) throws(KernelMatrixError) {
    let fields = try reader.mapping(node, "a build", allowed: Self.keys)
    name = try reader.word(fields["name"], "name", in: node)
    fragments = try Self.texts(fields["fragments"], "fragments", in: node, reader)
    parameters = []
    if fields["parameters"] != nil {
      parameters = try Self.texts(fields["parameters"], "parameters", in: node, reader)
    }
    series = []
    for item in try reader.sequence(fields["series"], "series", in: node) {
      series.append(try Series(item, reader))
    }
    guard !series.isEmpty else { throw reader.error(node, "\(name) has no series") }
  }

  /// A list of words of printable ASCII without blanks.
  private static func texts(
    _ node: Node?, _ name: String, in parent: Node, _ reader: NodeReader
  ) throws(KernelMatrixError) -> [String] {
    var texts: [String] = []
    for item in try reader.sequence(node, name, in: parent) {
      guard let text = item.scalar?.string, !text.isEmpty,
        text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
      else { throw reader.error(item, "`\(name)` has words without blanks") }
      texts.append(text)
    }
    return texts
  }
}

extension KernelBuildPlan.Series {
  private static let keys = ["name", "suite", "security", "source", "files", "linking"]

  init(_ node: Node, _ reader: NodeReader) throws(KernelMatrixError) {
    let fields = try reader.mapping(node, "a series", allowed: Self.keys)
    name = try reader.word(fields["name"], "name", in: node)
    suites = try KernelEntry.Suite.all(fields, reader)
    guard !suites.isEmpty else {
      throw reader.error(node, "\(name) has neither `suite` nor `security`")
    }
    source = try reader.word(fields["source"], "source", in: node)
    guard let files = fields["files"]?.int, files > 0 else {
      throw reader.error(fields["files"] ?? node, "`files` must be how many files are compiled")
    }
    guard let linking = fields["linking"]?.float, (0...0.9).contains(linking) else {
      throw reader.error(fields["linking"] ?? node, "`linking` must be a share from 0 to 0.9")
    }
    self.files = files
    self.linking = linking
  }
}

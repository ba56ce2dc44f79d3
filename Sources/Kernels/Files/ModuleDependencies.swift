// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Host

/// depmod's `modules.dep`: `path/of/module.ko: paths of those that it needs`.
package struct ModuleDependencies: Sendable {
  private var needs: [String: [String]] = [:]
  private var paths: [String: String] = [:]
  private var builtin: Set<String> = []

  /// - Parameter builtin: depmod's `modules.builtin`: the paths that modules would have.
  package init(text: String, builtin: String = "") {
    self.builtin = Set(
      builtin.split(separator: "\n").map { Self.name(of: String($0)) })
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard let path = parts.first.map(String.init) else { continue }
      paths[Self.name(of: path)] = path
      needs[path] =
        parts.count > 1 ? parts[1].split(separator: " ").map(String.init) : []
    }
  }

  /// - Parameter folder: `…/lib/modules/<release>`, with depmod's lists.
  package init(folder: String) throws(HostError) {
    self.init(
      text: try Files.text("\(folder)/modules.dep"),
      builtin: try Files.text("\(folder)/modules.builtin"))
  }

  /// Whether the kernel has a module of this name, built in or not.
  package func has(_ name: String) -> Bool {
    paths[Self.normal(name)] != nil || builtin.contains(Self.normal(name))
  }

  /// The module's file; nil if the kernel has none of this name.
  package func path(of name: String) -> String? { paths[Self.normal(name)] }

  /// The files of these modules and of all that they need, sorted. A name that has no file is
  /// built into this kernel, or the agent will say that it is missing.
  package func closure(of names: [String]) -> [String] {
    var found: Set<String> = []
    // modules.dep lists what is needed indirectly, too.
    for path in names.compactMap({ paths[Self.normal($0)] }) {
      found.insert(path)
      found.formUnion(needs[path] ?? [])
    }
    return found.sorted()
  }

  /// Module names know no difference between `-` and `_`.
  static func normal(_ name: String) -> String {
    String(name.map { $0 == "-" ? "_" : $0 })
  }

  static func name(of path: String) -> String {
    normal(String(path.split(separator: "/").last?.prefix { $0 != "." } ?? ""))
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Host

/// What kbuild is to build of a user's: one source in a folder, or all that the folder's Makefile
/// names.
package struct ModuleSource: Sendable, Equatable {
  /// As the user named it.
  package let folder: String
  /// The name of the only source; nil for all of the folder's modules.
  package let file: String?

  /// Where kbuild looks, in its order (Linux: scripts/Makefile.build).
  package static let makefiles = ["Kbuild", "Makefile"]
  /// Of everything that is copied for kbuild, in MiB.
  static let longestMiB = 64

  package init(folder: String, file: String?) {
    self.folder = folder
    self.file = file
  }

  /// A folder with a Makefile that names modules, such a Makefile, or a source; nil if the folder has
  /// none.
  package static func of(_ path: String) throws -> ModuleSource? {
    let isFolder = Files.isFolder(path)
    if !isFolder, !makefiles.contains(Files.name(of: path)) {
      return ModuleSource(folder: Files.folder(of: path), file: Files.name(of: path))
    }
    let folder = isFolder ? path : Files.folder(of: path)
    let source = ModuleSource(folder: folder, file: nil)
    guard let text = try source.makefile(), MakeDependencies.namesModules(text.text) else {
      return nil
    }
    return source
  }

  /// The makefile that kbuild reads; nil if there is none.
  func makefile() throws(HostError) -> (name: String, text: String)? {
    for name in Self.makefiles where Files.exists("\(folder)/\(name)") {
      return (name, try Files.text("\(folder)/\(name)"))
    }
    return nil
  }

  /// The module that the only source belongs to: one of its own name, or one of several sources that
  /// the makefile names.
  package func module() throws(HostError) -> String {
    guard let file else { return Files.name(of: folder) }
    return try module(of: Self.stem(file))
  }

  /// Has kbuild build all of the folder's modules but these; for a folder that was laid out.
  func exclude(_ modules: [String], in staging: String) throws {
    let ours = "\(staging)/Kbuild"
    if let name = Self.makefiles.first(where: { Files.exists("\(staging)/\($0)") }),
      !Files.exists("\(staging)/\(Self.theirs)")
    {
      try Files.rename("\(staging)/\(name)", to: "\(staging)/\(Self.theirs)")
    }
    let objects = modules.map { "\($0).o" }.joined(separator: " ")
    try Files.write(
      "include $(src)/\(Self.theirs)\nobj-m := $(filter-out \(objects),$(obj-m))\n", to: ours)
  }

  /// The module that an object is part of, as the folder's makefile says.
  func module(of object: String) throws(HostError) -> String {
    guard let text = try makefile()?.text else { return object }
    return MakeDependencies.module(of: "\(object).o", in: text) ?? object
  }

  /// The file name of an object: `first` of `first.c`.
  static func stem(_ file: String) -> String {
    String(file.prefix { $0 != "." })
  }

  /// Makes kbuild's own folder: copies of the sources, and a Kbuild that asks for one module if only one
  /// is wanted.
  ///
  /// - Parameter flags: arguments of the compiler.
  /// - Throws: ``ForgeError`` if there is too much to copy.
  func lay(in staging: String, of tree: SourceTree, flags: [String]) throws {
    try copy(from: try Files.real(folder), to: staging, of: tree)
    guard let file else { return }
    let module = try module()
    var lines: [String] = []
    if let (name, text) = try makefile(),
      module != Self.stem(file) || MakeDependencies.setsFlags(text)
    {
      try Files.rename("\(staging)/\(name)", to: "\(staging)/\(Self.theirs)")
      lines.append("include $(src)/\(Self.theirs)")
    }
    lines += ["obj-m := \(module).o", "ccflags-y += \(flags.joined(separator: " "))"]
    try Files.write(lines.joined(separator: "\n") + "\n", to: "\(staging)/Kbuild")
  }

  /// The user's makefile beside ours.
  private static let theirs = "Makefile.own"

  /// What kbuild makes, and what it takes for made.
  private static let products = [".o", ".ko", ".mod", ".mod.c", ".order", ".symvers", ".a", ".cmd"]

  private func copy(from folder: String, to staging: String, of tree: SourceTree) throws {
    var left = Self.longestMiB << 20
    var entries = 0
    var open = [""]
    while let below = open.popLast() {
      try Files.makeFolder(staging + below)
      for name in try Files.list(folder + below) where !name.hasPrefix(".") {
        let path = "\(folder)\(below)/\(name)"
        if Files.isFolder(path) {
          if !tree.isShallow, Files.link(path) == nil { open.append("\(below)/\(name)") }
          continue
        }
        // A symlink that leads nowhere, or out of the tree, is left out.
        guard wants(name, tree), Files.exists(path), try tree.holds(path),
          let size = Files.size(path)
        else { continue }
        entries += 1
        left -= size
        guard left >= 0, entries <= SourceTree.mostEntries else {
          throw ForgeError(
            what: "\(self.folder) has more than kbuild is given: \(Self.longestMiB) MiB or "
              + "\(SourceTree.mostEntries) files",
            remedy: "name the folder of the module itself")
        }
        try Files.write(try Files.read(path), to: "\(staging)\(below)/\(name)")
      }
    }
  }

  private func wants(_ name: String, _ tree: SourceTree) -> Bool {
    if Self.products.contains(where: name.hasSuffix) { return name.hasSuffix(".o_shipped") }
    return !tree.isShallow || name == file || name.hasSuffix(".h")
  }
}

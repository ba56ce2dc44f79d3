// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
package import Record
import Scenarios

/// What there is to try in a folder: a checked-out repository, for one.
package struct TriedFolder: Sendable {
  package var files: [TriedFile] = []
  /// What looks as if it were meant, and why it is not tried.
  package var leftOut: [RunHeader.LeftOut] = []

  /// - Throws: ``LabError`` if there is nothing to try in it.
  package init(_ folder: String) throws {
    let tree = SourceTree(whole: try Files.real(folder))
    var modules: Set<String> = []
    let paths = try tree.files().sorted()
    for path in paths {
      let name = folder + path.dropFirst(tree.root.count)
      guard [".c", ".o", ".ko"].contains(where: path.hasSuffix) else { continue }
      guard !path.hasSuffix(".mod.c"), !path.hasSuffix(".mod.o") else { continue }
      try take(name, &modules)
    }
    if paths.count >= SourceTree.mostEntries {
      leftOut.append(
        RunHeader.LeftOut(folder, "only its first \(SourceTree.mostEntries) files were looked at"))
    }
    if files.isEmpty {
      throw LabError(
        "\(folder) has no eBPF program (a .c with SEC(\"…\")) and no kernel module."
          + (leftOut.first.map { " Left out: \($0.file): \($0.reason)" } ?? ""))
    }
  }

  private mutating func take(_ path: String, _ modules: inout Set<String>) throws {
    if path.hasSuffix(".c") {
      guard let size = Files.size(path), size <= TriedFile.longestSource else {
        return leftOut.append(RunHeader.LeftOut(path, "it is no file, or too long for a source"))
      }
      let isNamed = path.hasSuffix(".bpf.c") || path.hasSuffix(".ebpf.c")
      switch SourceKind(of: try readText(path)) {
      case .userSpace: return leftOut.append(RunHeader.LeftOut(path, "a user-space program"))
      case .unknown where !isNamed:
        return leftOut.append(
          RunHeader.LeftOut(path, "neither program nor module: no SEC, no module_init"))
      case .module:
        let source = ModuleSource(folder: Files.folder(of: path), file: Files.name(of: path))
        // A module of several sources is tried once.
        let module = "\(source.folder)/\(try source.module())"
        guard modules.insert(module).inserted else { return }
      case .program, .unknown: break
      }
    }
    do {
      files.append(try TriedFile(path))
    } catch let error as LabError {
      leftOut.append(RunHeader.LeftOut(path, error.description))
    }
  }
}

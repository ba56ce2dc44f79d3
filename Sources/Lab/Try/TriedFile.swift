// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Scenarios
package import Verdicts

/// One of the files of a try: what it is by its name, and the folder in which it is compiled.
package struct TriedFile: Sendable {
  /// As the user named it.
  package let path: String
  package let mechanism: Mechanism
  /// Whether it has to be compiled, or can be loaded as it is.
  package let isSource: Bool
  /// A name that C, a module and a file can have: `my_probe` for `my-probe.bpf.c`.
  package let name: String

  /// - Throws: ``LabError`` if the name doesn't show what it is, or there is no such file.
  package init(_ path: String) throws {
    let kinds: [(suffix: String, mechanism: Mechanism, isSource: Bool)] = [
      (".bpf.c", .bpf, true), (".bpf.o", .bpf, false), (".c", .lkm, true), (".ko", .lkm, false),
      (".o", .bpf, false),
    ]
    let last = Files.name(of: path)
    guard let kind = kinds.first(where: { last.hasSuffix($0.suffix) }) else {
      throw LabError(
        "\(path): the name doesn't say what it is; use .bpf.c or .bpf.o for a program, "
          + ".c or .ko for a module.")
    }
    guard Files.exists(path), !Files.isFolder(path) else {
      let near = NearFile.hint(for: path) { name in
        [".c", ".o", ".ko"].contains { name.hasSuffix($0) }
      }
      throw LabError("\(path): there is no such file\(near.isEmpty ? "." : near)")
    }
    guard let size = Files.size(path) else {
      throw LabError("\(path) is a device or a pipe: give a file.")
    }
    guard size <= Self.longestMiB << 20 else {
      throw LabError(
        "\(path) has \(size >> 20) MiB, and a guest takes no more than \(Self.longestMiB): give a "
          + "smaller one, or its source.")
    }
    self.path = path
    (mechanism, isSource) = (kind.mechanism, kind.isSource)
    name = Self.name(from: String(last.dropLast(kind.suffix.count)))
  }

  /// Of an object, in MiB: a guest has 256 for everything.
  static let longestMiB = 64

  /// Letters, digits and `_`, and shorter than the kernel's MODULE_NAME_LEN (56).
  package static func name(from text: String) -> String {
    let clean = text.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? Character(scalar) : "_"
    }
    let name = String(clean.prefix(40))
    return name.first?.isNumber ?? true ? "try_" + name : name
  }

  /// The path that the source has while it is compiled, as compiler and object name it.
  package var compiledPath: String {
    Scenario.sourcePath(mechanism, of: name)
  }

  /// The files that the answer depends on: this one, and the headers next to it that it includes,
  /// directly or indirectly.
  package var inputs: [String] {
    get throws { isSource ? [path] + (try headers()).map { "\(folder)/\($0)" } : [path] }
  }

  /// A line of this file, of a header that it includes, or (for an object) of a source next to or
  /// below it: a place may come from an object, or from a guest, and name any file of this machine.
  ///
  /// - Returns: nil for everything else, and if the file has no such line.
  package func line(at place: SourcePlace) throws -> String? {
    let isOurs =
      if isSource {
        try inputs.contains(place.file)
      } else {
        try [".c", ".h"].contains { place.file.hasSuffix($0) }
          && Self.isBelow(Files.real(folder), place.file)
      }
    guard isOurs, place.line > 0, let size = Files.size(place.file), size <= Self.longestSource
    else { return nil }
    let lines = try readText(place.file).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(place.line - 1) ? String(lines[place.line - 1]) : nil
  }

  /// Of a source, in bytes.
  private static let longestSource = 1_000_000

  private static func isBelow(_ folder: String, _ path: String) -> Bool {
    // A file that isn't there, or is out of reach, has no line to show.
    guard let real = try? Files.real(path) else { return false }
    return real.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  private var folder: String { path.contains("/") ? Files.parent(of: path) : "." }

  private func headers() throws -> [String] {
    var found: [String] = []
    var texts = [try readText(path)]
    while let text = texts.popLast() {
      for header in ScenarioText.includes(of: text) where !found.contains(header) {
        guard Files.exists("\(folder)/\(header)") else { continue }
        found.append(header)
        texts.append(try readText("\(folder)/\(header)"))
      }
    }
    return found
  }

  /// What a run directory keeps of it.
  ///
  /// - Parameter name: the name that its trials have.
  func text(named name: String) throws -> ScenarioText {
    var text = ScenarioText(
      name: name, yaml: "# No scenario: a user's own file was tried.\n", lkm: nil, bpf: nil)
    guard isSource else { return text }
    switch mechanism {
    case .lkm: text.lkm = try readText(path)
    case .bpf: text.bpf = try readText(path)
    }
    for header in try headers() {
      text.headers["\(mechanism.rawValue)/\(header)"] = try readText("\(folder)/\(header)")
    }
    return text
  }

  /// Makes a folder in which the forge finds the source as it finds a scenario's: with the
  /// repository's headers, and the user's own before them.
  ///
  /// - Returns: the user's path for each path in that folder.
  func lay(in workspace: String, from repository: String) throws -> [String: String] {
    for part in ["bpf", "lkm"] {
      try Files.makeFolder("\(workspace)/\(part)")
      for file in try Files.list("\(repository)/\(part)")
      where file.hasSuffix(".h") || file == "Kbuild" {
        try Files.write(
          try Files.read("\(repository)/\(part)/\(file)"), to: "\(workspace)/\(part)/\(file)")
      }
    }
    var paths = [compiledPath: path]
    for header in try headers() {
      let compiled = "\(mechanism.rawValue)/\(header)"
      try Files.write(try readText("\(folder)/\(header)"), to: "\(workspace)/\(compiled)")
      paths[compiled] = folder == "." ? header : "\(folder)/\(header)"
    }
    try Files.write(try readText(path), to: "\(workspace)/\(compiledPath)")
    return paths
  }

  /// Whether the source is compiled separately when armed, using the macro `ARMED`.
  func namesArm() throws -> Bool { try isSource && names("ARMED") }

  /// Whether the source has such a word. An object may have.
  func names(_ word: String) throws -> Bool {
    guard isSource else { return true }
    let words = try readText(path).split {
      !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_"))
    }
    return words.contains { $0 == word }
  }

  /// Checks whether an object that is loaded as it is can be meant for this kernel's guest.
  func requireFit(_ object: ObjectFile, _ kernel: Kernel) throws {
    guard mechanism == .lkm else {
      guard object.isProgram else {
        throw LabError(
          "\(path) is an object for a CPU, not for the kernel's eBPF machine; compile it with "
            + "clang -target bpf, or give the source.")
      }
      return
    }
    guard !object.isProgram, object.isNative else {
      throw LabError(
        "\(path) is an object for another machine than the guests' x86-64; build it for that, or "
          + "give the source.")
    }
    guard let release = object.kernelRelease else {
      throw LabError("\(path) is not a kernel module: it doesn't say which kernel it is for.")
    }
    guard release == kernel.release else {
      throw LabError(
        "\(path) is a module for the kernel \(release), and the guest's is \(kernel.release): give "
          + "its source, or choose another kernel with --kernel.")
    }
  }
}

/// Replaces the workspace's paths in the output of a compiler, or in an object, by the user's own.
package struct TryPaths: Sendable {
  package var paths: [String: String]

  package init(_ paths: [String: String]) {
    self.paths = paths
  }

  package func place(_ place: SourcePlace?) -> SourcePlace? {
    place.map { SourcePlace(file: paths[$0.file] ?? $0.file, line: $0.line) }
  }

  package func text(_ text: String) -> String {
    paths.reduce(text) { $0.replacing($1.key, with: $1.value) }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Forge
import Host
import Kernels
import Scenarios
package import Verdicts

/// One of the things that a user tries: a source, an object, or a folder whose Makefile builds modules.
package struct TriedFile: Sendable {
  /// As the user named it.
  package let path: String
  package let mechanism: Mechanism
  package let form: Form
  /// A name that C, a module and a file can have: `my_probe` for `my-probe.bpf.c`.
  package var name: String
  /// What distinguishes it from others of the same name: `_2`.
  var suffix = ""
  /// What a manifest says of it; nil if there is none.
  var object: TryObject?

  package enum Form: Sendable, Equatable {
    case program
    case modules(ModuleSource)
    case object
  }

  /// - Parameter mechanism: what the user says that it is; nil to find out.
  /// - Throws: ``LabError`` if it is neither program nor module, or can't be read.
  package init(_ path: String, as mechanism: Mechanism? = nil) throws {
    self.path = path
    let last = Files.name(of: path)
    guard Files.exists(path) else {
      let near = NearFile.hint(for: path) { name in
        [".c", ".o", ".ko"].contains { name.hasSuffix($0) }
      }
      throw LabError("\(path): there is no such file\(near.isEmpty ? "." : near)")
    }
    if Files.isFolder(path) || ModuleSource.makefiles.contains(last) {
      guard let source = try ModuleSource.of(path) else {
        throw LabError("\(path) has no Makefile that names modules (obj-m).")
      }
      self.mechanism = .lkm
      form = .modules(source)
      name = Self.name(from: Files.name(of: try Files.real(source.folder)))
      return
    }
    let bytes = try Self.contents(path)
    if let object = try ObjectKind(of: bytes, path: path) {
      if let mechanism, mechanism != object.mechanism {
        throw LabError("\(path) is a \(object.mechanism == .bpf ? "program" : "module"): see --as.")
      }
      self.mechanism = object.mechanism
      form = .object
    } else {
      self.mechanism = try mechanism ?? Self.mechanism(ofSource: path, bytes)
      form =
        self.mechanism == .bpf
        ? .program : .modules(ModuleSource(folder: Files.folder(of: path), file: last))
    }
    let endings = [".bpf.c", ".bpf.o", ".ebpf.c", ".ebpf.o", ".c", ".ko", ".o"]
    let ending = endings.first { last.hasSuffix($0) } ?? ""
    name = Self.name(from: String(last.dropLast(ending.count)))
  }

  private static func contents(_ path: String) throws -> [UInt8] {
    guard let size = Files.size(path) else {
      throw LabError("\(path) is a device or a pipe: give a file.")
    }
    guard size <= longestMiB << 20 else {
      throw LabError(
        "\(path) has \(size >> 20) MiB, and a guest takes no more than \(longestMiB): give a "
          + "smaller one, or its source.")
    }
    return try Files.read(path)
  }

  private static func mechanism(ofSource path: String, _ bytes: [UInt8]) throws -> Mechanism {
    guard path.hasSuffix(".c") else {
      if bytes.isEmpty { throw LabError("\(path): it is empty.") }
      throw LabError(
        "\(path) is neither C (.c) nor an object (ELF): give a source, an object (.o, .ko), or a "
          + "folder with a module's Makefile.")
    }
    if path.hasSuffix(".bpf.c") || path.hasSuffix(".ebpf.c") { return .bpf }
    switch SourceKind(of: String(decoding: bytes, as: UTF8.self)) {
    case .program: return .bpf
    case .module, .unknown: return .lkm
    case .userSpace:
      throw LabError(
        "\(path) is a user-space program (it has a main): give the program or module that it "
          + "loads, or say what it is with --as.")
    }
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

  package var isSource: Bool { form != .object }

  /// The only source that it is known to be made of before it is compiled; nil for an object, and for a
  /// folder.
  package var source: String? {
    switch form {
    case .program: path
    case .modules(let source): source.file == nil ? nil : path
    case .object: nil
    }
  }

  /// A line of one of the inputs, or (of an object) of a source next to or below it: a place may
  /// come from an object, or from a guest, and name any file of this machine.
  ///
  /// - Parameter inputs: what the compiler read of the user's.
  /// - Returns: nil for everything else, and if the file has no such line.
  package func line(at place: SourcePlace, inputs: [String]) throws -> String? {
    let isOurs =
      if isSource {
        inputs.contains(place.file)
      } else {
        try [".c", ".h"].contains { place.file.hasSuffix($0) }
          && Self.isBelow(Files.real(Files.folder(of: path)), place.file)
      }
    guard isOurs, place.line > 0, let size = Files.size(place.file), size <= Self.longestSource
    else { return nil }
    let lines = try readText(place.file).split(separator: "\n", omittingEmptySubsequences: false)
    return lines.indices.contains(place.line - 1) ? String(lines[place.line - 1]) : nil
  }

  /// Of a source, in bytes.
  static let longestSource = 1_000_000

  private static func isBelow(_ folder: String, _ path: String) -> Bool {
    // A file that isn't there, or is out of reach, has no line to show.
    guard let real = try? Files.real(path) else { return false }
    return real.hasPrefix(folder == "/" ? "/" : folder + "/")
  }

  /// What a run directory keeps of it.
  ///
  /// - Parameters:
  ///   - name: the name that its trials have.
  ///   - inputs: what the compiler read of the user's.
  func text(named name: String, inputs: [String]) throws -> ScenarioText {
    var text = ScenarioText(
      name: name, yaml: "# No scenario: a user's own file was tried.\n", lkm: nil, bpf: nil)
    if form == .object {
      text.yaml +=
        "# SHA-256 of the \(mechanism.rawValue) object: \(Digest.of(bytes: try Files.read(path)))\n"
    }
    let main = source ?? inputs.first { $0.hasSuffix(".c") }
    guard isSource, let main else { return text }
    switch mechanism {
    case .lkm: text.lkm = try readText(main)
    case .bpf: text.bpf = try readText(main)
    }
    // Nobody reads a whole kernel's types, which some bring along.
    for input in inputs where input != main && (Files.size(input) ?? 0) <= Self.longestSource {
      let path = "\(mechanism.rawValue)/\(Files.name(of: input))"
      text.headers[path] = try readText(input)
    }
    return text
  }

  /// Whether the source is compiled separately when armed, using the macro `ARMED`.
  func namesArm() throws -> Bool { try source != nil && names("ARMED") }

  /// Whether the source has such a word. An object may have.
  func names(_ word: String) throws -> Bool {
    guard let source else { return true }
    let words = try readText(source).split {
      !($0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_"))
    }
    return words.contains { $0 == word }
  }

  /// Checks whether a module that is loaded as it is can be meant for this kernel's guest.
  func requireFit(_ object: ObjectFile, _ kernel: Kernel) throws {
    guard mechanism == .lkm else { return }
    guard let release = object.kernelRelease else {
      throw LabError("\(path) is not a kernel module: it doesn't say which kernel it is for.")
    }
    guard release == kernel.release else {
      throw LabError(
        "\(path) is a module for the kernel \(release), and the guest's is \(kernel.release): give "
          + "its source, or choose another kernel with --kernel.", .kernel)
    }
  }
}

/// Replaces what a compiler, or an object, calls a file by the name that the user gave it.
package struct TryPaths: Sendable {
  package var paths: [String: String]

  package init(_ paths: [String: String]) {
    self.paths = paths
  }

  package func place(_ place: SourcePlace?) -> SourcePlace? {
    place.map { SourcePlace(file: paths[$0.file] ?? $0.file, line: $0.line) }
  }

  package func text(_ text: String) -> String {
    // The longest first: one may begin another.
    paths.sorted { $0.key.count > $1.key.count }
      .reduce(text) { $1.key == $1.value ? $0 : $0.replacing($1.key, with: $1.value) }
  }
}

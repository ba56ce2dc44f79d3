// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Host
import Kernels
import Verdicts

/// The compiler's commands for the mutants of one source: headers once, then each mutant.
struct MutantWorkshop {
  private let forge: MutantForge
  private let source: TwinSource
  private let clang: String
  private let kit: ModuleKit?
  private let kitFolder: String
  /// What programs are compiled with, in the shell's words.
  private let options: String

  /// - Throws: ``ForgeError`` if a module could not be built at all.
  init(_ forge: MutantForge, _ source: TwinSource, kit folder: String?) async throws {
    (self.forge, self.source) = (forge, source)
    clang = try await Compiler.forPrograms().path
    kitFolder = folder ?? ""
    if source.mechanism == .lkm {
      guard let folder else {
        throw ForgeError(
          what: "kbuild refuses it, or the kernel has no headers", remedy: "see panicroom check")
      }
      kit = try JSONDecoder().decode(
        ModuleKit.self, from: Data(try Files.read("\(folder)/kit.json")))
    } else {
      kit = nil
      try await forge.kernel.requireHeader()
    }
    let programs = ProgramForge(
      workbench: Workbench(
        kernel: forge.kernel, repository: forge.repository, cache: forge.cache,
        logger: forge.logger, bounds: nil, libbpfHeaders: forge.libbpfHeaders), shared: [])
    options = (programs.options + [source.definition].compactMap(\.self))
      .map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
  }

  private var directory: String {
    kit == nil ? forge.repository : forge.kernel.kbuild?.output ?? forge.repository
  }
  private var headers: String { "\(forge.repository)/lkm" }

  func functions(of text: CSource, in folder: String) async throws -> [SyntaxNode] {
    try Files.write(text.preamble, to: "\(folder)/preamble.h")
    let dump =
      kit.map {
        SourceDump(
          command: $0.clang(clang, headers: headers), before: $0.included, directory: directory)
      } ?? SourceDump(command: "\(clang) \(options) -w", directory: directory)
    return try await dump.functions(of: text, in: folder)
  }

  /// Compiles the base and the mutants.
  func make(
    _ places: [MutantPlace], of text: CSource, in work: String, objects: String
  ) async throws -> MadeMutants {
    var made = MadeMutants()
    try Files.write(text.preamble, to: "\(work)/preamble.h")
    try await compilePreamble(in: work)
    var known: [String: String] = [:]
    let base = try await compile(text.bytes, text, "base", in: work, objects: objects)
    guard base == nil else {
      throw ForgeError(
        what: "\(source.path) does not compile by itself: \(base ?? "")",
        remedy: "see that it compiles")
    }
    known[try ObjectCode.digest("\(objects)/\(file("base"))")] = "base"
    made.objects["base"] = known.keys.first
    for place in places {
      let refusal = try await compile(
        place.applied(to: text.bytes), text, place.name, in: work, objects: objects)
      if let refusal {
        made.refused[place.name] = refusal
        continue
      }
      let path = "\(objects)/\(file(place.name))"
      let digest = try ObjectCode.digest(path)
      if let other = known[digest] {
        if other == "base" {
          made.equivalent.append(place.name)
        } else {
          made.duplicates[place.name] = other
        }
        try Files.remove(path)
      } else {
        known[digest] = place.name
        made.objects[place.name] = digest
      }
    }
    return made
  }

  private func file(_ name: String) -> String {
    "\(name).\(source.mechanism == .bpf ? "bpf.o" : "ko")"
  }

  private func compilePreamble(in work: String) async throws {
    let line =
      kit.map {
        "\($0.compiler(headers: headers)) \($0.included) -x c-header "
          + "-o \(work)/preamble.h.gch \(work)/preamble.h"
      } ?? "\(clang) \(options) -x c-header \(work)/preamble.h -o \(work)/preamble.pch"
    let output = try await run(line)
    guard output.status == 0 else {
      throw ForgeError(
        what: "the headers of \(source.path) don't compile: \(Self.error(output.words) ?? "")",
        remedy: "see that it compiles")
    }
  }

  /// - Returns: the compiler's first error; nil if there is an object.
  private func compile(
    _ bytes: [UInt8], _ text: CSource, _ name: String, in work: String, objects: String
  ) async throws -> String? {
    let folder = "\(work)/\(name)"
    try Files.makeFolder(folder)
    let object = "\(objects)/\(file(name))"
    let input = "\(folder)/\(Files.name(of: source.path))"
    try Files.write(CSource.blanked(bytes, to: text.preambleEnd), to: input)
    let line: String
    if let kit {
      // The linker is to know the object by the name that kbuild gave it.
      try Files.write(
        try Files.read("\(kitFolder)/mod.o"), to: "\(folder)/\(source.object).mod.o")
      let check = kit.check.replacing(ModuleKit.folder, with: folder)
      let link = kit.link.replacing(ModuleKit.folder, with: folder)
      line =
        "\(kit.compiler(headers: headers)) -w -include \(work)/preamble.h "
        + "-c -o \(folder)/\(source.object).o \(input) && "
        + (check.isEmpty ? "" : "{ \(check) ; } && ") + "{ \(link) ; } && "
        + "mv \(folder)/\(source.object).ko \(object)"
    } else {
      line =
        "\(clang) \(options) -w -ffile-prefix-map=\(folder)=bpf -include-pch "
        + "\(work)/preamble.pch -c \(input) -o \(object)"
    }
    let output = try await run(line)
    try Files.remove(folder)
    if output.status == 0 { return nil }
    guard output.status < 128, let refusal = Self.error(output.words) else {
      // That is the laboratory's failure, not the mutant's.
      throw ToolError.failed(
        command: "compile \(source.path), \(name)", status: output.status, words: output.words)
    }
    return refusal
  }

  private func run(_ line: String) async throws -> (status: Int, words: String) {
    let output = try await Tool("sh", bounds: MutantForge.bounds).run(
      ["-c", line], directory: directory)
    return (output.status, output.errorText)
  }

  /// What compilers and linkers say if they were ended, or had no room.
  private static let failures = [
    "Killed", "terminated", "due to signal", "unable to execute", "No space left",
    "memory exhausted", "out of memory", "annot allocate memory", "Input/output error",
  ]

  /// The first error that a source has; nil if there is none, or the machine is to blame.
  private static func error(_ words: String) -> String? {
    guard !failures.contains(where: words.contains) else { return nil }
    let marks = ["rror:", "RROR:"]
    let line = words.split(separator: "\n").first { line in marks.contains(where: line.contains) }
    return line.flatMap { line in
      marks.compactMap(line.firstRange(of:)).first.map {
        String(line[$0.upperBound...].drop { $0 == " " })
      }
    }
  }
}

/// What of an object decides what it does.
enum ObjectCode {
  /// Of all sections but those that only say where the code came from. A relocation names its symbol by
  /// number, so the symbols belong to the code.
  static func digest(_ path: String) throws -> String {
    let object = try ObjectFile(path: path)
    let silent = [
      ".debug", ".BTF", ".rel.debug", ".rel.BTF", ".shstrtab", ".comment", ".note",
      ".llvm", ".rela.debug",
    ]
    var digest = Digest()
    for section in object.sections where !silent.contains(where: section.name.hasPrefix) {
      digest.add("\(section.name) \(section.size)\n")
      if let contents = object.contents(of: section.name) {
        contents.withUnsafeBytes { digest.add($0) }
      }
    }
    return digest.text()
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import Host
import Kernels
import Logging

/// How kbuild compiles and links one module, so that others like it need no kbuild.
struct ModuleKit: Codable, Sendable {
  /// In the shell's words, with ``folder`` for the module's folder.
  var compile: String
  /// What checks and completes the object (objtool); empty if nothing does.
  var check: String
  var link: String

  static let folder = "@FOLDER@"

  /// The words of the compiler's command without input, output and what is included first.
  private var words: [Substring] {
    var words: [Substring] = []
    for word in compile.split(separator: " ") where !word.hasPrefix("-Wp,") && word != "-g" {
      if words.last == "-include" { words.removeLast() } else { words.append(word) }
    }
    if let end = words.lastIndex(of: "-c") { words.removeSubrange(end...) }
    return words
  }

  /// `-include a.h -include b.h`.
  var included: String {
    let all = compile.split(separator: " ")
    return zip(all, all.dropFirst()).filter { $0.0 == "-include" }
      .map { "-include \($0.1)" }.joined(separator: " ")
  }

  func compiler(headers: String) -> String {
    words.joined(separator: " ").replacing(Self.folder, with: headers)
  }

  /// The same for clang, which doesn't know all of gcc's options and would read the sources of some
  /// differently for others: what only changes the code that is made is left out.
  func clang(_ path: String, headers: String) -> String {
    let kept = words.dropFirst().filter { word in
      ["-D", "-U", "-I", "-nostdinc", "-std=", "-isystem", "-m64", "-fshort-wchar", "-mcmodel"]
        .contains { word.hasPrefix($0) }
    }
    return ([path, "-w"] + kept.map(String.init)).joined(separator: " ")
      .replacing(Self.folder, with: headers)
  }

  /// Reads what kbuild noted of a module beside it.
  init(_ object: String, in folder: String) throws {
    func command(_ name: String) throws -> String {
      let text = try Files.text("\(folder)/.\(name).cmd")
      guard let line = text.split(separator: "\n").first, let range = line.firstRange(of: ":=")
      else {
        throw ForgeError(
          what: "\(folder)/.\(name).cmd has no command",
          remedy: "see whether kbuild is the kernel's")
      }
      return String(line[range.upperBound...]).replacing(folder, with: Self.folder)
    }
    let whole = try command("\(object).o")
    let parts = whole.split(separator: " ; ", maxSplits: 1)
    compile = parts.first.map(String.init) ?? ""
    check = parts.count > 1 ? String(parts[1]) : ""
    link = try command("\(object).ko")
  }
}

extension MutantForge {
  /// Has kbuild build the modules once, all missing ones in one call, and keeps how it did.
  ///
  /// - Returns: a folder for each source: `kit.json`, `mod.o`. Those that kbuild refused have none.
  func kits(_ sources: [TwinSource], _ entries: [String: String]) async throws -> [String: String] {
    func kept(_ source: TwinSource) -> String? {
      entries[source.object].map { cache.found($0) }.flatMap {
        Files.exists("\($0)/kit.json") ? $0 : nil
      }
    }
    let missing = sources.filter { kept($0) == nil }
    if !missing.isEmpty { try await build(missing, entries) }
    return Dictionary(
      sources.compactMap { source in kept(source).map { (source.object, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  private func build(_ sources: [TwinSource], _ entries: [String: String]) async throws {
    guard let kbuild = kernel.kbuild, let compiler = try await Compiler.forModules(of: kernel)
    else {
      return
    }
    try await kernel.requireWhole(in: cache)
    try await cache.temporarily(beside: "mutants/\(kernel.name)/build") { staging in
      for path in try SharedSources(repository: repository, libbpfHeaders: libbpfHeaders).modules
        + sources.map(\.path)
      {
        try Files.write(
          try Files.read("\(repository)/\(path)"), to: "\(staging)/\(Files.name(of: path))")
      }
      let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
      let arguments =
        ["--keep-going", "-j\(processors)", "KBUILD_MODPOST_WARN=1"]
        + sources.compactMap { source in
          source.definition.map { "CFLAGS_\(source.object).o=\($0)" }
        }
      for _ in 0..<2 {
        let output = try await kbuild.make(
          staging, compiler: compiler.path, arguments: arguments)
        if output.status == 0 { break }
        logger.debug("kbuild: \(output.errorText)")
        // What fails keeps kbuild from linking the others.
        for source in sources where !Files.exists("\(staging)/\(source.object).o") {
          try Files.remove("\(staging)/\(source.object).c")
        }
      }
      for source in sources where Files.exists("\(staging)/\(source.object).ko") {
        guard let entry = entries[source.object] else { continue }
        try await cache.atomically(entry) { folder in
          let kit = try ModuleKit(source.object, in: staging)
          try Files.write(json: kit, to: "\(folder)/kit.json")
          try await Tool("strip").checked([
            "--strip-debug", "-o", "\(folder)/mod.o", "\(staging)/\(source.object).mod.o",
          ])
        }
      }
    }
  }
}

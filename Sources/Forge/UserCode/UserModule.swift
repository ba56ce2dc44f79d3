// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Kernels

extension UserForge {
  /// Builds modules with the kernel's kbuild. It works on copies, which lie where the user's files are:
  /// messages, debug information and includes by `..` are the user's.
  ///
  /// - Parameters:
  ///   - arm: the value of the macro `ARMED`; nil if no source names it.
  ///   - output: an empty folder, in which the objects stay.
  /// - Throws: ``ForgeError`` if the compiler failed, `ToolError`, `HostError`.
  package func modules(
    _ source: ModuleSource, arm: Bool?, in output: String
  ) async throws -> UserObject {
    guard let kbuild = kernel.kbuild else {
      throw ForgeError(
        what: "kernel \(kernel.name) has no headers", remedy: "add it again with --headers")
    }
    try Tool.require(["make", "strip"])
    try await kernel.requireWhole(in: cache)
    let compiler = try await Compiler.asked(try kbuild.compiler())
    let answers = try await CompilerAnswers.of(compiler, for: kernel, kbuild, in: cache)
    let tree = try SourceTree(around: source.folder)
    let real = try Files.real(source.folder)
    var options = options
    // kbuild runs its compiler elsewhere.
    options.includes = try options.includes.map { try Files.real($0) }
    let before = options.before
    let place = KbuildPlace(
      staging: "\(output)/build", inside: isConfined && !Self.breaksMake(real) ? real : nil)
    var failures: [String: [CompilerMessage]] = [:]
    let (answer, folders) = try await MissingHeader.supplying(from: tree, near: real) { folders in
      let flags =
        before + folders.flatMap { ["-I", $0] } + ["-I\(repository)/lkm"]
        + [arm.map { "-DARMED=\($0 ? 1 : 0)" }].compactMap(\.self) + options.flags
      try source.lay(in: place.staging, of: tree, flags: flags)
      failures = [:]
      while true {
        let (errors, failed) = try await build(
          kbuild, by: answers?.script ?? compiler.path, place, tree, flags: flags, real: real,
          isFolder: source.file == nil)
        let modules = try Set(failed.map { try source.module(of: $0) })
          .subtracting(failures.keys)
        // Of a folder, the others are built without them.
        guard source.file == nil, !modules.isEmpty else { return (errors, errors) }
        for module in modules {
          let own = errors.filter { ModuleSource.stem(Files.name(of: $0.file)) == module }
          failures[module] = own.isEmpty ? errors : own
        }
        try source.exclude(failures.keys.sorted(), in: place.staging)
      }
    }
    let inputs = try inputs(of: source, place, below: tree.root, real: real)
    var made = UserObject(
      result: answer.isEmpty
        ? .made(
          try await objects(
            of: source, in: place.staging, inputs: inputs, mayBeNone: !failures.isEmpty))
        : .refused(advised(answer, tree)),
      inputs: inputs, names: try Self.names(of: inputs, in: SourceTree.workingDirectory),
      compiler: Compiler.shortened(compiler.version),
      notes: folders.map { "headers were found in \($0): -I \($0)" })
    if answer.isEmpty { made.failures = failures }
    return made
  }

  /// A folder's modules are many, and are built by one call.
  private static let patienceForFolders = 15.0

  private var isConfined: Bool { obstacle == nil }

  /// kbuild can't work in a path with these.
  private static func breaksMake(_ path: String) -> Bool {
    path.contains { $0.isWhitespace || ":#$%".contains($0) }
  }

  /// One call of kbuild.
  ///
  /// - Returns: the errors, none if all modules were built, and the objects that failed.
  private func build(
    _ kbuild: Kbuild, by compiler: String, _ place: KbuildPlace, _ tree: SourceTree,
    flags: [String], real: String, isFolder: Bool
  ) async throws -> (errors: [CompilerMessage], failed: [String]) {
    let wrapper = sandbox.command(
      reading: try readable() + [compiler] + tree.paths(for: real),
      writing: [(place.staging, place.visible)], directory: place.visible)
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    var added = flags
    added.append("-ffile-prefix-map=\(place.visible)=\(real)")
    var limits = bounds
    if isFolder { limits.seconds *= Self.patienceForFolders }
    let output = try await kbuild.make(
      place.visible, compiler: compiler,
      arguments: [
        "-j\(processors)", "--keep-going", "--output-sync=target",
        "KCFLAGS=\(added.joined(separator: " "))",
        // A symbol that the kernel doesn't have is for its module loader to refuse.
        "KBUILD_MODPOST_WARN=1",
      ], within: wrapper, bounds: limits)
    if output.status == 0 { return ([], []) }
    let words = CompilerOutput(output.errorText, moved: (place.visible + "/", real + "/"))
    try words.throwIfMachineFailed(
      compiler: "kbuild", status: output.status, output: place.staging)
    let errors =
      words.errors
      + words.modpostErrors.map { CompilerMessage(file: real, line: nil, text: $0.text) }
    if !errors.isEmpty { return (errors, words.failedObjects) }
    let said = output.errorText.split(separator: "\n").filter { $0.contains("***") }
    guard let first = said.first else {
      throw ForgeError(
        what: "kbuild ended with status \(output.status):\n\(output.errorText)",
        remedy: "see whether the kernel's headers in \(kbuild.output) are whole")
    }
    return ([CompilerMessage(file: real, line: nil, text: "error: \(first)")], [])
  }

  /// The modules that were built, stripped for loading, those first that others need.
  private func objects(
    of source: ModuleSource, in staging: String, inputs: [String], mayBeNone: Bool
  ) async throws -> [ForgedTwin.Object] {
    let tree = SourceTree(whole: staging)
    var modules: [ObjectFile] = []
    for path in try tree.files().sorted() where path.hasSuffix(".ko") {
      modules.append(try ObjectFile(path: path))
    }
    guard !modules.isEmpty || mayBeNone else {
      throw ForgeError(
        what: "kbuild made no module of \(source.folder)",
        remedy: "see which modules its Makefile names (obj-m)")
    }
    var objects: [ForgedTwin.Object] = []
    for module in Self.ordered(modules) {
      let loaded = String(module.path.dropLast(3)) + ".stripped.ko"
      try await Tool("strip", bounds: bounds).checked(["--strip-debug", "-o", loaded, module.path])
      objects.append(.init(object: loaded, full: module.path, sources: inputs))
    }
    return objects
  }

  /// Each after those that it depends on.
  private static func ordered(_ modules: [ObjectFile]) -> [ObjectFile] {
    var rest = modules
    var done: [ObjectFile] = []
    while !rest.isEmpty {
      let names = Set(rest.map(\.moduleName))
      let index =
        rest.firstIndex { names.isDisjoint(with: $0.moduleDependencies) }
        ?? rest.startIndex
      done.append(rest.remove(at: index))
    }
    return done
  }

  /// The user's own files that the modules were made of, as kbuild noted.
  private func inputs(
    of source: ModuleSource, _ place: KbuildPlace, below root: String, real: String
  ) throws -> [String] {
    var found: Set<String> = []
    for path in try SourceTree(whole: place.staging).files(hidden: true)
    where path.hasSuffix(".o.cmd") {
      for file in MakeDependencies.kbuildFiles(try Files.text(path)) {
        let below = file.hasPrefix("/") ? file : "\(place.visible)/\(file)"
        let own =
          below.hasPrefix(place.visible + "/")
          ? real + below.dropFirst(place.visible.count) : below
        if own.hasPrefix(root + "/"), Files.exists(own), !own.hasSuffix(".mod.c") {
          found.insert(own)
        }
      }
    }
    if let file = source.file { found.insert("\(real)/\(file)") }
    let here = SourceTree.workingDirectory + "/"
    // As the user would name them.
    return found.sorted().map { path in
      if path.hasPrefix(real + "/") { return "\(source.folder)\(path.dropFirst(real.count))" }
      return path.hasPrefix(here) ? String(path.dropFirst(here.count)) : path
    }
  }
}

/// Where kbuild works.
private struct KbuildPlace {
  /// The folder outside of the sandbox.
  var staging: String
  /// The user's folder, over which it lies inside; nil if it can't.
  var inside: String?

  /// What kbuild calls it.
  var visible: String { inside ?? staging }
}

extension ObjectFile {
  /// As `/sys/module` names it.
  package var moduleName: String {
    let name = moduleInfo("name").first ?? String(Files.name(of: path).prefix { $0 != "." })
    return name.replacing("-", with: "_")
  }

  /// The modules to be loaded before it, by name: those whose symbols it uses, and those that it asks for
  /// itself (`softdep` of `.modinfo`: `pre: a b post: c`).
  package var modulesBefore: [String] {
    let asked = moduleInfo("softdep").flatMap { text -> [String] in
      let words = text.split(separator: " ").map(String.init)
      guard let start = words.firstIndex(of: "pre:") else { return [] }
      return words[(start + 1)...].prefix { !$0.hasSuffix(":") }
        .map { $0.replacing("-", with: "_") }
    }
    return asked + moduleDependencies.filter { !asked.contains($0) }
  }

  /// The modules that it needs, by name (`depends` of `.modinfo`).
  package var moduleDependencies: [String] {
    moduleInfo("depends").flatMap { $0.split(separator: ",") }
      .map { String($0).replacing("-", with: "_") }
  }
}

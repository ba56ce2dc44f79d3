// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Kernels
import Logging
import Verdicts

/// Builds modules with the kernel's own kbuild, all missing ones in one call: a call costs two
/// seconds, a module in it a tenth of that.
struct ModuleForge {
  let workbench: Workbench
  /// The headers that modules may include, and `lkm/Kbuild`.
  let shared: [String]

  /// Where each module's objects are kept.
  func entries(
    of sources: [TwinSource], with compiler: Compiler, digest: (String) -> String
  ) async throws -> [(TwinSource, String)] {
    let made = [
      "recipe 4", compiler.version, workbench.kernel.release, workbench.kernel.packageVersion,
    ]
    let surroundings = Digest.of(
      (made + shared.map { "\($0) \(digest($0))" }).joined(separator: "\n"))
    return sources.map {
      ($0, workbench.entry($0, digest: digest($0.path), surroundings: surroundings))
    }
  }

  /// Builds the missing ones.
  func forge(_ pairs: [(TwinSource, String)], with compiler: Compiler) async throws {
    try await workbench.cache.withLock(workbench.shelf(.lkm)) {
      workbench.logger.notice("waiting for another harness that builds modules")
    } _: {
      let missing = try await workbench.missing(pairs, telling: true)
      // Both arms of a twin that is built twice have one file's name.
      let armed = missing.filter { $0.0.armed == true }
      let others = missing.filter { $0.0.armed != true }
      if !others.isEmpty { try await build(others, with: compiler) }
      if !armed.isEmpty { try await build(armed, with: compiler) }
    }
  }

  private func build(_ pairs: [(TwinSource, String)], with compiler: Compiler) async throws {
    try Tool.require(["make", "strip"])
    workbench.logger.info("building \(pairs.count) modules for \(workbench.kernel.release)")
    let entries = Dictionary(uniqueKeysWithValues: pairs.map { ($0.object, $1) })
    try await workbench.cache.temporarily(beside: "\(workbench.shelf(.lkm))/build") { staging in
      guard !staging.contains(where: { $0.isWhitespace || $0 == ":" }) else {
        throw HostError(
          what: "kbuild can't work in a path with blanks or colons", path: staging,
          remedy: "set XDG_CACHE_HOME to a path without them")
      }
      for path in shared + pairs.map(\.0.path) {
        try Files.write(
          try Files.read("\(workbench.repository)/\(path)"),
          to: "\(staging)/\(Files.name(of: path))")
      }
      var open = pairs.map(\.0)
      // Modules that fail keep kbuild from linking the others: it is called again without them.
      while !open.isEmpty {
        let refused = try await kbuild(open, in: staging, with: compiler)
        for source in open {
          guard let messages = refused[source.object], let entry = entries[source.object] else {
            continue
          }
          try await workbench.refuse(source, entry: entry, messages)
          try Files.remove("\(staging)/\(source.object).c")
        }
        open.removeAll { refused[$0.object] != nil }
        if refused.isEmpty { break }
      }
      for source in open {
        guard let entry = entries[source.object] else { continue }
        try await publish(source, from: staging, as: entry)
      }
    }
  }

  private func publish(_ source: TwinSource, from folder: String, as entry: String) async throws {
    try await workbench.cache.atomically(entry) { staging in
      let full = "\(staging)/\(Workbench.full(source))"
      try Files.rename("\(folder)/\(source.object).ko", to: full)
      // Debug information only: --strip-unneeded removes the names of static functions, which the
      // kernel prints in its traces.
      try await Tool("strip").checked([
        "--strip-debug", "-o", "\(staging)/\(Workbench.loaded(source))", full,
      ])
      try await workbench.close(source, in: staging)
    }
  }

  /// One call of kbuild over all sources in the folder.
  ///
  /// - Returns: the errors of the modules that it refused, by object name; empty if all were built.
  private func kbuild(
    _ sources: [TwinSource], in folder: String, with compiler: Compiler
  ) async throws -> [String: [CompilerMessage]] {
    let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    guard let recipe = workbench.kernel.kbuild else {
      throw ForgeError(
        what: "kernel \(workbench.kernel.name) has no headers",
        remedy: "add it again with --headers")
    }
    let output = try await recipe.make(
      folder, compiler: compiler.path,
      arguments: [
        "--keep-going", "--output-sync=target", "-j\(processors)",
        // Paths in debug information and in the texts of BUG and WARN as in the repository. From
        // 6.13, gcc runs in the module's folder and gets names without one, so that folder is
        // mapped, too.
        "KCFLAGS=-ffile-prefix-map=\(folder)=lkm",
        // A symbol that the kernel doesn't have is for its module loader to refuse.
        "KBUILD_MODPOST_WARN=1",
      ]
        + sources.compactMap { source in
          source.definition.map { "CFLAGS_\(source.object).o=\($0)" }
        }, bounds: workbench.bounds)
    if output.status == 0 {
      guard let lost = sources.first(where: { !Files.exists("\(folder)/\($0.object).ko") }) else {
        return [:]
      }
      throw ForgeError(
        what: "kbuild made no module from \(lost.path)", remedy: "see that lkm/Kbuild lists it")
    }
    let words = CompilerOutput(output.errorText, moved: (folder + "/", "lkm/"))
    try words.throwIfMachineFailed(compiler: "kbuild", status: output.status, output: folder)
    let refused = refusals(words, of: sources)
    if refused.isEmpty {
      throw ForgeError(
        what: "kbuild ended with status \(output.status):\n\(output.errorText)",
        remedy: "see whether the kernel's headers in \(recipe.output) are whole")
    }
    return refused
  }

  /// Which module is to blame: errors in a module's own source are its own, errors in a header
  /// belong to each module that failed without an error of its own.
  private func refusals(
    _ words: CompilerOutput, of sources: [TwinSource]
  ) -> [String: [CompilerMessage]] {
    let errors = words.errors
    let failed = Set(words.failedObjects)
    let modpost = words.modpostErrors
    var refused: [String: [CompilerMessage]] = [:]
    for source in sources {
      let own = errors.filter { $0.file == source.path }
      let others = errors.filter { error in !sources.contains { $0.path == error.file } }
      let linking = modpost.filter { $0.object == source.object }.map {
        CompilerMessage(file: source.path, line: nil, text: $0.text)
      }
      if failed.contains(source.object), !own.isEmpty || !others.isEmpty {
        refused[source.object] = own.isEmpty ? others : own
      } else if !linking.isEmpty {
        refused[source.object] = linking
      }
    }
    return refused
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels
import Logging
import Verdicts

/// Compiles programs with clang.
struct ProgramForge {
  let workbench: Workbench
  /// The headers that programs may include.
  let shared: [String]

  /// More compilers than this at a time gain nothing on small machines.
  private static let width = 2

  /// Where each program's object is kept.
  func entries(
    of sources: [TwinSource], with compiler: Compiler, digest: (String) -> String
  ) async throws -> [(TwinSource, String)] {
    let made = [
      "recipe 4", compiler.version, workbench.kernel.release, workbench.kernel.packageVersion,
      workbench.kernel.vmlinuxHeaderDigest ?? "no types",
    ]
    // Libbpf's headers lie in another folder on another machine, which a bundle's objects may come from.
    let headers = shared.map {
      "\($0.hasPrefix("/") ? "libbpf/\(Files.name(of: $0))" : $0) \(digest($0))"
    }
    let surroundings = Digest.of((made + headers).joined(separator: "\n"))
    return sources.map {
      ($0, workbench.entry($0, digest: digest($0.path), surroundings: surroundings))
    }
  }

  /// Builds the missing ones.
  func forge(_ pairs: [(TwinSource, String)], with compiler: Compiler) async throws {
    // If two harnesses made an entry at once, one would replace it while the other reads it.
    try await workbench.cache.withLock(workbench.shelf(.bpf)) {
      workbench.logger.notice("waiting for another harness that compiles programs")
    } _: {
      let missing = try await workbench.missing(pairs, telling: true)
      if missing.isEmpty { return }
      try await workbench.kernel.requireHeader()
      try await compile(missing, with: compiler)
    }
  }

  private func compile(_ missing: [(TwinSource, String)], with compiler: Compiler) async throws {
    workbench.logger.info("compiling \(missing.count) programs for \(workbench.kernel.release)")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, (source, entry)) in missing.enumerated() {
        if index >= Self.width { try await group.next() }
        group.addTask { try await compile(source, entry: entry, with: compiler) }
      }
      try await group.waitForAll()
    }
  }

  private func compile(_ source: TwinSource, entry: String, with compiler: Compiler) async throws {
    var refused: [CompilerMessage] = []
    do {
      try await workbench.cache.atomically(entry) { staging in
        let output = try await Tool(compiler.path, bounds: workbench.bounds).run(
          arguments(source, output: "\(staging)/\(Workbench.loaded(source))"),
          directory: workbench.repository)
        if output.status == 0 {
          let words = output.errorText
          if !words.isEmpty { workbench.logger.debug("\(source.path): \(words)") }
          return try await workbench.close(source, in: staging)
        }
        refused = try CompilerOutput(output.errorText).refusal(
          of: source.path, status: output.status, compiler: compiler.path, output: staging)
        let helpers = try helperNames
        refused = refused.map { $0.offering(helpers) }
        throw Refused()
      }
    } catch is Refused {
      try await workbench.refuse(source, entry: entry, refused)
    }
  }

  private struct Refused: Error {}

  /// The kernel's helpers, as libbpf declares them: `static long (*bpf_map_update_elem)(…)`.
  private var helperNames: [String] {
    get throws {
      guard let path = shared.first(where: { $0.hasSuffix("/bpf_helper_defs.h") }) else {
        return []
      }
      return try Files.text(path).matches(of: /\(\*(bpf_\w+)\)/).map { String($0.1) }
    }
  }

  /// Run in the repository, so that messages carry its paths; the maps do the same for the line
  /// information in the object, to which clang adds the folder it runs in.
  private func arguments(_ source: TwinSource, output: String) -> [String] {
    options + [source.definition].compactMap(\.self) + ["-c", source.path, "-o", output]
  }

  /// What all programs are compiled with.
  var options: [String] {
    var arguments = [
      "-target", "bpf", "-O2", "-g", "-mcpu=v3", "-D__TARGET_ARCH_x86", "-I", "bpf",
    ]
    let repository = "-ffile-prefix-map=\(workbench.repository)="
    if let folder = workbench.kernel.vmlinuxHeader.map(Files.parent(of:)) {
      arguments += ["-I", folder, repository, "-ffile-prefix-map=\(folder)=vmlinux"]
    } else {
      arguments.append(repository)
    }
    let libbpf = workbench.libbpfHeaders
    if libbpf != Forge.libbpfHeaders {
      // Line information has the usual path.
      arguments += ["-isystem", libbpf, "-ffile-prefix-map=\(libbpf)=\(Forge.libbpfHeaders)"]
    }
    // A clang that crashes would leave its input in the folder for temporary files. Its bpf target
    // has no headers of its own for what <linux/bpf.h> includes.
    arguments += [
      "-fno-color-diagnostics", "-fno-crash-diagnostics",
      // A slip in a helper's name would become an external function, which only libbpf refuses.
      "-Werror=implicit-function-declaration",
      "-idirafter", "/usr/include/x86_64-linux-gnu",
    ]
    return arguments
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels

extension UserForge {
  /// How a program is compiled.
  public struct ProgramRecipe: Sendable, Equatable {
    /// A compiler's path, and its version text.
    public var compiler: String
    public var version: String
    /// `-mcpu`.
    public var machine: String

    /// `clang 14.0.6 -mcpu=v3`.
    public var description: String { "\(Compiler.shortened(version)) -mcpu=\(machine)" }
  }

  /// The recipe that is used first, and those that are worth a try if the verifier refuses the
  /// result: another instruction set, a newer clang.
  public func programRecipes() async throws -> [ProgramRecipe] {
    let usual = try await usualRecipe()
    var recipes = [usual]
    if options.machine == nil {
      recipes.append(
        ProgramRecipe(compiler: usual.compiler, version: usual.version, machine: "v1"))
    }
    if let newer = try await Compiler.newestForPrograms(), newer.version != usual.version {
      recipes.append(
        ProgramRecipe(compiler: newer.path, version: newer.version, machine: usual.machine))
    }
    return recipes
  }

  /// The recipe that is used first. It doesn't ask which other compilers there are.
  public func usualRecipe() async throws -> ProgramRecipe {
    let clang = try await Compiler.forPrograms()
    return ProgramRecipe(
      compiler: clang.path, version: clang.version,
      machine: options.machine ?? CompilerOptions.defaultMachine)
  }

  /// Compiles a program.
  ///
  /// - Parameters:
  ///   - source: its path, as the user named it.
  ///   - arm: the value of the macro `ARMED`; nil if the source doesn't name it.
  ///   - object: the path of the result.
  /// - Throws: ``ForgeError`` if the compiler failed, `ToolError`, `HostError`.
  public func program(
    _ source: String, arm: Bool?, by recipe: ProgramRecipe, to object: String
  ) async throws -> UserObject {
    try await kernel.requireHeader()
    let here = SourceTree.workingDirectory
    let tree = try SourceTree(around: Files.folder(of: source))
    let real = try Files.real(source)
    // The sandbox shows it under this path only.
    let absolute = source.hasPrefix("/") ? source : "\(here)/\(source)"
    let spelled = absolute == real ? source : real
    let output = Files.parent(of: object)
    let reading = try readable() + tree.paths(for: real)
    let wrapper = sandbox.command(
      reading: reading, writing: [(output, output)], directory: here)
    let dependencies = object + ".d"
    // The user's own types come before those of the kernel.
    let types = try tree.folderOfTypes(near: real).map { ["-I", $0] } ?? []
    let (answer, folders) = try await MissingHeader.supplying(from: tree, near: real) { folders in
      let command =
        wrapper + [recipe.compiler]
        + arguments(spelled, arm: arm, recipe: recipe, folders: folders, types: types)
        + ["-MD", "-MF", dependencies, "-c", spelled, "-o", object]
      let answer = try await Tool(command[0], bounds: bounds).run(
        Array(command.dropFirst()), directory: here)
      let words = CompilerOutput(answer.errorText)
      let refusal =
        answer.status == 0
        ? []
        : try words.refusal(
          of: spelled, status: answer.status, compiler: recipe.compiler, output: output)
      return (refusal, refusal)
    }
    let inputs = try inputs(of: spelled, listedIn: dependencies, below: tree.root)
    return UserObject(
      result: answer.isEmpty
        ? .made([.init(object: object, full: object, sources: inputs)])
        : .refused(advised(answer, tree)),
      inputs: inputs,
      names: try Self.names(of: inputs, in: here).merging([real: source]) { $1 },
      compiler: recipe.description,
      notes: folders.map { "headers were found in \($0): -I \($0)" })
  }

  func advised(_ messages: [CompilerMessage], _ tree: SourceTree) -> [CompilerMessage] {
    guard let advice = MissingHeader.advice(messages, tree) else { return messages }
    var messages = messages
    messages[0].excerpt = (messages[0].excerpt ?? [messages[0].description]) + ["note: \(advice)"]
    return messages
  }

  private func arguments(
    _ source: String, arm: Bool?, recipe: ProgramRecipe, folders: [String], types: [String]
  ) -> [String] {
    var arguments = [
      "-target", "bpf", "-O2", "-g", "-mcpu=\(recipe.machine)", "-D__TARGET_ARCH_x86",
      // Without it <features.h> asks for the 32-bit <gnu/stubs-32.h>, which few machines have.
      "-D__x86_64__",
    ]
    arguments += options.before + folders.flatMap { ["-I", $0] }
    arguments += ["-I", Files.folder(of: source)] + types + ["-I", "\(repository)/bpf"]
    if let folder = kernel.vmlinuxHeader.map(Files.parent(of:)) {
      arguments += ["-I", folder, "-ffile-prefix-map=\(folder)=vmlinux"]
    }
    if libbpfHeaders != Forge.libbpfHeaders { arguments += ["-isystem", libbpfHeaders] }
    arguments += [
      "-fno-color-diagnostics", "-fno-crash-diagnostics",
      "-Werror=implicit-function-declaration",
      "-idirafter", "/usr/include/x86_64-linux-gnu",
    ]
    return arguments + [arm.map { "-DARMED=\($0 ? 1 : 0)" }].compactMap(\.self) + options.flags
  }

  /// The user's own files of a list that clang wrote for make; only the source if it wrote none.
  private func inputs(
    of source: String, listedIn list: String, below root: String
  ) throws -> [String] {
    guard Files.exists(list) else { return [source] }
    let folders = [root] + (try options.includes.map { try Files.real($0) })
    let own = try MakeDependencies.files(try Files.text(list)).filter { path in
      guard Files.exists(path) else { return false }
      let real = try Files.real(path)
      return folders.contains { (real).hasPrefix($0 + "/") }
    }
    return own.isEmpty ? [source] : own
  }
}

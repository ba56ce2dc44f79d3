// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Forge
import Host
import Kernels
import Verdicts

/// Compiling what a user tries, for one kernel.
extension TrySession {
  /// Of address space: clang and gcc take a tenth of it for a large source.
  private static let compilerMiB = 4096

  static func forge(
    for kernel: Kernel, _ request: TryRequest, _ preparation: Preparation
  ) async throws -> UserForge {
    try await UserForge(
      kernel: kernel, repository: preparation.repository.root, cache: preparation.cache,
      options: request.compiler, logger: preparation.logger,
      bounds: Tool.Bounds(
        seconds: request.seconds, memoryMiB: compilerMiB, fileMiB: TriedFile.longestMiB),
      libbpfHeaders: preparation.libbpfHeaders)
  }

  /// Compiles a source.
  ///
  /// - Parameters:
  ///   - recipe: how a program is compiled; nil for the usual way.
  ///   - folder: an empty one, in which the objects stay.
  /// - Throws: ``LabError`` if the compiler failed; what it refuses is an answer.
  func compile(
    _ file: TriedFile, by forge: UserForge, _ recipe: UserForge.ProgramRecipe? = nil,
    in folder: String
  ) async throws -> UserObject {
    let arm = try file.namesArm() ? request.armed : nil
    do {
      switch file.form {
      case .modules(let source): return try await forge.modules(source, arm: arm, in: folder)
      case .program, .object:
        let chosen = if let recipe { recipe } else { try await forge.usualRecipe() }
        return try await forge.program(
          file.path, arm: arm, by: chosen, to: "\(folder)/\(file.name).bpf.o")
      }
    } catch ToolError.endless(_, let seconds) {
      throw LabError(
        "\(file.path): the compiler did not end within \(Int(seconds)) s and was stopped; "
          + "--timeout gives it more.")
    } catch ToolError.outputTooLarge(let program) {
      throw LabError(
        "\(file.path): \(Files.name(of: program)) printed more than "
          + "\(Tool.outputLimit >> 20) MiB about it and was stopped: see what it includes.")
    } catch let error as ForgeError {
      throw LabError(
        "\(file.path): \(Self.words(of: error))\nThe compiler failed and refused nothing: it may "
          + "take \(Self.compilerMiB >> 10) GiB of memory, and write files of "
          + "\(TriedFile.longestMiB) MiB.")
    }
  }

  /// What the compiler said; make's lines around it help nobody.
  private static func words(of error: ForgeError) -> String {
    // 128 + SIGXFSZ.
    if error.what.contains("ended with status 153") { return "the object would be too long" }
    let lines = error.what.split(separator: "\n").filter { line in
      !line.hasPrefix("make") && !line.hasPrefix("#") && !line.hasSuffix("ended with status 2:")
    }
    return (lines.prefix(4).map(String.init) + [error.remedy]).joined(separator: "\n")
  }
}

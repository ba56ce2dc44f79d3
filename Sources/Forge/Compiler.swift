// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Kernels

/// A compiler and what distinguishes it from another.
package struct Compiler: Sendable {
  package var path: String
  /// The first line of its version text.
  var version: String

  /// A clang that can compile programs.
  ///
  /// The Swift toolchain brings its own clang, first on many a `PATH`, which may not support the
  /// target: Debian's comes first here, and the chosen one must list `bpf`.
  static func forPrograms() async throws -> Compiler {
    var found: String?
    for path in ["/usr/bin/clang", Tool("clang").locate()] {
      guard let path, Tool(path).locate() != nil, path != found else { continue }
      found = path
      // Both at the same time: each takes a twentieth of a second to load LLVM.
      async let compiler = asked(path)
      if try await canTarget(path) { return try await compiler }
    }
    guard let found else { throw ToolError.missing(program: "clang", package: "clang") }
    throw ForgeError(
      what: "\(found) has no target bpf",
      remedy: "install Debian's clang with: apt-get install clang")
  }

  /// The newest of the clangs that Debian installs beside its default one, such as `clang-19`; nil
  /// if there is none.
  static func newestForPrograms() async throws -> Compiler? {
    let numbers = try Files.list("/usr/bin").compactMap { name in
      name.hasPrefix("clang-") ? Int(name.dropFirst(6)) : nil
    }
    guard let newest = numbers.max() else { return nil }
    return try await asked("/usr/bin/clang-\(newest)")
  }

  /// The compiler for modules; see `Kbuild.compiler`. Nil if none can be built.
  static func forModules(of kernel: Kernel) async throws -> Compiler? {
    guard kernel.lacks.builtModules == nil, let kbuild = kernel.kbuild else { return nil }
    return try await asked(try kbuild.compiler())
  }

  private static let known = Once<String, Compiler>()
  private static let targets = Once<String, Bool>()

  /// The compiler at a path, asked for its version once per process.
  package static func asked(_ path: String) async throws -> Compiler {
    try await known.value("\(path) \(try Files.stamp(path))") { try await Compiler(path: path) }
  }

  private static func canTarget(_ path: String) async throws -> Bool {
    try await targets.value("\(path) \(try Files.stamp(path))") {
      let output = try await Tool(path).run(["--print-targets"])
      return output.text.split(separator: "\n").contains { $0.split(separator: " ").first == "bpf" }
    }
  }

  package init(path: String) async throws {
    let output = try await Tool(path).checked(["--version"])
    self.path = path
    version = output.text.split(separator: "\n").first.map(String.init) ?? ""
  }

  /// `clang 14.0.6` of `Debian clang version 14.0.6`, `gcc-12 12.2.0` of `gcc-12 (Debian 12.2.0-14)
  /// 12.2.0`.
  static func shortened(_ version: String) -> String {
    let words = version.replacing(/\(.*?\)/, with: "").split(separator: " ").filter {
      !["Debian", "version"].contains($0)
    }
    return words.prefix(2).joined(separator: " ")
  }
}

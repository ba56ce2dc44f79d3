// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// Has clang write the syntax tree of a source's functions.
///
/// The headers are thousands of functions long: they are compiled first, into a file of their own, and
/// only what is marked is written. For that each function is renamed by a macro, since clang selects
/// declarations by a part of their name.
struct SourceDump {
  static let mark = "prm0_"

  /// A compiler's command in the shell's words, without input and output, and where it runs.
  var command: String
  /// What only the headers are compiled with.
  var before = ""
  var directory: String

  /// - Parameter folder: has room for files; `preamble.h` is in it.
  /// - Throws: ``ForgeError`` if clang can't read the source.
  func functions(of source: CSource, in folder: String) async throws -> [SyntaxNode] {
    let names = source.functions.sorted().map { "#define \($0) \(Self.mark)\($0)\n" }
    try Files.write(names.joined(), to: "\(folder)/names.h")
    try Files.write(
      CSource.blanked(source.bytes, to: source.preambleEnd), to: "\(folder)/whole.c")
    try await run(
      "\(command) \(before) -x c-header \(folder)/preamble.h -o \(folder)/preamble.pch")
    let dump = try await run(
      "\(command) -include-pch \(folder)/preamble.pch -include \(folder)/names.h -fsyntax-only "
        + "-Xclang -ast-dump=json -Xclang -ast-dump-filter -Xclang \(Self.mark) \(folder)/whole.c")
    return try SyntaxNode.functions(in: dump, of: source)
  }

  @discardableResult
  private func run(_ line: String) async throws -> [UInt8] {
    let output = try await Tool("sh", bounds: MutantForge.bounds).run(
      ["-c", line], directory: directory)
    guard output.status == 0 else {
      let line = output.errorText.split(separator: "\n").first { $0.contains("error: ") }
      let first = line.flatMap { line in
        line.firstRange(of: "error: ").map { line[$0.upperBound...] }
      }
      throw ForgeError(
        what: "clang can't read it: \(first ?? "status \(output.status)")",
        remedy: "see that it compiles by itself")
    }
    return output.standardOutput
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Host
package import Kernels

/// What a compiler answers when kbuild asks whether it knows an option, kept in the cache.
///
/// Every call of kbuild asks some thirty times, by compiling an empty file (`try-run` in the kernel's
/// scripts/Makefile.compiler), and looks at the exit status alone: a third of a module's build. So a script
/// stands in for the compiler: it answers what was asked before, and becomes the compiler for all else.
package struct CompilerAnswers {
  /// What kbuild is given as its compiler.
  package let script: String

  private static let name = "cc"
  /// What a question ends with, before the output file's name.
  private static let question = " -c -x c /dev/null"

  /// - Returns: nil if the cache has none, and can't be written or is full.
  package static func of(
    _ compiler: Compiler, for kernel: Kernel, _ kbuild: Kbuild, in cache: CacheDirectory
  ) async throws -> CompilerAnswers? {
    let inputs = [
      "recipe 2", compiler.path, compiler.version, kernel.release, kernel.packageVersion,
      kbuild.source, kbuild.output,
    ]
    let key = Digest.of(inputs.joined(separator: "\n")).prefix(16)
    let entry = "objects/\(kernel.name)/answers-\(key)"
    let found = cache.found(entry)
    if Files.isFolder(found), try await Seal.damages(of: [found]).isEmpty {
      return CompilerAnswers(script: "\(found)/\(name)")
    }
    if cache.isReadOnly { return nil }
    do {
      let folder = try await cache.atomically(entry) { staging in
        try await cache.temporarily(beside: "objects/\(kernel.name)/probe") { probe in
          let heard = try await questions(to: compiler, by: kbuild, in: probe)
          try write(answering(heard, compiler.path), to: "\(staging)/\(name)")
        }
        try await Seal.close(staging)
      }
      return CompilerAnswers(script: "\(folder)/\(name)")
    } catch is HostError {
      // Modules are built without them, only slower; what is wrong with the disk shows there.
      return nil
    }
  }

  /// Builds an empty module by a compiler that takes notes.
  ///
  /// - Returns: questions, and whether the answer was yes; none if the module could not be built. What
  ///   was answered in two ways, or by a signal, is left out.
  private static func questions(
    to compiler: Compiler, by kbuild: Kbuild, in folder: String
  ) async throws -> [String: Bool] {
    let (notes, listener) = ("\(folder)/notes", "\(folder)/listener")
    try Files.write("", to: notes)
    try write(
      """
      #!/bin/sh
      \(quoted(compiler.path)) "$@"
      status=$?
      printf '%s %s\\n' "$status" "${*% -o *}" >>\(quoted(notes))
      exit "$status"

      """, to: listener)
    let output = try await kbuild.makeProbe(in: "\(folder)/module", compiler: listener)
    guard output.status == 0 else { return [:] }
    var statuses: [String: Set<Substring>] = [:]
    for line in try Files.text(notes).split(separator: "\n") where line.hasSuffix(question) {
      guard let blank = line.firstIndex(of: " ") else { continue }
      statuses[String(line[line.index(after: blank)...]), default: []].insert(line[..<blank])
    }
    return statuses.compactMapValues { $0 == ["0"] ? true : $0 == ["1"] ? false : nil }
  }

  /// Debian's sh takes `${*% -o *}` for all words together; a shell that takes each alone knows no answer.
  private static func answering(_ answers: [String: Bool], _ compiler: String) -> String {
    let known = [true, false].compactMap { answer -> String? in
      let asked = answers.filter { $0.value == answer }.keys.sorted().map(quoted)
      return asked.isEmpty
        ? nil : asked.joined(separator: " | \\\n") + ") exit \(answer ? 0 : 1) ;;\n"
    }
    return "#!/bin/sh\ncase ${*% -o *} in\n\(known.joined())esac\nexec \(quoted(compiler)) \"$@\"\n"
  }

  private static func quoted(_ word: String) -> String {
    "'" + word.replacing("'", with: "'\\''") + "'"
  }

  private static func write(_ script: String, to path: String) throws(HostError) {
    try Files.write(script, to: path)
    try Files.makeExecutable(path)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
import Host
import Scenarios

extension CompilerMessage {
  /// Which of the names was meant, if this is about a function that isn't declared. clang looks for
  /// functions only, and libbpf declares helpers as variables.
  package func offering(_ names: [String]) -> CompilerMessage {
    guard !text.contains("did you mean"),
      let wrong = text.firstMatch(of: /implicit declaration of function '(\w+)'/),
      let near = suggestion(for: String(wrong.1), among: names)
    else { return self }
    var message = self
    message.text += "; did you mean '\(near)'?"
    message.excerpt?.append("note: did you mean '\(near)'?")
    return message
  }
}

/// Reads what compilers, and kbuild around them, print.
public struct CompilerOutput: Sendable {
  let lines: [Substring]

  /// - Parameter moved: a path's prefix, and its replacement.
  public init(_ text: String, moved: (from: String, to: String)? = nil) {
    lines = text.split(separator: "\n")
    self.moved = moved.map { ($0.from, $0.to) }
  }

  private let moved: (from: String, to: String)?

  /// `file:line:column: error: words` and `file:line:column: fatal error: words`, the form that gcc
  /// and clang share.
  public var errors: [CompilerMessage] {
    lines.indices.compactMap { index in
      let line = lines[index]
      for mark in [": error: ", ": fatal error: "] {
        guard let range = line.firstRange(of: mark) else { continue }
        let place = line[..<range.lowerBound].split(
          separator: ":", omittingEmptySubsequences: false)
        guard place.count >= 2 else { continue }
        // With or without a column.
        let numbers = place.suffix(2).map { Int($0) }
        let columns = numbers[0] != nil && place.count >= 3
        guard let number = columns ? numbers[0] : numbers[1] else { continue }
        let file = place.dropLast(columns ? 2 : 1).joined(separator: ":")
        let excerpt = excerpt(from: index)
        return CompilerMessage(
          file: renamed(file), line: number,
          text: String(line[range.lowerBound...].dropFirst(2)) + Self.offer(in: excerpt),
          excerpt: excerpt)
      }
      return nil
    }
  }

  /// `; did you mean 'bpf_map_lookup_elem'?`, which clang puts into a note, and gcc into the error.
  private static func offer(in excerpt: [String]) -> String {
    let mark = ": note: did you mean "
    let line = excerpt.first { $0.contains(mark) }
    guard let line, let range = line.firstRange(of: mark) else { return "" }
    return "; did you mean \(line[range.upperBound...])"
  }

  /// More lines than this of one error are left out.
  private static let longestExcerpt = 12

  /// clang doesn't indent the source line that it quotes, so only the following lines show the end
  /// of an error.
  private static func beginsAnother(_ line: Substring) -> Bool {
    let marks = [": error: ", ": fatal error: ", ": warning: ", ": In function", ": At top level"]
    let starts = ["In file included from ", "make[", "make:", "ERROR: modpost", "WARNING: modpost"]
    return line.hasSuffix(" generated.") || line.hasPrefix("compilation terminated")
      || marks.contains { line.contains($0) } || starts.contains { line.hasPrefix($0) }
  }

  /// An error's line, and the lines after it that quote the source or add a note.
  private func excerpt(from index: Int) -> [String] {
    let rest = lines[(index + 1)...].prefix { !Self.beginsAnother($0) }
    return ([lines[index]] + rest).prefix(Self.longestExcerpt).map { line in
      guard let moved else { return String(line) }
      return String(line).replacing(moved.from, with: moved.to)
    }
  }

  /// The modules that modpost refused: `ERROR: modpost: "symbol" [folder/x.ko] undefined!`,
  /// `ERROR: modpost: GPL-incompatible module x.ko uses GPL-only symbol 'y'`. Before 5.12 that one is
  /// fatal, and modpost checks no further module.
  public var modpostErrors: [(object: String, text: String)] {
    let folder = moved?.from ?? ""
    return lines.compactMap { line -> (object: String, text: String)? in
      let marks = ["ERROR: modpost: ", "FATAL: modpost: "]
      guard let mark = marks.first(where: line.hasPrefix) else { return nil }
      let words = line.split { " []\"':".contains($0) }
      // `missing MODULE_LICENSE() in folder/x.o` names the object.
      guard let module = words.first(where: { $0.hasSuffix(".ko") || $0.hasSuffix(".o") }) else {
        return nil
      }
      let name = module.split(separator: "/").last.map { $0.prefix { $0 != "." } } ?? ""
      let text = line.dropFirst(mark.count)
      return (String(name), "error: " + (folder.isEmpty ? text : text.replacing(folder, with: "")))
    }
  }

  /// The objects that make could not make: `make[2]: *** […: folder/x.o] Error 1`.
  public var failedObjects: [String] {
    lines.compactMap { line in
      guard line.contains("*** ["), let end = line.firstRange(of: ".o] Error ") else { return nil }
      let name = line[..<end.lowerBound].split { " /".contains($0) }.last
      return name.map(String.init)
    }
  }

  /// The errors of one compilation that failed.
  ///
  /// - Throws: `HostError` or ``ForgeError`` if the compiler did not refuse the source but failed
  ///   itself.
  public func refusal(
    of source: String, status: Int, compiler: String, output: String? = nil
  ) throws -> [CompilerMessage] {
    try throwIfMachineFailed(compiler: compiler, status: status, output: output)
    let errors = errors
    if !errors.isEmpty { return errors }
    if lines.contains(where: { $0.contains("no such file or directory: '\(source)'") }) {
      throw failure(compiler, status: status)
    }
    // clang's back end names no place: "error: <unknown>:0:0: in function f: … stack limit".
    let words = lines.filter { $0.contains("error:") }
    let crashed = lines.contains { $0.contains("PLEASE submit a bug report") }
    if words.isEmpty || crashed { throw failure(compiler, status: status) }
    return words.map { CompilerMessage(file: source, line: nil, text: String($0)) }
  }

  /// Throws if a compiler ran out of space or memory, or was killed.
  ///
  /// Checked before its errors are examined: such a failure can look like one, as in `x.c:9:1:
  /// fatal error: error writing to /tmp/cc.s: No space left on device`, or follow some.
  ///
  /// - Parameter output: the folder that it writes its result to, which may be the one that is
  ///   full.
  public func throwIfMachineFailed(
    compiler: String, status: Int, output: String? = nil
  ) throws {
    let spaces = [": No space left on device", ": Disk quota exceeded"]
    if let line = own({ line in spaces.contains { Self.trimmed(line).hasSuffix($0) } }) {
      let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
      // clang doesn't say which of its files found no room.
      if let output, !Files.isFull(folder), Files.isFull(output) {
        throw HostError(errno: ENOSPC, doing: "\(compiler): \(line)", path: output)
      }
      var error = HostError(
        what: "no space left for \(compiler): \(line)", path: folder,
        remedy: "free some space in \(folder) or set TMPDIR; the cache needs some, too")
      error.isSpace = true
      throw error
    }
    let memories = [
      "Cannot allocate memory", ": out of memory", "virtual memory exhausted", "std::bad_alloc",
    ]
    if own({ line in memories.contains { line.contains($0) } }) != nil {
      throw failure(compiler, status: status)
    }
    if status > 128 || own(Self.tellsOfSignal) != nil { throw failure(compiler, status: status) }
  }

  func failure(_ compiler: String, status: Int) -> ForgeError {
    ForgeError(
      what: "\(compiler) ended with status \(status):\n\(lines.suffix(12).joined(separator: "\n"))",
      remedy: "check whether the machine ran out of memory, and run again")
  }

  /// How make, the shell, gcc's driver and clang report that a signal ended a program.
  private static func tellsOfSignal(_ line: Substring) -> Bool {
    let names = ["Killed", "Terminated", "Segmentation fault", "Aborted", "Bus error"]
    if line.contains("signal terminated program") || line.contains("failed due to signal") {
      return true
    }
    for name in names where line.hasSuffix(name) {
      if line == name || line.contains("*** [") || line.contains("unable to execute command") {
        return true
      }
    }
    // A shell between make and the compiler: 128 + the signal's number.
    guard line.contains("*** ["), let end = line.firstRange(of: "] Error ") else { return false }
    return Int(line[end.upperBound...]).map { $0 > 128 } ?? false
  }

  /// The first such line that doesn't quote the source: compilers indent quotations.
  private func own(_ fits: (Substring) -> Bool) -> Substring? {
    lines.first { $0.first != " " && $0.first != "\t" && !$0.contains("#error") && fits($0) }
  }

  /// Without the quotes in which clang and the assembler put the system's message.
  private static func trimmed(_ line: Substring) -> String {
    String(line.filter { $0 != "'" && $0 != "\"" })
  }

  private func renamed(_ file: String) -> String {
    guard let moved else { return file }
    // Since 6.13 kbuild compiles in the folder of the modules.
    if !file.contains("/") { return moved.to + file }
    guard file.hasPrefix(moved.from) else { return file }
    return moved.to + file.dropFirst(moved.from.count)
  }
}

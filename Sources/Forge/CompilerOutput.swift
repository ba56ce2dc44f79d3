import Host

/// Reads what compilers, and kbuild around them, print.
public struct CompilerOutput: Sendable {
  let lines: [Substring]

  /// - Parameter moved: what stands before a path, and what to put in its place.
  public init(_ text: String, moved: (from: String, to: String)? = nil) {
    lines = text.split(separator: "\n")
    self.moved = moved.map { ($0.from, $0.to) }
  }

  private let moved: (from: String, to: String)?

  /// `file:line:column: error: words` and `file:line:column: fatal error: words`, the form that
  /// gcc and clang share.
  public var errors: [CompilerMessage] {
    lines.compactMap { line in
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
        return CompilerMessage(
          file: renamed(file), line: number,
          text: String(line[range.lowerBound...].dropFirst(2)))
      }
      return nil
    }
  }

  /// The modules that modpost refused: `ERROR: modpost: "symbol" [folder/x.ko] undefined!`,
  /// `ERROR: modpost: GPL-incompatible module x.ko uses GPL-only symbol 'y'`.
  public var modpostErrors: [(object: String, text: String)] {
    let folder = moved?.from ?? ""
    return lines.compactMap { line -> (object: String, text: String)? in
      guard line.hasPrefix("ERROR: modpost: ") else { return nil }
      let words = line.split { " []\"'".contains($0) }
      guard let module = words.first(where: { $0.hasSuffix(".ko") }) else { return nil }
      let name = module.split(separator: "/").last.map { $0.dropLast(3) } ?? ""
      let text = line.dropFirst("ERROR: modpost: ".count)
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
  /// - Throws: ``ForgeError`` where the compiler did not refuse the source but failed itself.
  public func refusal(
    of source: String, status: Int, compiler: String
  ) throws -> [CompilerMessage] {
    let errors = errors
    if !errors.isEmpty { return errors }
    try throwIfLaboratoryFailed(compiler: compiler, status: status)
    // clang's back end names no place: "error: <unknown>:0:0: in function f: … stack limit".
    let words = lines.filter { $0.contains("error:") }
    return words.map { CompilerMessage(file: source, line: nil, text: String($0)) }
  }

  func throwIfLaboratoryFailed(compiler: String, status: Int) throws {
    let words = lines.joined(separator: "\n")
    let killed = words.contains("Killed") || words.contains("PLEASE submit a bug report")
    if words.contains("No space left on device") {
      throw ToolError.failed(command: compiler, status: status, words: words)
    }
    if status > 128 || killed || !lines.contains(where: { $0.contains("error:") }) {
      throw ForgeError(
        what:
          "\(compiler) ended with status \(status):\n\(lines.suffix(12).joined(separator: "\n"))",
        remedy: "look whether the machine ran out of memory, and run again")
    }
  }

  private func renamed(_ file: String) -> String {
    guard let moved, file.hasPrefix(moved.from) else { return file }
    return moved.to + file.dropFirst(moved.from.count)
  }
}

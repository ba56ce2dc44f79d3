// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Glibc
public import Verdicts

/// From an instruction of a program to its line of C, by the object's BTF (Linux:
/// Documentation/bpf/btf.rst, ".BTF.ext section").
public struct LineTable: Sendable {
  /// One entry: the line that an instruction and those following it come from.
  public struct Line: Sendable, Equatable {
    public var section: String
    /// In instructions of 8 bytes from the beginning of the section.
    public var instruction: Int
    public var place: SourcePlace
    /// The line itself, without the blanks around it.
    public var text: String
  }

  /// By section, each in the order of its instructions.
  public let lines: [Line]
  private let programs: [ObjectFile.Function]

  static let instructionSize = 8

  /// - Throws: ``ForgeError`` if the object has no line information or it is damaged.
  public init(_ object: ObjectFile) throws(ForgeError) {
    guard let types = object.contents(of: ".BTF"), let more = object.contents(of: ".BTF.ext") else {
      throw ForgeError(
        what: "\(object.path) has no line information", remedy: "compile it with -g")
    }
    guard let lines = Self.read(Array(types), Array(more)) else {
      throw ForgeError(
        what: "the line information of \(object.path) is damaged",
        remedy: "remove it and run again, to build it again")
    }
    self.lines = lines
    programs = object.programs
  }

  /// The line that an instruction of the verifier's log comes from.
  ///
  /// The verifier counts the instructions of the whole program, to which libbpf has appended the
  /// static subprograms that it calls. So the number identifies the place only inside the main
  /// program; beyond it, the text of the line has to do, if only one line has it.
  ///
  /// - Parameters:
  ///   - program: the program's function; nil if there is only one.
  ///   - instruction: as in the log, counted from 0.
  ///   - text: the line of C that the log shows for it, without the leading semicolon.
  /// - Returns: nil if the place isn't certain.
  public func place(program: String?, instruction: Int?, text: String?) -> SourcePlace? {
    let main =
      program == nil && programs.count == 1
      ? programs[0] : programs.first { $0.name == program }
    if let instruction, let main, let found = line(of: instruction, in: main) {
      return found.place
    }
    guard let text = text.map(Self.trimmed), !text.isEmpty else { return nil }
    // Subprograms are in .text; a program's own lines come second.
    for fits in [{ $0 == ".text" }, { $0 != ".text" }] as [(String) -> Bool] {
      let places = Set(
        lines.filter { fits($0.section) && $0.text == text }.map(\.place))
      if let place = places.first { return places.count == 1 ? place : nil }
    }
    return nil
  }

  private func line(of instruction: Int, in main: ObjectFile.Function) -> Line? {
    guard (0..<(main.size / Self.instructionSize)).contains(instruction) else { return nil }
    let first = main.offset / Self.instructionSize
    return lines.last {
      $0.section == main.section && (first...first + instruction).contains($0.instruction)
    }
  }

  private static func trimmed(_ text: String) -> String {
    var rest = text[...]
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}

extension LineTable {
  /// Reads `.BTF` for its strings and `.BTF.ext` for its lines; nil if they are damaged.
  private static func read(_ types: [UInt8], _ more: [UInt8]) -> [Line]? {
    let strings = ByteReader(types)
    let records = ByteReader(more)
    // struct btf_header, struct btf_ext_header.
    guard strings.half(0) == 0xeb9f, records.half(0) == 0xeb9f,
      let stringsHead = strings.word(4), let stringsOffset = strings.word(16),
      let head = records.word(4), let offset = records.word(16), let length = records.word(20)
    else { return nil }
    var made = BoundedStrings(objectOf: types.count)
    func string(_ at: Int?) -> String? {
      at.flatMap { strings.text(stringsHead + stringsOffset + $0, &made) }
    }
    // A line has many instructions.
    var trimmed: [Int: String] = [:]
    func text(_ at: Int) -> String? {
      if let known = trimmed[at] { return known }
      let found = string(at).map(Self.trimmed)
      trimmed[at] = found
      return found
    }
    var position = head + offset
    let end = position + length
    guard length >= 4, let size = records.word(position), size >= 16 else {
      return length == 0 ? [] : nil
    }
    position += 4
    var lines: [Line] = []
    while position < end {
      // struct btf_ext_info_sec: the section's name, the number of its records.
      guard let section = string(records.word(position)), let count = records.word(position + 4),
        count <= more.count / size
      else { return nil }
      position += 8
      for _ in 0..<count {
        // struct bpf_line_info: instruction (here in bytes), file, text, line << 10 | column.
        guard let instruction = records.word(position),
          let file = string(records.word(position + 4)), file.utf8.count < PATH_MAX,
          let text = records.word(position + 8).flatMap(text),
          let line = records.word(position + 12)
        else { return nil }
        position += size
        // With line 0 the compiler means "from nowhere in particular".
        guard line >> 10 > 0 else { continue }
        lines.append(
          Line(
            section: section, instruction: instruction / instructionSize,
            place: SourcePlace(file: file, line: line >> 10), text: text))
      }
    }
    return lines
  }
}

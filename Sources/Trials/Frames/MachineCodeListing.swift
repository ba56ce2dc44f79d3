// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import Verdicts
package import Wire

/// The machine code that the kernel's JIT made of a program, for people: one function after the
/// other, each instruction below the line of C that it comes from.
package struct MachineCodeListing {
  package static let name = "jited.txt"

  /// In bytes; nobody reads a longer one.
  static let longestFunction = 1 << 20

  package private(set) var text = ""
  private let source: SourceLines

  package init(_ source: SourceLines) { self.source = source }

  /// - Parameters:
  ///   - compiled: the places where the function's lines begin; nil if the kernel didn't say.
  ///   - disassembly: objdump's output for the function alone, at address 0.
  package mutating func add(
    _ function: String, size: Int, compiled: CompiledFunction?, disassembly: String
  ) {
    if !text.isEmpty { text += "\n" }
    text += "\(function): \(size) bytes\n"
    var lines = starts(of: compiled)[...]
    var shown = ""
    for line in disassembly.split(separator: "\n") {
      guard let offset = Self.offset(of: line) else { continue }
      while let start = lines.first, start.offset <= offset {
        lines.removeFirst()
        // If several begin at one instruction, the last one is its line.
        let isLast = lines.first.map { $0.offset > offset } ?? true
        guard isLast, start.words != shown else { continue }
        shown = start.words
        text += "; \(shown)\n"
      }
      text += line + "\n"
    }
  }

  private func starts(of function: CompiledFunction?) -> [(offset: Int, words: String)] {
    guard let function else { return [] }
    return stride(from: 0, to: function.lines.count - 2, by: 3).compactMap { place in
      let (file, number) = (function.lines[place + 1], function.lines[place + 2])
      guard function.files.indices.contains(file) else { return nil }
      let name = Files.name(of: function.files[file])
      let line = source.text(at: SourcePlace(file: function.files[file], line: number))
      let words = line.map { "  " + $0.drop { $0 == " " || $0 == "\t" } } ?? ""
      return (function.lines[place], "\(name):\(number)\(words)")
    }
  }

  /// The offset that a line of objdump's begins with: `   1f:\tcall 0x…`; nil for other lines.
  private static func offset(of line: Substring) -> Int? {
    let words = line.drop { $0 == " " }
    guard let colon = words.firstIndex(of: ":"), words[colon...].hasPrefix(":\t") else {
      return nil
    }
    return Int(words[..<colon], radix: 16)
  }
}

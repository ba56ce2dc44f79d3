// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

package import Verdicts
package import Wire

/// From a frame in a JITed program to its line of C, using what the guest's kernel said about its
/// code.
package struct CompiledFrames: Sendable {
  private var functions: [CompiledFunction] = []

  package init() {}

  package mutating func add(_ function: CompiledFunction) { functions.append(function) }

  /// The function of this name and size; nil if there is none, or more than one.
  package func function(named name: String, size: Int) -> CompiledFunction? {
    let fits = functions.filter { $0.name == name && $0.size == size }
    return fits.count == 1 ? fits[0] : nil
  }

  /// The places of the frames that are in the programs, by frame (`symbol+0xoffset`).
  ///
  /// The innermost frame is where the CPU was; those below it are return addresses, whose line is
  /// one byte earlier.
  package func places(of frames: [Frame]) -> [String: SourcePlace] {
    var places: [String: SourcePlace] = [:]
    for (depth, frame) in frames.enumerated() {
      guard let found = place(of: frame, isReturn: depth > 0) else { continue }
      places[frame.place] = places[frame.place] ?? found
    }
    return places
  }

  private func place(of frame: Frame, isReturn: Bool) -> SourcePlace? {
    guard let name = Self.name(of: frame.symbol) else { return nil }
    // A name that two functions share doesn't identify either.
    let named = functions.filter { $0.name == name }
    let fits = named.isEmpty ? functions.filter { Self.shortened($0.name) == name } : named
    guard fits.count == 1, let function = fits.first,
      let offset = Int(exactly: frame.offset), offset <= function.size
    else { return nil }
    let instruction = isReturn || offset == function.size ? offset - 1 : offset
    var found: SourcePlace?
    for start in stride(from: 0, to: function.lines.count - 2, by: 3)
    where function.lines[start] <= instruction {
      let file = function.lines[start + 1]
      guard function.files.indices.contains(file),
        LineNumber.range.contains(function.lines[start + 2])
      else { return nil }
      found = SourcePlace(file: function.files[file], line: function.lines[start + 2])
    }
    return found
  }

  /// `visit_pairs` of `bpf_prog_0123456789abcdef_visit_pairs` (Linux: kernel/bpf/core.c,
  /// `bpf_get_prog_name`).
  static func name(of symbol: String) -> String? {
    let prefix = "bpf_prog_"
    let rest = symbol.dropFirst(prefix.count)
    guard symbol.hasPrefix(prefix), rest.count > 17,
      rest.prefix(16).allSatisfy({ $0.isHexDigit }), rest.dropFirst(16).first == "_"
    else { return nil }
    return String(rest.dropFirst(17))
  }

  /// Without types the kernel knows a program by 15 characters (`BPF_OBJ_NAME_LEN`).
  private static func shortened(_ name: String) -> String { String(name.prefix(15)) }
}

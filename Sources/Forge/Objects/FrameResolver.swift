// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
public import Verdicts

/// From the frames of a call trace to lines of the twin's source, using the module's debug
/// information, which was kept on the host.
public enum FrameResolver {
  /// Resolves frames of one module, all in one call of `eu-addr2line`.
  ///
  /// - Parameters:
  ///   - frames: as the kernel prints them: `symbol+0xoffset`.
  ///   - fullModule: the module with its debug information, ``ForgedTwin/Object/full``.
  ///   - returnAddresses: the frames that are return addresses, not the place of the fault; their
  ///     line is that of the call, one byte earlier.
  /// - Returns: by frame, the innermost place in the twin's own source, or, of a module from
  ///   elsewhere, outside of the kernel's headers. Frames that have none, or
  ///   that don't belong to the module, are missing.
  public static func resolve(
    _ frames: [String], in fullModule: String, returnAddresses: Set<String> = []
  ) async throws -> [String: SourcePlace] {
    let functions = try ObjectFile(path: fullModule).functions
    var wanted: [(frame: String, address: String)] = []
    for frame in frames where !wanted.contains(where: { $0.frame == frame }) {
      // Only what is certain to be found: eu-addr2line prints nothing for what it doesn't know, so
      // its answers could no longer be matched.
      guard let (symbol, offset) = split(frame),
        let function = functions.first(where: { $0.name == symbol }), offset <= function.size
      else { continue }
      let back = returnAddresses.contains(frame) || offset == function.size ? 1 : 0
      guard offset >= back, offset - back < function.size else { continue }
      wanted.append((frame, "\(symbol)+0x\(String(offset - back, radix: 16))"))
    }
    if wanted.isEmpty { return [:] }
    // The debug information may be made to be unpacked without end.
    let bounds = Tool.Bounds(seconds: 60, memoryMiB: 4096, fileMiB: 16)
    let output = try await Tool("eu-addr2line", bounds: bounds).run(
      ["-a", "-f", "-i", "-S", "-e", fullModule] + wanted.map(\.address))
    let answers = blocks(output.text)
    guard answers.count == wanted.count else {
      throw ForgeError(
        what: "eu-addr2line gave \(answers.count) answers to \(wanted.count) questions about "
          + "\(fullModule): \(output.errorText)",
        remedy: "remove it from the cache and run again, to build it again")
    }
    let source = source(of: fullModule)
    var places: [String: SourcePlace] = [:]
    for (question, answer) in zip(wanted, answers) {
      places[question.frame] =
        answer.lazy.compactMap { place($0, in: source) }.first
        ?? answer.lazy.compactMap { place(outsideOfKernel: $0) }.first
    }
    return places
  }

  /// `lkm/null_map_value.c` of `…/null_map_value.full.ko`.
  static func source(of fullModule: String) -> String {
    "lkm/\(Files.name(of: fullModule).prefix { $0 != "." }).c"
  }

  /// `symbol+0xoffset`, also followed by the function's size, as in `symbol+0x10/0x20`.
  private static func split(_ frame: String) -> (symbol: String, offset: Int)? {
    let parts = frame.split(separator: "+")
    guard parts.count == 2, parts[1].hasPrefix("0x"),
      let offset = Int(parts[1].dropFirst(2).prefix { $0 != "/" }, radix: 16)
    else { return nil }
    return (String(parts[0]), offset)
  }

  /// The lines of each answer, which begins with the requested address.
  private static func blocks(_ text: String) -> [[Substring]] {
    var blocks: [[Substring]] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("0x") {
        blocks.append([])
      } else if !blocks.isEmpty {
        blocks[blocks.count - 1].append(line)
      }
    }
    return blocks
  }

  /// The place that a line of an answer names, if it is in the twin's source: lines that are
  /// `file:line:column`. Those with `inlined at` name the caller's place, which has its own line
  /// later.
  private static func place(_ line: Substring, in source: String) -> SourcePlace? {
    guard !line.contains(" inlined at "), let range = line.firstRange(of: source + ":") else {
      return nil
    }
    // Relative names are printed after the folder that the compiler ran in.
    let before = line[..<range.lowerBound]
    guard before.isEmpty || before.hasSuffix("/"),
      let number = Int(line[range.upperBound...].prefix { $0 != ":" }),
      LineNumber.range.contains(number)
    else { return nil }
    return SourcePlace(file: source, line: number)
  }

  /// The place that a line of an answer names, if it is not in one of the kernel's headers, from which
  /// functions are inlined.
  private static func place(outsideOfKernel line: Substring) -> SourcePlace? {
    guard !line.contains(" inlined at "),
      let match = line.firstMatch(of: /^(\/.+?\.[chS]):(\d+)(:\d+)?$/), let number = Int(match.2),
      LineNumber.range.contains(number)
    else { return nil }
    let path = String(match.1)
    let kernels = ["/include/linux/", "/include/asm-generic/", "/include/net/", "/arch/x86/"]
    guard !path.contains("/./"), !path.contains("/linux-headers-"),
      !kernels.contains(where: path.contains)
    else { return nil }
    return SourcePlace(file: path, line: number)
  }
}

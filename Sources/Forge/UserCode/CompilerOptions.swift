// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// What a user adds to the compiler's command line for code of their own.
public struct CompilerOptions: Sendable, Equatable {
  /// Folders of headers, which come before all others (`-I`).
  public var includes: [String] = []
  /// `NAME` or `NAME=VALUE` (`-D`).
  public var definitions: [String] = []
  /// Further arguments, one each. They come last, and so win.
  public var flags: [String] = []
  /// The instruction set of programs, `v1` to `v4`; see clang's `-mcpu` for the target bpf. Nil
  /// for ``defaultMachine``.
  public var machine: String?

  /// What the kernel's own self-tests are compiled for (Linux: tools/testing/selftests/bpf/Makefile).
  public static let defaultMachine = "v3"

  public init() {}

  /// In the order in which a compiler takes them.
  var before: [String] {
    includes.flatMap { ["-I", $0] } + definitions.map { "-D\($0)" }
  }

  /// Splits arguments at blanks, as a shell does with quotes but without expansions.
  ///
  /// - Returns: nil if a quotation doesn't end.
  public static func words(_ text: String) -> [String]? {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word?.append(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let whole = word { words.append(whole) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if quote != nil { return nil }
    return words + [word].compactMap(\.self)
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// A header that a compiler didn't find.
enum MissingHeader {
  /// The name as it was included, from clang's `'own.h' file not found` or gcc's `own.h: No such
  /// file or directory`.
  static func name(in messages: [CompilerMessage]) -> String? {
    for message in messages where message.text.contains("fatal error: ") {
      if let clang = message.text.firstMatch(of: /fatal error: '(.+)' file not found/) {
        return String(clang.1)
      }
      if let gcc = message.text.firstMatch(of: /fatal error: (.+): No such file or directory/) {
        return String(gcc.1)
      }
    }
    return nil
  }

  /// Compiles as often as a header is missing that the source's tree has somewhere.
  ///
  /// - Parameter compile: compiles with further folders of headers.
  /// - Returns: the last answer, and the folders that were added.
  static func supplying<Answer>(
    from tree: SourceTree, near source: String,
    _ compile: (_ folders: [String]) async throws -> (Answer, [CompilerMessage])
  ) async throws -> (answer: Answer, folders: [String]) {
    var folders: [String] = []
    while true {
      let (answer, messages) = try await compile(folders)
      guard let header = name(in: messages),
        let folder = try tree.folder(offering: header, near: source), !folders.contains(folder)
      else { return (answer, folders) }
      folders.append(folder)
    }
  }

  /// What to do about a header that stays missing.
  static func advice(_ messages: [CompilerMessage], _ tree: SourceTree) -> String? {
    guard let name = name(in: messages) else { return nil }
    let seen = tree.isShallow ? "the source and the headers beside it" : tree.root
    if name.hasSuffix(".skel.h") {
      return "\(name) is made of a compiled program (bpftool gen skeleton), for user space"
    }
    if name.hasPrefix("/") || name.contains("../") {
      return "the compiler sees \(seen), and the folders that -I names"
    }
    return "\(name) is not in \(seen): name its folder with -I, or make it first if it is generated"
  }
}

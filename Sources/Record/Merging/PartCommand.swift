// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The command lines of a run and of its parts.
public enum PartCommand {
  /// Without what makes it a part.
  static func whole(_ command: [String]) -> [String] {
    removing(["--balance", "--shard"], from: command)
  }

  /// What is asked for, wherever its results go.
  package static func request(_ command: [String]) -> [String] {
    removing(["--balance", "--shard", "--runs"], from: command)
  }

  /// The command of another part of the same run.
  static func part(_ index: Int, of header: RunHeader) -> [String] {
    let count = header.shard?.count ?? 1
    return removing(["--shard"], from: header.command) + ["--shard", "\(index)/\(count)"]
  }

  private static func removing(_ options: [String], from command: [String]) -> [String] {
    var left: [String] = []
    var words = command[...]
    while let word = words.popFirst() {
      if options.contains(word) {
        _ = words.popFirst()
      } else if !options.contains(where: { word.hasPrefix($0 + "=") }) {
        left.append(word)
      }
    }
    return left
  }

  /// As a shell takes it.
  public static func quoted(_ command: [String]) -> String {
    command.map { word in
      word.wholeMatch(of: /[A-Za-z0-9_.\/=+:,@%-]+/) != nil
        ? word : "'" + word.replacing("'", with: "'\\''") + "'"
    }.joined(separator: " ")
  }
}

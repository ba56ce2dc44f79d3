// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Scenarios

/// What the parser's own messages lack: which of an option's values, or which of the options that
/// every command has, was meant.
enum UsageHint {
  /// - Parameter message: as ArgumentParser words it.
  static func added(to message: String) -> String {
    var lines = message.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = lines.first, !first.contains("Did you mean") else { return message }
    let words = first.split(separator: "'", omittingEmptySubsequences: false).map(String.init)
    guard words.count > 2 else { return message }
    let offer = first.firstRange(of: "Please provide one of")
    if first.hasPrefix("Error: The value '"), let range = offer {
      // On one line in quotes, or a line each.
      let quoted = first[range.upperBound...].split(separator: "'").map(String.init)
      let listed = lines.filter { $0.hasPrefix("  - ") }.map { String($0.dropFirst(4)) }
      guard let near = suggestion(for: words[1], among: quoted + listed) else { return message }
      lines[0].insert(contentsOf: "Did you mean '\(near)'? ", at: range.lowerBound)
    } else if first.hasPrefix("Error: Unknown option '"),
      let near = suggestion(for: words[1], among: ["--help", "--version"])
    {
      lines[0] += ". Did you mean '\(near)'?"
    }
    return lines.joined(separator: "\n")
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Names matched by patterns: `*` stands for any characters, `?` for any one.
package enum NamePattern {
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    matches(name[...], pattern[...])
  }

  static func matches(_ name: Substring, _ pattern: Substring) -> Bool {
    switch pattern.first {
    case nil: name.isEmpty
    case "*":
      matches(name, pattern.dropFirst()) || (!name.isEmpty && matches(name.dropFirst(), pattern))
    case "?": !name.isEmpty && matches(name.dropFirst(), pattern.dropFirst())
    case let character: name.first == character && matches(name.dropFirst(), pattern.dropFirst())
    }
  }
}

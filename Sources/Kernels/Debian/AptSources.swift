// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host

/// One source of packages in the host's apt configuration.
public struct AptSource: Sendable, Equatable {
  public var uri: String
  public var suite: String
  public var components: [String]
  /// The `Signed-By` as written, including further lines of an embedded key; nil if the host trusts
  /// all of its keyrings for this source.
  public var signedBy: String?

  public init(uri: String, suite: String, components: [String], signedBy: String? = nil) {
    self.uri = uri
    self.suite = suite
    self.components = components
    self.signedBy = signedBy
  }
}

/// Reads sources of binary packages in both of apt's formats (apt: sources.list(5)).
public enum AptSources {
  /// All sources that the host's apt knows.
  static func ofHost() async throws -> [AptSource] {
    let answer = try await Tool("apt-config").checked([
      "shell", "list", "Dir::Etc::sourcelist/f", "parts", "Dir::Etc::sourceparts/d",
    ]).text
    var files: [String] = []
    for line in answer.split(separator: "\n") {
      guard let equals = line.firstIndex(of: "=") else { continue }
      let path = String(line[line.index(after: equals)...].filter { $0 != "'" })
      if line.hasPrefix("list="), Files.exists(path) { files.append(path) }
      if line.hasPrefix("parts="), Files.isFolder(path) {
        files += try Files.list(path).map { "\(path)/\($0)" }
      }
    }
    return try files.flatMap { file -> [AptSource] in
      if file.hasSuffix(".sources") { return deb822(try Files.text(file)) }
      if file.hasSuffix(".list") { return oneLine(try Files.text(file)) }
      return []
    }
  }

  /// The format with a line a source: `deb [signed-by=/key.gpg] http://… suite component…`.
  public static func oneLine(_ text: String) -> [AptSource] {
    text.split(separator: "\n").compactMap { line in
      var rest = line.prefix { $0 != "#" }.drop { $0 == " " || $0 == "\t" }
      guard rest.hasPrefix("deb"), let blank = rest.firstIndex(where: { $0 == " " || $0 == "\t" }),
        rest[..<blank] == "deb"
      else { return nil }
      rest = rest[blank...].drop { $0 == " " || $0 == "\t" }
      var signedBy: String?
      if rest.first == "[", let end = rest.firstIndex(of: "]") {
        for option in rest[rest.index(after: rest.startIndex)..<end].split(separator: " ") {
          let parts = option.split(separator: "=", maxSplits: 1)
          if parts.count == 2, parts[0].lowercased() == "signed-by" {
            signedBy = String(parts[1])
          }
        }
        rest = rest[rest.index(after: end)...]
      }
      let words = rest.split { $0 == " " || $0 == "\t" }.map(String.init)
      guard words.count >= 2 else { return nil }
      return AptSource(
        uri: words[0], suite: words[1], components: Array(words.dropFirst(2)), signedBy: signedBy)
    }
  }

  /// The format with a paragraph of `Key: value` lines a source.
  public static func deb822(_ text: String) -> [AptSource] {
    Deb822.paragraphs(text).flatMap { fields -> [AptSource] in
      func words(_ key: String) -> [String] {
        (fields[key] ?? "").split { $0.isWhitespace }.map(String.init)
      }
      guard words("types").contains("deb"),
        !["no", "false", "0"].contains((fields["enabled"] ?? "yes").lowercased())
      else { return [] }
      return words("uris").flatMap { uri in
        words("suites").map { suite in
          AptSource(
            uri: uri, suite: suite, components: words("components"),
            signedBy: fields["signed-by"])
        }
      }
    }
  }
}

/// Debian's format of paragraphs, in which apt's sources and its answers about packages are.
enum Deb822 {
  /// The paragraphs with their keys in lower case. Values keep their further lines, and the blanks
  /// these begin with; comments are gone.
  static func paragraphs(_ text: String) -> [[String: String]] {
    var paragraphs: [[String: String]] = []
    var fields: [String: String] = [:]
    var last: String?
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("#") { continue }
      if line.allSatisfy({ $0.isWhitespace }) {
        if !fields.isEmpty { paragraphs.append(fields) }
        (fields, last) = ([:], nil)
      } else if line.first == " " || line.first == "\t" {
        if let last { fields[last, default: ""] += "\n" + line }
      } else if let colon = line.firstIndex(of: ":") {
        let key = line[..<colon].lowercased()
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields[key] = String(value)
        last = key
      }
    }
    if !fields.isEmpty { paragraphs.append(fields) }
    return paragraphs
  }
}

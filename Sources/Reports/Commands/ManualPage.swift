// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The manual page, for man(7)'s macros, made of what the argument parser says of all commands.
public enum ManualPage {
  /// The part of swift-argument-parser's `--experimental-dump-help` that a page needs.
  private struct Help: Decodable {
    var command: Command
  }

  private struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }
    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }

  /// - Parameters:
  ///   - help: JSON, as `--experimental-dump-help` prints it.
  ///   - day: the page's date.
  /// - Throws: `DecodingError` if it is something else.
  public static func render(help: String, version: String, day: String) throws -> String {
    let root = try JSONDecoder().decode(Help.self, from: Data(help.utf8)).command
    let name = root.commandName
    var lines = [
      ".TH \(name.uppercased()) 1 \(quoted(day)) \(quoted("\(name) \(version)")) "
        + quoted("User Commands"),
      ".SH NAME", "\(escape(name)) \\- \(escape(root.abstract ?? ""))",
      ".SH SYNOPSIS", ".B \(escape(name))", ".I command", "[options]",
      ".SH DESCRIPTION",
    ]
    lines += discussion(root.discussion)
    lines.append(".SH COMMANDS")
    for command in root.subcommands ?? [] { lines += section(command, below: name) }
    for (title, text) in ends { lines += [".SH \(title)"] + text }
    return lines.joined(separator: "\n") + "\n"
  }

  private static let ends: [(String, [String])] = [
    (
      "ENVIRONMENT",
      variable("XDG_CACHE_HOME", "The cache is its folder panicroom (default: ~/.cache/panicroom).")
        + variable(
          "PANICROOM_REPOSITORY", "The checkout; set by the entry script (default: current folder)."
        )
        + variable("PANICROOM_DEBIAN_MIRROR", "The mirror to fetch kernels from.")
        + variable("NO_COLOR", "Set to anything: no colour.")
    ),
    (
      "FILES",
      variable("runs/", "Run directories, in the checkout; runs/latest is the last one.")
        + variable("vm/kernels.yaml", "The kernels.")
        + variable("scenarios/", "The catalogue.")
    ),
    ("SEE ALSO", ["The pages in the checkout's folder docs, commands.md first."]),
  ]

  private static func variable(_ name: String, _ text: String) -> [String] {
    [".TP", ".B \(escape(name))", escape(text)]
  }

  private static func section(_ command: Command, below parent: String) -> [String] {
    guard command.shouldDisplay ?? true, command.commandName != "help" else { return [] }
    let name = "\(parent) \(command.commandName)"
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay }
    let own = arguments.filter { !["help", "version"].contains($0.names?.last?.name ?? "") }
    var lines = [".SS \(quoted(escape(([name] + own.compactMap(operand)).joined(separator: " "))))"]
    lines += [escape(command.abstract ?? "")] + discussion(command.discussion, behind: true)
    for argument in own { lines += entry(argument) }
    for child in command.subcommands ?? [] { lines += section(child, below: name) }
    return lines
  }

  private static func operand(_ argument: Argument) -> String? {
    guard argument.kind == "positional" else { return nil }
    let name = "<\(argument.valueName ?? "value")>" + (argument.isRepeating ? "..." : "")
    return argument.isOptional ? "[\(name)]" : name
  }

  private static func entry(_ argument: Argument) -> [String] {
    var tag = (argument.names ?? []).map { name in
      (name.kind == "long" ? "--" : "-") + name.name
    }.joined(separator: ", ")
    if argument.kind == "option" { tag += " <\(argument.valueName ?? "value")>" }
    if argument.kind == "positional" { tag = operand(argument) ?? "" }
    let standard = argument.defaultValue.map { " (default: \($0))" } ?? ""
    return [".TP", ".B \(quoted(escape(tag)))", escape((argument.abstract ?? "") + standard)]
  }

  /// Paragraphs, and indented text as it is.
  private static func discussion(_ text: String?, behind: Bool = false) -> [String] {
    var lines: [String] = []
    var isExample = false
    var isOpen = behind
    for line in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("  ") != isExample {
        lines.append(isExample ? ".EE" : ".EX")
        isExample.toggle()
      }
      if line.allSatisfy(\.isWhitespace) {
        isOpen = true
        continue
      }
      if isOpen, !isExample { lines.append(".PP") }
      isOpen = false
      lines.append(escape(String(line)))
    }
    if isExample { lines.append(".EE") }
    return lines
  }

  /// Older groffs read Latin-1 (groff_char(7) has the escape for all else).
  private static func ascii(_ scalar: Unicode.Scalar) -> String {
    guard !scalar.isASCII else { return String(scalar) }
    let hex = String(scalar.value, radix: 16, uppercase: true)
    return "\\[u" + String(repeating: "0", count: max(0, 4 - hex.count)) + hex + "]"
  }

  /// roff interprets a backslash, and a dot or a quote at the beginning of a line; a plain `-` may
  /// be shown as a hyphen, which no shell accepts.
  static func escape(_ text: String) -> String {
    let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("\n", with: " ").unicodeScalars.map(Self.ascii).joined()
    return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
  }

  private static func quoted(_ text: String) -> String {
    "\"\(text.replacing("\"", with: "\\(dq"))\""
  }
}

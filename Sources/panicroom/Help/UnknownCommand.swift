// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Scenarios

/// A command that doesn't exist, with the one that was meant: the parser itself takes it for an
/// extra argument.
struct UnknownCommand: Error, CustomStringConvertible {
  let word: String
  /// What precedes it: `panicroom kernel`.
  let parent: String
  let names: [String]

  var description: String {
    "there is no command \"\(VisibleText.escape(word))\"\(didYouMeanOrStop(word, among: names)) "
      + "`\(parent) --help` lists them."
  }

  /// - Throws: ``UnknownCommand`` if the words do not begin with one of its commands.
  static func refuse(
    _ words: ArraySlice<String>, of command: any ParsableCommand.Type, parent: String = ""
  ) throws {
    let name = (parent.isEmpty ? "" : parent + " ") + command._commandName
    let commands = command.configuration.subcommands
    guard !commands.isEmpty, let word = words.first, !word.hasPrefix("-"), word != "help" else {
      return
    }
    guard let next = commands.first(where: { $0._commandName == word }) else {
      // No key paths here: Swift 6.3.1 crashes on those of types of protocols.
      let shown = commands.filter { $0.configuration.shouldDisplay }.map { $0._commandName }
      throw UnknownCommand(word: word, parent: name, names: shown)
    }
    try refuse(words.dropFirst(), of: next, parent: name)
  }
}

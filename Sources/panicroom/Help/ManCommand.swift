// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Reports

struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man",
    abstract: "Print the manual page, made from the help of all commands.",
    discussion: """
      Examples:
        panicroom man > panicroom.1
        panicroom man | man -l -
      """)

  func run() throws {
    let version = Version.number
    let day = Date.now.formatted(.iso8601.year().month().day())
    try Output.print(try ManualPage.render(help: Panicroom._dumpHelp(), version: version, day: day))
  }
}

/// For the test of all examples in the help.
struct ParseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parse-only",
    abstract: "Say whether the words after it are a command line, and do nothing.",
    shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: "The words, without panicroom.")
  var words: [String] = []

  func run() throws {
    let words = words.first == "--" ? Array(words.dropFirst()) : words
    try UnknownCommand.refuse(words[...], of: Panicroom.self)
    _ = try Panicroom.parseAsRoot(words)
  }
}

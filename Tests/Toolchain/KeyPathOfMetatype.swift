// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

// Crashes Swift 6.3.1, with and without optimisation: a key path rooted at a protocol's metatype
// (swiftlang/swift issue 87765). Pull request 88474 makes an error of it, so the code has to do without
// in any case.
protocol Command {
  static var name: String { get }
}

func names(of commands: [any Command.Type]) -> [String] {
  commands.map(\.name)
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

public import ArgumentParser
import Foundation
import Host
import Lab
import Logging
public import Machine
import Record
import Scenarios

/// What every command starts from.
enum Setup {
  /// The checkout: `PANICROOM_REPOSITORY` (the entry script sets it), else the current folder.
  static func repository() throws -> Repository {
    let root =
      ProcessInfo.processInfo.environment["PANICROOM_REPOSITORY"]
      ?? FileManager.default.currentDirectoryPath
    return try Repository(root: root)
  }

  /// A laboratory whose events `follow` sees.
  static func laboratory(verbose: Bool, follow: @escaping @Sendable (Event) -> Void) throws
    -> Laboratory
  {
    var logger = Logger(label: "panicroom") { _ in TerminalLogHandler(logLevel: .notice) }
    logger.logLevel = verbose ? .debug : .notice
    return Laboratory(
      repository: try repository(), cache: try CacheDirectory.standard(), agent: agent,
      logger: logger, emit: follow)
  }

  /// The Debian packages that the entry script asks for; it is the one place that names them.
  static var packages: [String] {
    (ProcessInfo.processInfo.environment["PANICROOM_PACKAGES"] ?? "")
      .split(separator: " ").map(String.init)
  }

  /// The guest's program is built next to this one.
  private static var agent: String {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return program.deletingLastPathComponent().appending(path: "guest-init").path
  }
}

extension Accelerator: ExpressibleByArgument {}

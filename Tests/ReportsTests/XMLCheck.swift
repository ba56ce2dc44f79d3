// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// What `xmllint` (Debian's libxml2-utils) says of a text.
enum XMLCheck {
  /// - Parameter schema: an XML Schema in `docs/schema/`; without one only well-formedness is
  ///   checked.
  /// - Returns: the problems; empty where there are none.
  static func problems(_ text: String, schema: String? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let rules = schema.map {
      ["--schema", Checkout.root.appending(path: "docs/schema/\($0)").path]
    }
    process.arguments = ["xmllint", "--noout", "--nonet"] + (rules ?? []) + ["-"]
    let input = Pipe()
    let errors = Pipe()
    process.standardInput = input
    process.standardError = errors
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
    let said = String(
      decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 0 ? "" : "\(process.terminationStatus): \(said)"
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Host
import TestSupport

/// What `xmllint` (Debian's libxml2-utils) says of a text.
enum XMLCheck {
  /// - Parameter schema: an XML Schema in `docs/schema/`; without one only well-formedness is
  ///   checked.
  /// - Returns: the problems; empty where there are none.
  static func problems(_ text: String, schema: String? = nil) async throws -> String {
    let rules = schema.map { ["--schema", Checkout.path("docs/schema/\($0)")] }
    let output = try await Tool("xmllint").run(
      ["--noout", "--nonet"] + (rules ?? []) + ["-"], input: Array(text.utf8))
    return output.status == 0 ? "" : "\(output.status): \(output.errorText)"
  }
}

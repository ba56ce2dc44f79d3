// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

import Record
import Verdicts

/// A link that sets the matrix's filters: `?bpf=refused&family=limits#matrix`. What a number counts
/// is the faults that the matrix then shows.
struct FilterLink {
  private var filters: [(name: String, value: String)] = []

  init() {}

  init(_ mechanism: Mechanism, _ classes: [RulingClass]) {
    self = FilterLink().with(mechanism, classes)
  }

  init(_ name: String, _ value: String) { filters = [(name, value)] }

  func with(_ mechanism: Mechanism, _ classes: [RulingClass]) -> FilterLink {
    with(mechanism.rawValue, classes.map(\.rawValue).joined(separator: ","))
  }

  func with(_ name: String, _ value: String) -> FilterLink {
    var link = self
    link.filters.append((name, value))
    return link
  }

  var address: String {
    let query = filters.map { "\($0.name)=\(FilterLink.encode($0.value))" }.joined(separator: "&")
    return "?\(query)#matrix"
  }

  /// All but RFC 3986's unreserved characters, and those of `keeping`, as `%2C`.
  static func encode(_ text: String, keeping others: String = "") -> String {
    let kept = "0123456789-._~" + others
    return text.utf8.map { byte in
      let scalar = Unicode.Scalar(byte)
      let isLetter = scalar.isASCII && scalar.properties.isAlphabetic
      if isLetter || kept.unicodeScalars.contains(scalar) { return String(scalar) }
      return "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
  }
}

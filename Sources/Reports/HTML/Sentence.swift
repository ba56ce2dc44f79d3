// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// A sentence in which a number may be a link to what it counts.
struct Sentence {
  private var parts: [(text: String, link: String)]

  init(_ text: String, link: String = "") {
    parts = text.isEmpty ? [] : [(text, link)]
  }

  /// A number of faults; without a link if there are none.
  init(_ count: Int, none: String = "0", _ filters: FilterLink) {
    self.init(count == 0 ? none : "\(count)", link: count == 0 ? "" : filters.address)
  }

  static func + (left: Sentence, right: Sentence) -> Sentence {
    var sum = left
    sum.parts += right.parts
    return sum
  }

  static func + (left: Sentence, right: String) -> Sentence { left + Sentence(right) }

  /// Some sentences, or parts of one, with `separator` between them.
  static func join(_ sentences: [Sentence], _ separator: String) -> Sentence {
    sentences.dropFirst().reduce(sentences.first ?? Sentence("")) { $0 + separator + $1 }
  }

  var isEmpty: Bool { parts.isEmpty }

  var text: String { parts.map(\.text).joined() }

  var view: [View] { parts.map { ["text": $0.text, "link": $0.link] } }
}

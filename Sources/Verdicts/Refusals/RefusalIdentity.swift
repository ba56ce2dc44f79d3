// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What a program can rely on that reads our answers: explanations' names, and whose matter each is.
enum RefusalIdentity {
  /// `invalid mem access*or_null` → `invalid-mem-access-or-null`
  static func slug(_ words: StaticString) -> String {
    var name = ""
    for character in "\(words)".lowercased() {
      if character.isASCII, character.isLetter || character.isNumber {
        name.append(character)
      } else if !name.hasSuffix("-"), !name.isEmpty {
        name.append("-")
      }
    }
    return name.hasSuffix("-") ? String(name.dropLast()) : name
  }

  /// Whose matter a refusal is, unless its explanation says otherwise; nil where the verifier
  /// refused and nobody knows why.
  static func origin(of gate: Gate, _ category: Category?) -> Rejection.Origin? {
    switch category {
    case .verifierLimit, .verifierInternalError: .limit
    case .policy: .environment
    case .some: .source
    case nil: gate == .verifier ? nil : gate == .compiler ? .source : .environment
    }
  }

  /// Explanations of the verifier's whose remedy lies elsewhere than their category says.
  static func origin(ofVerifiers id: String, _ category: Category?) -> Rejection.Origin? {
    exceptions[id] ?? origin(of: .verifier, category)
  }

  private static let exceptions: [String: Rejection.Origin] = [
    "verifier.no-jump-tables-found-for-subprog": .compiler,
    "verifier.jump-out-of-range": .compiler,
    "verifier.last-insn-is-not-an-exit-or-jmp": .compiler,
    "verifier.reserved-fields": .compiler,
    "verifier.unknown-instruction": .compiler,
    "verifier.callback": .compiler,
    "verifier.32-bit-pointer-arithmetic-prohibited": .compiler,
    "verifier.invalid-func-unknown-195896080": .environment,
    "verifier.invalid-func": .environment,
    "verifier.unreachable-insn": .compiler,
    "verifier.doesn-t-have-field-at-offset": .environment,
    "verifier.helper-has-invalid-btf": .environment,
    "verifier.cannot-call-gpl-restricted-function": .source,
    "verifier.run-time-allocated-hash-map": .source,
    "verifier.progs-cannot-use": .source,
    "verifier.program-of-this-type-cannot-use-helper": .source,
  ]
}

/// The refusals that `--fail-on` names: a gate, a category, an origin, an explanation's id, or `any`.
public struct RefusalFilter: Sendable {
  private let word: String

  /// nil where the word names none of them; an id is taken as it is.
  public init?(_ word: String) {
    guard word.contains(".") || RefusalFilter.words.contains(word) else { return nil }
    self.word = word
  }

  public static let words: [String] =
    ["any"] + Gate.allCases.filter { $0 != .compiler }.map(\.rawValue)
    + Rejection.Origin.allCases.map(\.rawValue) + Category.allCases.map(\.rawValue)

  public func matches(_ rejection: Rejection) -> Bool {
    word == "any" || word == rejection.by.rawValue || word == rejection.category?.rawValue
      || word == rejection.origin?.rawValue || word == rejection.id
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// One complaint of the verifier's: how to recognise it, and what it means to the author of the
/// program.
struct VerifierMessage: Sendable {
  /// Parts of the kernel's format strings; `*` matches what `printf` fills in.
  let patterns: [StaticString]
  let headline: String
  let explanation: String
  let suggestion: String
  /// The explanation's name: the kernel's words of its first pattern at first, which stay.
  let id: String

  init(
    _ patterns: StaticString..., headline: String, explanation: String, suggestion: String,
    id: StaticString? = nil
  ) {
    self.patterns = patterns
    self.headline = headline
    self.explanation = explanation
    self.suggestion = suggestion
    self.id = "verifier." + RefusalIdentity.slug(id ?? patterns[0])
  }
}

/// All messages by category; the first that matches is the one.
enum VerifierMessages {
  static let all: [(category: Category, message: VerifierMessage)] =
    [
      (Category.verifierInternalError, verifierInternalError),
      (.policy, policy),
      (.verifierLimit, verifierLimit),
      (.resourceLifetimeSafety, resourceLifetimeSafety),
      (.executionContextSafety, executionContextSafety),
      (.memorySafety, memorySafety),
      (.registerTypeSafety, registerTypeSafety),
      (.callTypeSafety, callTypeSafety),
      (.programStructure, programStructure),
      (.policy, environment),
    ].flatMap { category, messages in messages.map { (category, $0) } }

  private static let index = PhraseIndex(all.map(\.message.patterns))

  /// Short phrases that other programs print as well: without a mark of the verifier's they are the
  /// last thing to believe.
  static func isVague(_ message: VerifierMessage) -> Bool {
    environment.contains { $0.headline == message.headline }
      || [
        "an argument that the function does not take", "a limit of the verifier's", "recursion",
        "a construct used where it is not allowed", "an argument that must be zero is not",
        "function or line information that does not fit the program", "wrong use of an arena",
        "a kernel function's argument that the verifier cannot check",
        "wrong use of a list, a tree or an allocated object", "an instruction that does not exist",
      ].contains(message.headline)
  }

  static func entry(for line: Text) -> (category: Category, message: VerifierMessage)? {
    index.first(in: line).map { all[$0] }
  }

  /// Messages that only add to the one printed just before them.
  static func isAddition(_ line: Text) -> Bool {
    // Both in one: a title.
    guard !line.contains("invalid access to") else { return false }
    return line.containsAny([
      "value is outside of the allowed memory range", "value is outside of the array range",
      "Caller passes invalid args into func",
      // Printed about a program's own context argument, and not an objection to it.
      "arg#0 reference type('UNKNOWN ') size cannot be determined", "use static function instead",
      // Printed of the program itself before it is walked.
      "doesn't return scalar. Only those are supported",
    ])
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// One way of being refused before the verifier, or instead of it.
struct LoaderRefusal: Sendable {
  /// What a line's words are worth beside those of other lines: of the heaviest the first counts.
  enum Weight: Int, Comparable, Sendable {
    /// An error number that a tool passes on.
    case tool
    /// What follows from a cause that an earlier line may have named.
    case consequence
    case cause

    static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
  }

  let gate: Gate
  /// The gate to report, where the words show another than the one that passed them on.
  let by: Gate
  /// Parts of the words; `*` stands for anything.
  let patterns: [StaticString]
  let category: Category?
  let headline: String
  var explanation: String
  var suggestion: String
  var weight: Weight
  /// The explanation's name; see ``Rejection/id``.
  var id: String
  var origin: Rejection.Origin?

  init(
    _ gate: Gate, by: Gate? = nil, _ patterns: [StaticString], category: Category? = nil,
    headline: String, explanation: String, suggestion: String, weight: Weight = .cause,
    id: String? = nil, origin: Rejection.Origin? = nil
  ) {
    self.id = "\(gate.rawValue)." + (id ?? patterns.first.map(RefusalIdentity.slug) ?? "unknown")
    self.origin = origin
    self.gate = gate
    self.by = by ?? gate
    self.patterns = patterns
    self.category = category
    self.headline = headline
    self.explanation = explanation
    self.suggestion = suggestion
    self.weight = weight
  }

  static func matching(_ text: Text, gate: Gate) -> LoaderRefusal? {
    meaning(of: text, where: { $0 == gate }).refusal
  }

  static func matching(_ text: Text, where counts: (Gate) -> Bool) -> LoaderRefusal? {
    meaning(of: text, where: counts).refusal
  }

  /// What the words' own names add: a symbol that only the compiler calls.
  private func suited(to text: Text) -> LoaderRefusal {
    guard gate == .moduleLoader, let symbol = CompilerSymbol.named(in: text) else { return self }
    var refusal = self
    refusal.explanation = symbol.explanation
    refusal.suggestion = symbol.suggestion
    refusal.id = "module-loader.compiler-symbol"
    refusal.origin = symbol == .arithmetic ? .source : .compiler
    return refusal
  }

  func rejection(message: String, line: Int) -> Rejection {
    var rejection = Rejection(
      by: by, category: category, headline: headline, message: message,
      explanation: explanation, suggestion: suggestion, line: line)
    rejection.id = id
    rejection.origin = origin ?? RefusalIdentity.origin(of: by, category)
    return rejection
  }

  static let all = ofLibbpf + ofAttaching + ofTheModuleLoader

  private static let gates = all.map(\.gate)
  /// The refusals, and after them the steps.
  private static let index = PhraseIndex(all.map(\.patterns) + LoadStep.allCases.map(\.words))

  /// A refusal that the words are known to mean, or else the step that they name; in one pass.
  static func meaning(
    of text: Text, where counts: (Gate) -> Bool
  ) -> (refusal: LoaderRefusal?, step: LoadStep?) {
    guard let place = index.first(in: text, where: { $0 >= gates.count || counts(gates[$0]) })
    else {
      return (nil, nil)
    }
    if place < gates.count { return (all[place].suited(to: text), nil) }
    return (nil, LoadStep.allCases[place - gates.count])
  }

  /// What errno alone says (include/uapi/asm-generic/errno.h).
  static func of(errno: Int32, gate: Gate) -> LoaderRefusal {
    switch (gate, errno) {
    case (.moduleLoader, 17): return byWords(gate, ["module is already loaded"])
    case (.moduleLoader, 8): return byWords(gate, ["Invalid module format"])
    case (.moduleLoader, 126), (.moduleLoader, 127), (.moduleLoader, 129):
      return byWords(gate, ["Key was rejected"])
    case (_, 1), (.policy, _):
      return LoaderRefusal(
        gate, by: .policy, [], headline: "not enough privilege",
        explanation: "The kernel did not allow it (errno \(errno)).",
        suggestion: "Check privilege, lockdown and licence.")
    // The loader logs why it refuses a module. It logs nothing if the module's own init function fails
    // (kernel/module/main.c, do_init_module()).
    case (.moduleLoader, 1...):
      let error = ErrorNumber.symbol(of: errno).map { "-" + $0 } ?? "an error"
      return LoaderRefusal(
        gate, [], headline: "the module's init function returned \(error) (errno \(errno))",
        explanation:
          "The module loader logged no objection, so the module's own init function failed, "
          + "and the kernel took the module out again.",
        suggestion: "Look at what your init function returns, and at what it printed before.",
        origin: .source)
    default:
      return LoaderRefusal(
        gate, [], headline: "rejected by the \(gate.rawValue) with errno \(errno)",
        explanation: "The \(gate.rawValue) rejected the twin with errno \(errno) and said no more.",
        suggestion: "Look at the kernel's log for the reason.")
    }
  }

  private static func byWords(_ gate: Gate, _ words: [StaticString]) -> LoaderRefusal {
    let bytes = UnsafeBufferPointer(start: words[0].utf8Start, count: words[0].utf8CodeUnitCount)
    let text = bytes.baseAddress.map { Text(start: $0, count: bytes.count) }
    return text.flatMap { matching($0, gate: gate) }
      ?? LoaderRefusal(gate, [], headline: "rejected", explanation: "", suggestion: "")
  }
}

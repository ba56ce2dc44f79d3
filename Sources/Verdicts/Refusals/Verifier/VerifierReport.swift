// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The report that Linux prints from 7.3 (kernel/bpf/diagnostics.c): a heading with its category,
/// then sections. Places are followed by their C lines, with the instructions beside them or below.
struct VerifierReport: Sendable {
  private enum Section: Sendable { case none, reason, place, path, suggestion, other }

  /// One place of the report: where, and what happened there.
  private struct Event: Sendable {
    var source: SourcePlace?
    var instruction: Int?
    var text: String?
    var sourceText: String?
    var words: String?
  }

  private var section = Section.none
  private(set) var category: Category?
  private(set) var problem = ""
  private(set) var line = 0
  private(set) var reason: [String] = []
  private(set) var suggestion: [String] = []
  private var refused = Event()
  private var events: [Event] = []

  private static let limit = 16

  var isOpen: Bool { category != nil }
  var instruction: Rejection.Instruction? {
    refused.instruction.map { Rejection.Instruction(index: $0, text: refused.text ?? "") }
  }
  var source: SourcePlace? { refused.source }
  var sourceText: String? { refused.sourceText }

  /// What led there, in the kernel's text.
  var path: [Rejection.PathStep] {
    events.compactMap { event in
      guard let index = event.instruction, let words = event.words else { return nil }
      return Rejection.PathStep(
        instruction: index, line: event.source?.line, text: event.text ?? "", why: words)
    }
  }

  /// `Verification failed: Register Type Safety: Unreadable register`
  mutating func begin(_ text: Text, number: Int) {
    let rest = text.after("Verification failed: ") ?? text
    let heading = rest.upTo { $0 == UInt8(ascii: ":") }
    guard let category = VerifierReport.category(named: heading) else { return }
    self.category = category
    let words = VerifierLogReader.withoutOmission(rest.dropFirst(heading.count + 1).trimmed())
    // ebpf-go's summary has the reason after the problem.
    let end = words.find(": ") ?? words.count
    problem = words.prefix(end).string
    if end < words.count { reason = [words.dropFirst(end + 2).string] }
    line = number
  }

  /// The heading, or a loader's summary that begins with its category.
  static func begins(_ text: Text) -> Bool {
    if text.hasPrefix("Verification failed: ") { return true }
    guard text[0] &- 0x41 < 26, let colon = text.prefix(32).find(": ") else { return false }
    // `Policy zone: DMA32` is a boot's.
    return categories.contains { colon == $0.0.utf8CodeUnitCount && text.hasPrefix($0.0) }
      && colon > 6
  }

  private static let categories: [(StaticString, Category)] =
    [
      ("Memory Safety", .memorySafety), ("Register Type Safety", .registerTypeSafety),
      ("Call Type Safety", .callTypeSafety), ("Resource Lifetime Safety", .resourceLifetimeSafety),
      ("Execution Context Safety", .executionContextSafety),
      ("Program Structure", .programStructure), ("Policy", .policy),
      ("Verifier Limit", .verifierLimit), ("Verifier Internal Error", .verifierInternalError),
    ]

  static func category(named heading: Text) -> Category? {
    categories.first { heading.hasPrefix($0.0) }?.1
  }

  mutating func take(_ text: Text) {
    if let found = VerifierReport.heading(text) {
      section = found
      return
    }
    switch section {
    case .reason where reason.count < VerifierReport.limit: reason.append(text.string)
    case .suggestion where suggestion.count < VerifierReport.limit: suggestion.append(text.string)
    case .place: VerifierReport.take(text, into: &refused)
    case .path: takeEvent(text)
    default: break
    }
  }

  private static func heading(_ text: Text) -> Section? {
    let names: [(StaticString, Section)] = [
      ("Reason:", .reason), ("At:", .place), ("Causal path:", .path), ("Suggestion:", .suggestion),
      ("Note:", .other), ("Notes:", .other), ("Registers:", .other), ("State:", .other),
    ]
    return names.first { text.hasPrefix($0.0) }?.1
  }

  private mutating func takeEvent(_ text: Text) {
    if VerifierReport.place(text) != nil || text.hasPrefix("insn ") || events.isEmpty {
      guard events.count < VerifierReport.limit else { return }
      events.append(Event())
    }
    VerifierReport.take(text, into: &events[events.count - 1])
  }

  private static func take(_ text: Text, into event: inout Event) {
    if event.instruction == nil, text.hasPrefix("insn ") {
      event.instruction = text.dropFirst(5).leadingNumber()
    }
    if event.source == nil { event.source = place(text) }
    if text.hasPrefix(">>>") {
      takeMarked(text, into: &event)
    } else if let mark = text.find("^-- "), event.words == nil {
      let words = text.dropFirst(mark + 4)
      event.words = (words.after(": ") ?? words).string
    }
  }

  /// `>>> 0 | (95) exit`, or beside a C line: `>>>  33 | n = p->len;   >>> 1 | (79) r3 = …`
  private static func takeMarked(_ text: Text, into event: inout Event) {
    var right = text
    if let second = text.find(">>>", from: 3) {
      right = text.dropFirst(second)
      let left = text.prefix(second)
      event.sourceText = left.find("|").map { left.dropFirst($0 + 1).trimmed().string }
    }
    guard let bar = right.find(" | (") else {
      if event.sourceText == nil { event.sourceText = right.after("| ")?.trimmed().string }
      return
    }
    event.text = right.dropFirst(bar + 3).string
    event.instruction = event.instruction ?? right.dropFirst(3).trimmed().leadingNumber()
  }

  /// `on_open @ probe.bpf.c:33:6`
  private static func place(_ text: Text) -> SourcePlace? {
    guard !text.hasPrefix(">>>") else { return nil }
    var start = 0
    while start < text.count {
      let word = text.dropFirst(start)
      if let place = VerifierLogReader.place(in: word) { return place }
      start += word.upTo { $0 == 0x20 }.count + 1
    }
    return nil
  }
}

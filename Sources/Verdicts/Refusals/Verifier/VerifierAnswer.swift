// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What the reader makes of what it has read.
extension VerifierLogReader {
  func rejection() -> Rejection? {
    if let settled { return settled }
    if report.isOpen { return reported() }
    if isLibbpfs, let library { return library.rejection }
    let known = deciding
    if known?.isVague == true, let library { return library.rejection }
    if known == nil, hasFailed, let library { return library.rejection }
    guard let complaint = known ?? (isVerifiers ? unknown : nil) else { return withoutComplaint() }
    // The call is at fault, though the message is that of a check of its memory.
    let call = complaints.first { $0.text.contains("len pair leads to invalid memory access") }
    var rejection = Rejection(
      by: .verifier, category: call?.category ?? complaint.category,
      headline: complaint.message?.headline ?? complaint.text, message: complaint.text,
      instruction: VerifierLogReader.named(in: complaint.text) ?? instruction,
      sourceText: sourceText, source: source,
      explanation: complaint.message?.explanation
        ?? "The verifier refused the program: \(complaint.text)",
      suggestion: complaint.message?.suggestion
        ?? "Look at the registers' state that the log prints before this message.",
      line: complaint.line)
    rejection.id = complaint.message?.id ?? "verifier.unknown"
    return withPath(rejection)
  }

  /// What is refused is only guessed from words that anybody may have said.
  var isVague: Bool { settled == nil && deciding?.isVague == true }

  /// The first complaint; one that anybody may have said only if there is no other.
  private var deciding: Complaint? {
    complaints.first { !$0.isAddition && !$0.isVague } ?? complaints.first { !$0.isAddition }
      ?? complaints.first
  }

  /// libbpf's words, whether or not it says that it gave up.
  var libraryWords: Rejection? { library?.rejection ?? bare }

  /// The verifier complained of nothing, and still the program was not loaded.
  private func withoutComplaint() -> Rejection? {
    // What is quoted counts only if the log was cut off before its end.
    let quoted = processed == nil && settled == nil ? mention : nil
    if let summary = summary ?? quoted, let message = summary.message {
      var rejection = Rejection(
        by: .verifier, category: summary.category, headline: message.headline,
        message: summary.text, explanation: message.explanation, suggestion: message.suggestion,
        line: summary.line)
      rejection.id = message.id
      return withPath(rejection)
    }
    if let processed, let errno = loadErrno, errno != 28, errno != 14 {
      if processed > 0 {
        return AfterVerification.refusal(errno: errno).rejection(
          message: bare?.message ?? "errno \(errno)", line: bare?.line ?? 1)
      }
      if errno == 7 {
        return AfterVerification.tooLong.rejection(
          message: bare?.message ?? "Argument list too long", line: bare?.line ?? 1)
      }
    }
    return hasFailed ? library?.rejection ?? bare : nil
  }

  /// The instruction that was walked last.
  var instruction: Rejection.Instruction? {
    trace.last.map { .init(index: $0.index, text: trace.text(of: trace.end - 1)) }
  }

  /// Adds the registers' state and the way to it, unless the message names an instruction that was
  /// not walked.
  private func withPath(_ base: Rejection) -> Rejection {
    var rejection = base
    var path: VerifierPath?
    if let last = trace.last, rejection.instruction?.index == last.index {
      let additions = complaints.map(\.text).filter { $0 != rejection.message }
      let found = VerifierPath(trace: trace, message: rejection.message, additions: additions)
      rejection.registers = trace.state.all(frame: last.frame)
      if let stale = found.stale,
        let place = rejection.registers.firstIndex(where: { $0.name == "R\(stale.register)" })
      {
        rejection.registers[place].state = "scalar()"
      }
      rejection.path = found.steps
      path = found
    }
    VerifierInsight.refine(&rejection, trace: trace, path: path, circumstances)
    if let path {
      rejection.explanation = ([rejection.explanation] + path.sentences).joined(separator: " ")
    }
    return rejection
  }

  /// Messages of passes that print no instruction name it themselves: `unreachable insn 5`.
  private static func named(in message: String) -> Rejection.Instruction? {
    message.withText { text in
      let marks: [StaticString] = [
        "unreachable insn ", "back-edge from insn ", "jump out of range from insn ",
        "middle of ldimm64 insn ",
      ]
      for mark in marks {
        if let index = text.after(mark)?.leadingNumber() {
          return Rejection.Instruction(index: index, text: "")
        }
      }
      return nil
    }
  }

  /// The kernel's own report, its words before ours.
  private func reported() -> Rejection {
    let complaint = complaints.first { !$0.isAddition } ?? complaints.first ?? unknown
    let fallback = complaint?.message
    var place = instruction
    if let named = report.instruction, place?.index != named.index { place = named }
    var rejection = Rejection(
      by: .verifier, category: report.category, headline: report.problem,
      message: complaint?.text ?? report.problem, instruction: place,
      sourceText: report.sourceText ?? sourceText, source: report.source ?? source,
      explanation: report.reason.isEmpty
        ? fallback?.explanation ?? report.problem : report.reason.joined(separator: " "),
      suggestion: report.suggestion.isEmpty
        ? fallback?.suggestion ?? "" : report.suggestion.joined(separator: " "),
      line: complaint?.line ?? report.line)
    let id = fallback?.id ?? "verifier.report"
    rejection.id = id
    rejection.origin = RefusalIdentity.origin(ofVerifiers: id, report.category)
    return withReportedPath(rejection)
  }

  private func withReportedPath(_ base: Rejection) -> Rejection {
    var rejection = base
    guard !report.path.isEmpty else { return withWalkedPath(rejection) }
    if let last = trace.last { rejection.registers = trace.state.all(frame: last.frame) }
    rejection.path = report.path
    let sentences = report.path.map { step in
      let line = step.line.map { ", line \($0)" } ?? ""
      return "Instruction \(step.instruction)\(line): \(step.why)."
    }
    rejection.explanation = ([rejection.explanation] + sentences).joined(separator: " ")
    return rejection
  }

  private func withWalkedPath(_ base: Rejection) -> Rejection {
    guard let last = trace.last, base.instruction?.index == last.index else { return base }
    var rejection = base
    let path = VerifierPath(trace: trace, message: rejection.message, additions: [])
    rejection.registers = trace.state.all(frame: last.frame)
    rejection.path = path.steps
    rejection.explanation = ([rejection.explanation] + path.sentences).joined(separator: " ")
    return rejection
  }
}

/// What libbpf says.
extension VerifierLogReader {
  /// What stopped libbpf: of the weightiest lines the first is the cause.
  mutating func takeLibrary(_ words: Text, number: Int) {
    circumstances.takeLibrary(words)
    // libbpf goes on if the qdisc is there already.
    if words.contains("Exclusivity flag on") || LoaderSpeaker.goesOn(words) { return }
    let step = LoadStep.named(in: words)
    if words.contains("Retrying without BTF") {
      if bare == nil {
        bare = LoaderRefusal.of(.createMap, errno: ErrorNumber.named(in: words) ?? 0)?
          .rejection(message: words.string, line: number)
      }
      return
    }
    if step == .attach { hasFailed = true }
    // Nothing is loaded from a file that can't be opened; libbpf doesn't say so again.
    if words.hasPrefix("elf: failed") || words.hasPrefix("failed to find BTF for extern") {
      hasFailed = true
    }
    if let refusal = LoaderRefusal.matching(words, where: { $0 != .moduleLoader }) {
      LoaderWords.keepHeavier(&library, refusal, words, number)
    } else if let step, let errno = ErrorNumber.named(in: words),
      let refusal = LoaderRefusal.of(step, errno: errno)
    {
      takeStep(step, errno, refusal, words, number)
    } else if unexplained == nil, LoaderSpeaker.isComplaint(ofLibbpf: words) {
      unexplained = LoaderRefusal.of(step ?? .prepareObject, errno: 0)?
        .rejection(message: words.string, line: number)
    }
  }

  private mutating func takeStep(
    _ step: LoadStep, _ errno: Int32, _ refusal: LoaderRefusal, _ words: Text, _ number: Int
  ) {
    if step == .loadProgram {
      if loadErrno == nil { loadErrno = errno }
      if bare == nil { bare = refusal.rejection(message: words.string, line: number) }
      return
    }
    var cause = refusal
    cause.weight = .cause
    LoaderWords.keepHeavier(&library, cause, words, number)
  }

  /// libbpf writes into the log what it had put in place of an instruction (src/libbpf.c
  /// fixup_verifier_log).
  static func placedByLibbpf(_ line: Text) -> LoaderRefusal? {
    let marks: [StaticString] = ["failed to resolve CO-RE relocation", "kfunc '", "map '"]
    guard marks.contains(where: { line.hasPrefix($0) }),
      line.hasPrefix("failed") || line.contains("is referenced but"),
      let refusal = LoaderRefusal.matching(line, gate: .libbpf), refusal.by == .libbpf
    else { return nil }
    return refusal
  }
}

extension String {
  /// Calls `body` with the string's bytes.
  func withText<Result>(_ body: (Text) -> Result?) -> Result? {
    var bytes = Array(utf8)
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
      buffer.baseAddress.flatMap { body(Text(start: $0, count: buffer.count - 1)) }
    }
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the verifier's log: what was refused, where, why, and what to do about it.
///
/// Knows the log of Linux 5.10 to 7.2 (kernel/bpf/verifier.c `verbose()`) and the reports of 7.3
/// (kernel/bpf/diagnostics.c).
public enum VerifierLog {
  /// What the log in `bytes` refuses; nil if it refuses nothing.
  public static func rejection(in bytes: [UInt8]) -> Rejection? {
    var reader = VerifierLogReader()
    var splitter = LineSplitter()
    splitter.feed(bytes) { reader.take($0.trimmedRight(), number: $1) }
    splitter.finish { reader.take($0.trimmedRight(), number: $1) }
    return reader.rejection()
  }
}

/// The state of the reading: only what may still matter is kept.
struct VerifierLogReader: Sendable {
  private struct Complaint: Sendable {
    var text: String
    var line: Int
    var category: Category?
    var message: VerifierMessage?
    var isAddition: Bool
  }

  private var trace = VerifierTrace()
  private var sourceText: String?
  private var source: SourcePlace?
  /// The complaints since the last instruction, and the last line that no table knows.
  private var complaints: [Complaint] = []
  private var unknown: Complaint?
  private var summary: Complaint?
  private var diagnosis = Diagnosis()
  /// What libbpf said around the verifier's log, or instead of it.
  private var refusal: Rejection?
  /// That the kernel refused the program, or a map at the first try: it counts if nothing says
  /// more.
  private var bare: Rejection?
  /// Something shows that the verifier wrote it: only then is an unknown line a complaint.
  private var isVerifiers = false
  /// libbpf gave up the object: without this, its complaints were only steps on the way.
  private var hasFailed = false
  /// The log itself says that libbpf put something in place of an instruction.
  private var isLibbpfs = false
  /// After libbpf's `-- END PROG LOAD LOG --`.
  private var isOver = false

  /// The report that Linux prints from 7.3.
  private struct Diagnosis: Sendable {
    enum Section: Sendable { case none, reason, place, suggestion, other }
    var section = Section.none
    var category: Category?
    var problem: String?
    var line = 0
    var reason: [String] = []
    var suggestion: [String] = []
    var instruction: Int?
    var instructionText: String?
    var source: SourcePlace?
  }

  mutating func take(_ line: Text, number: Int) {
    let text = VerifierWrapping.unwrapped(line)
    guard !text.isEmpty, !takeLoader(text, number: number), !isOver else { return }
    if diagnosis.category != nil {
      takeDiagnosis(text)
      return
    }
    if VerifierWrapping.isSummary(line), takeSummary(text, number: number) { return }
    if text.hasPrefix("Verification failed: ") {
      beginDiagnosis(text, number: number)
    } else if text[0] == UInt8(ascii: ";") {
      takeSource(text)
    } else if let line = InstructionLine(text) {
      isVerifiers = true
      trace.take(line)
      complaints.removeAll()
      unknown = nil
    } else if trace.takeState(of: text) {
      return
    } else if VerifierLogReader.isNoise(text) {
      isVerifiers = isVerifiers || text.hasPrefix("processed ") || text.hasPrefix("func#")
    } else {
      takeComplaint(text, number: number)
    }
  }

  /// A loader's summary precedes the log that it is taken from.
  private mutating func takeSummary(_ text: Text, number: Int) -> Bool {
    let short = text.prefix(400)
    guard let (category, message) = VerifierMessages.entry(for: short) else { return false }
    summary = Complaint(
      text: short.string, line: number, category: category, message: message, isAddition: false)
    return true
  }

  /// Handles libbpf's own lines, if the log came through it, and returns whether this was one.
  private mutating func takeLoader(_ text: Text, number: Int) -> Bool {
    if text.hasPrefix("-- END PROG LOAD LOG --") {
      isOver = true
      return true
    }
    guard text.hasPrefix("libbpf: ") else { return false }
    if text.contains("-- BEGIN PROG LOAD LOG --") {
      isOver = false
      isVerifiers = true
      complaints.removeAll()
      unknown = nil
    } else if text.contains(": failed to load") || text.contains("failed to load object") {
      hasFailed = true
    } else {
      takeLibrary(text.dropFirst(8).prefix(400), number: number)
    }
    return true
  }

  /// What stopped libbpf; the first such line is the cause.
  private mutating func takeLibrary(_ words: Text, number: Int) {
    func rejection(_ gate: Gate) -> Rejection? {
      LoaderRefusal.matching(words, gate: gate)?.rejection(message: words.string, line: number)
    }
    if words.contains("is optional, ignoring") { return }
    if words.contains("BPF program load failed") || words.contains("Retrying without BTF") {
      if bare == nil { bare = rejection(.libbpf) }
    } else if words.containsAny([
      "perf event", "failed to attach", "auto-attach", "failed to determine tracepoint",
      "failed to open /",
    ]) {
      hasFailed = true
      if refusal == nil { refusal = rejection(.attach) }
    } else if refusal == nil {
      refusal = rejection(.libbpf)
      // Nothing is loaded from a file that can't be opened; libbpf doesn't say so again.
      if words.hasPrefix("elf: ") || words.hasPrefix("failed to find BTF for extern") {
        hasFailed = true
      }
    }
  }

  /// `; *value += 1; @ null_map_value.bpf.c:31`, with the place from 6.8.
  private mutating func takeSource(_ text: Text) {
    let rest = text.dropFirst(1).trimmed()
    guard !rest.isEmpty else { return }
    source = nil
    var end = rest.count
    var search = 0
    if rest.hasPrefix("@ ") { source = VerifierLogReader.place(in: rest.dropFirst(2)) }
    while let mark = rest.find(" @ ", from: search) {
      if let place = VerifierLogReader.place(in: rest.dropFirst(mark + 3)) {
        source = place
        end = mark
      }
      search = mark + 1
    }
    sourceText = rest.prefix(min(end, 400)).trimmed().string
    trace.take(source: sourceText ?? "", place: source)
  }

  /// `file.c:31`
  static func place(in text: Text) -> SourcePlace? {
    let name = text.upTo { $0 == UInt8(ascii: ":") || $0 == 0x20 }
    guard name.count > 0, name.count < text.count, text[name.count] == UInt8(ascii: ":"),
      let line = text.dropFirst(name.count + 1).leadingNumber(), line > 0,
      name.contains(".") || name.hasPrefix("<")
    else { return nil }
    return SourcePlace(file: name.string, line: line)
  }

  /// State dumps, progress and statistics.
  static func isNoise(_ text: Text) -> Bool {
    if text[0].isDigit {
      // `5: R0=…`, `9: safe`: the state before an instruction.
      let digits = text.upTo { !$0.isDigit }.count
      if text.dropFirst(digits).hasPrefix(":") { return true }
    }
    if text.hasPrefix("frame"), text.count > 6, text[5].isDigit || text[6].isDigit { return true }
    // btf_ctx_access() names the type of an argument that it has accepted.
    if text.hasPrefix("func '"), text.contains(" has btf_id ") { return true }
    // Statistics begin in the same way.
    if text.hasPrefix("stack depth "), text.contains(" exceeds ") { return false }
    return noise.contains { text.hasPrefix($0) } || text.contains("mark_precise: ")
      || text.hasPrefix("R") && text.prefix(6).contains("=") || text.hasPrefix(" ")
      || text.hasPrefix("fp-") || text.hasPrefix("\t")
  }

  private static let noise: [StaticString] = [
    "processed ", "verification time", "stack depth ", "insns processed", "from ", "func#", "Func#",
    "Validating ", "last_idx ", "regs=", "parent ", "propagating ", "caller:",
    "callee:", "returning from callee", "to caller at", "reg type unsupported for arg#0 function",
    "cur state:", "old state:", "mark_precise", "Live regs", "subprog", "[",
    "force_precise", "marking pointer arg", "Cannot find btf of tracepoint",
    "CO-RE relocating", "vmlinux_cand_cache", "module_cand_cache", "SCC ", "stack use/def",
    "Note, ", "load program: bad address (hit verifier bug", "Error: ", "Warning: ",
    "If it used to work",
  ]

  private mutating func takeComplaint(_ text: Text, number: Int) {
    let short = text.prefix(400)
    if let loaders = VerifierLogReader.placedByLibbpf(short) {
      var rejection = loaders.rejection(message: short.string, line: number)
      rejection.instruction = instruction
      rejection.sourceText = sourceText
      rejection.source = source
      refusal = rejection
      isLibbpfs = true
    } else if let (category, message) = VerifierMessages.entry(for: short) {
      guard complaints.count < 8 else { return }
      complaints.append(
        Complaint(
          text: short.string, line: number, category: category, message: message,
          isAddition: VerifierMessages.isAddition(short)))
    } else {
      unknown = Complaint(
        text: short.string, line: number, category: nil, message: nil, isAddition: false)
    }
  }

  /// libbpf writes into the log what it had put in place of an instruction (src/libbpf.c
  /// fixup_verifier_log).
  private static func placedByLibbpf(_ line: Text) -> LoaderRefusal? {
    let marks: [StaticString] = ["failed to resolve CO-RE relocation", "kfunc '", "map '"]
    guard marks.contains(where: { line.hasPrefix($0) }),
      line.hasPrefix("failed") || line.contains("is referenced but"),
      let refusal = LoaderRefusal.matching(line, gate: .libbpf), refusal.by == .libbpf
    else { return nil }
    return refusal
  }

  func rejection() -> Rejection? {
    if diagnosis.category != nil { return diagnosed() }
    if isLibbpfs, let refusal { return refusal }
    let known = complaints.first { !$0.isAddition } ?? complaints.first ?? summary
    if known == nil, hasFailed, let refusal { return refusal }
    guard let complaint = known ?? (isVerifiers ? unknown : nil) else {
      return hasFailed ? refusal ?? bare : nil
    }
    // The call is at fault, though the message is that of a check of the memory passed to it.
    let deciding = complaints.first { $0.text.contains("len pair leads to invalid memory access") }
    let rejection = Rejection(
      by: .verifier, category: deciding?.category ?? complaint.category,
      headline: complaint.message?.headline ?? complaint.text, message: complaint.text,
      instruction: VerifierLogReader.named(in: complaint.text) ?? instruction,
      sourceText: sourceText, source: source,
      explanation: complaint.message?.explanation
        ?? "The verifier refused the program: \(complaint.text)",
      suggestion: complaint.message?.suggestion
        ?? "Look at the registers' state that the log prints before this message.",
      line: complaint.line)
    return withPath(rejection)
  }

  /// The last instruction that the verifier walked.
  private var instruction: Rejection.Instruction? {
    trace.last.map { .init(index: $0.index, text: trace.text(of: trace.end - 1)) }
  }

  /// Adds the registers' state and the path to it, unless the message names an instruction that was
  /// not walked.
  private func withPath(_ rejection: Rejection) -> Rejection {
    guard let last = trace.last, rejection.instruction?.index == last.index else {
      return rejection
    }
    var rejection = rejection
    let additions = complaints.map(\.text).filter { $0 != rejection.message }
    let path = VerifierPath(trace: trace, message: rejection.message, additions: additions)
    rejection.registers = trace.state.all(frame: last.frame)
    if let stale = path.stale,
      let place = rejection.registers.firstIndex(where: { $0.name == "R\(stale.register)" })
    {
      rejection.registers[place].state = "scalar()"
    }
    rejection.path = path.steps
    rejection.explanation = ([rejection.explanation] + path.sentences).joined(separator: " ")
    return rejection
  }

  /// Messages of passes that print no instruction name it themselves: `unreachable insn 5`.
  private static func named(in message: String) -> Rejection.Instruction? {
    var bytes = Array(message.utf8)
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      let text = Text(start: base, count: buffer.count - 1)
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
}

extension VerifierLogReader {
  private mutating func beginDiagnosis(_ text: Text, number: Int) {
    let rest = text.dropFirst(21)
    let heading = rest.upTo { $0 == UInt8(ascii: ":") }
    guard let category = VerifierLogReader.category(named: heading) else { return }
    diagnosis.category = category
    diagnosis.problem = rest.dropFirst(heading.count + 1).trimmed().string
    diagnosis.line = number
  }

  private static func category(named heading: Text) -> Category? {
    let names: [(StaticString, Category)] = [
      ("Memory Safety", .memorySafety), ("Register Type Safety", .registerTypeSafety),
      ("Call Type Safety", .callTypeSafety), ("Resource Lifetime Safety", .resourceLifetimeSafety),
      ("Execution Context Safety", .executionContextSafety),
      ("Program Structure", .programStructure), ("Policy", .policy),
      ("Verifier Limit", .verifierLimit), ("Verifier Internal Error", .verifierInternalError),
    ]
    return names.first { heading.hasPrefix($0.0) }?.1
  }

  private mutating func takeDiagnosis(_ text: Text) {
    if text[0] != 0x20 {
      diagnosis.section =
        switch true {
        case text.hasPrefix("Reason:"): .reason
        case text.hasPrefix("At:"): .place
        case text.hasPrefix("Suggestion:"): .suggestion
        default: .other
        }
      return
    }
    let words = text.trimmed()
    switch diagnosis.section {
    case .reason where diagnosis.reason.count < 16: diagnosis.reason.append(words.string)
    case .suggestion where diagnosis.suggestion.count < 16:
      diagnosis.suggestion.append(words.string)
    case .place: takePlace(words)
    default: break
    }
  }

  private mutating func takePlace(_ words: Text) {
    if diagnosis.instruction == nil, words.hasPrefix("insn ") {
      diagnosis.instruction = words.dropFirst(5).leadingNumber()
    }
    if diagnosis.source == nil {
      var start = 0
      while start < words.count, diagnosis.source == nil {
        let word = words.dropFirst(start)
        diagnosis.source = VerifierLogReader.place(in: word)
        start += word.upTo { $0 == 0x20 }.count + 1
      }
    }
    // `>>> 0 | (95) exit`
    if let place = words.find(" | ("), words.hasPrefix(">>>") {
      diagnosis.instructionText = words.dropFirst(place + 3).string
      if diagnosis.instruction == nil {
        diagnosis.instruction = words.dropFirst(4).trimmed().leadingNumber()
      }
    }
  }

  private func diagnosed() -> Rejection {
    let complaint = complaints.first { !$0.isAddition } ?? complaints.first ?? unknown
    let problem = diagnosis.problem ?? ""
    let fallback = complaint?.message
    var place = instruction
    if let index = diagnosis.instruction, place?.index != index {
      place = Rejection.Instruction(index: index, text: diagnosis.instructionText ?? "")
    }
    let rejection = Rejection(
      by: .verifier, category: diagnosis.category, headline: problem,
      message: complaint?.text ?? problem, instruction: place, sourceText: sourceText,
      source: diagnosis.source ?? source,
      explanation: diagnosis.reason.isEmpty
        ? fallback?.explanation ?? problem : diagnosis.reason.joined(separator: " "),
      suggestion: diagnosis.suggestion.isEmpty
        ? fallback?.suggestion ?? "" : diagnosis.suggestion.joined(separator: " "),
      line: complaint?.line ?? diagnosis.line)
    return withPath(rejection)
  }
}

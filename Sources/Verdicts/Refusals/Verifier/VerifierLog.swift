// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// Reads the verifier's log: what was refused, where, why, and what to do about it.
///
/// Knows the log of Linux 5.10 to 7.2 (kernel/bpf/verifier.c `verbose()`) and the reports of 7.3
/// (kernel/bpf/diagnostics.c).
public enum VerifierLog {
  /// What the log in `bytes` refuses; nil where it refuses nothing.
  public static func rejection(in bytes: [UInt8]) -> Rejection? {
    var reader = VerifierLogReader()
    var lines = RefusalLines()
    var splitter = LineSplitter()
    func take(_ line: Text, _ number: Int) {
      lines.take(line, number: number) { _ = reader.take($0, number: $1) }
    }
    splitter.feed(bytes, take)
    splitter.finish(take)
    lines.finish { _ = reader.take($0, number: $1) }
    return reader.rejection()
  }
}

/// The state of the reading: only what may still matter is kept.
struct VerifierLogReader: Sendable {
  struct Complaint: Sendable {
    var text: String
    var line: Int
    var category: Category?
    var message: VerifierMessage?
    var isAddition: Bool
    /// Anybody may have said it.
    var isVague = false
  }

  var trace = VerifierTrace()
  var sourceText: String?
  var source: SourcePlace?
  /// The complaints since the last instruction, and the first line since then that no table knows.
  var complaints: [Complaint] = []
  var unknown: Complaint?
  var report = VerifierReport()
  /// What libbpf said around the verifier's log, or instead of it.
  var library: LoaderWords.Found?
  /// The kernel's stamp stands before the line: its log has no verifier's complaints.
  var isKernels = false
  /// That the kernel refused the program, or a map at the first try: it counts if nothing
  /// says more.
  var bare: Rejection?
  /// A warning of libbpf's that no table has; it counts if there is nothing else.
  var unexplained: Rejection?
  /// The error number of the load, by whatever loader.
  var loadErrno: Int32?
  /// Something shows that the verifier or libbpf wrote it: only then is an unknown line a complaint.
  private(set) var isVerifiers = false
  /// libbpf gave the object up: without this its complaints were only steps on the way.
  var hasFailed = false
  /// The log itself says that libbpf put something in place of an instruction.
  var isLibbpfs = false
  /// After libbpf's `-- END PROG LOAD LOG --`.
  private var isOver = false
  /// The number of instructions in the last line of statistics.
  var processed: Int?
  /// What a loader's summary says before the log that it is taken from.
  var summary: Complaint?
  /// What somebody quotes in a sentence or a title before a log that has no complaint of its own.
  var mention: Complaint?
  /// What an earlier program's log in the same text refused.
  var settled: Rejection?
  var circumstances = VerifierCircumstances()

  /// Takes a line without its wrapping, and says whether the verifier or libbpf wrote it.
  mutating func take(_ text: Text, number: Int) -> Bool {
    guard !text.isEmpty else { return true }
    let isOwn = LineDress.isVerifiers(text)
    if !isOwn, takeLoader(text, number: number) { return true }
    if isOver { return false }
    if report.isOpen {
      if !text.hasPrefix("processed ") { report.take(text) } else { takeStatistics(text) }
      return true
    }
    if !isOwn, takeSummary(text, number: number) { return false }
    if VerifierLogReader.isStart(text) { begin() }
    if VerifierReport.begins(text) {
      report.begin(text, number: number)
    } else if text[0] == UInt8(ascii: ";") {
      takeSource(text)
    } else if let line = InstructionLine(text) {
      takeInstruction(line)
    } else if trace.takeState(of: text) {
      return true
    } else if VerifierLogReader.isNoise(text) {
      takeNoise(text)
    } else {
      return takeComplaint(text, number: number)
    }
    return true
  }

  private mutating func takeInstruction(_ line: InstructionLine) {
    isVerifiers = true
    processed = nil
    trace.take(line)
    complaints.removeAll()
    unknown = nil
  }

  /// Before the first instruction of a program: `0: R1=ctx() R10=fp0`.
  private static func isStart(_ text: Text) -> Bool {
    text.hasPrefix("0: R1=ctx(") || text.hasPrefix("func#0 @0")
  }

  /// Another program's log begins.
  private mutating func begin() {
    guard processed != nil else { return }
    (trace, sourceText, source) = (VerifierTrace(), nil, nil)
    complaints.removeAll()
    (unknown, processed) = (nil, nil)
  }

  private mutating func takeNoise(_ text: Text) {
    if text.hasPrefix("processed ") { return takeStatistics(text) }
    if text.hasPrefix("func#") {
      isVerifiers = true
    } else if text.hasPrefix("reg type unsupported for arg#") {
      // btf_check_subprog_arg_match() of 5.x says what it found, and does without the prototype.
      if complaints.last?.text.contains(" expected=") == true { complaints.removeLast() }
    } else if text.hasPrefix("Validating "), let number = text.after(" func#")?.leadingNumber() {
      circumstances.function = number
    }
  }

  private mutating func takeStatistics(_ text: Text) {
    isVerifiers = true
    processed = text.dropFirst(10).leadingNumber()
    // The first program that was refused is what the loader gave up for.
    if settled == nil, report.isOpen || complaints.contains(where: { !$0.isAddition }) {
      settled = rejection()
      report = VerifierReport()
    }
  }

  /// ebpf-go's `…load program: permission denied: message (63 line(s) omitted)` and aya's `Verifier
  /// output: …`: what follows is the log, or its last lines.
  private mutating func takeSummary(_ text: Text, number: Int) -> Bool {
    guard let place = VerifierLogReader.summary(in: text) else { return false }
    if text.hasPrefix("Verifier output: ", at: place) {
      let rest = text.dropFirst(place + 17)
      guard !rest.hasPrefix("[none]") else { return true }
      isVerifiers = true
      _ = take(rest, number: number)
      return true
    }
    let words = text.dropFirst(place + 14)
    if loadErrno == nil { loadErrno = ErrorNumber.named(in: words.prefix(60)) }
    // Container runtimes append `: unknown`, which is not the verifier's.
    guard let colon = words.find(": "), !words.prefix(colon).contains("(hit verifier bug"),
      !words.dropFirst(colon + 2).trimmed().hasPrefix("unknown.")
    else {
      return true
    }
    isVerifiers = true
    _ = take(words.dropFirst(colon + 2).trimmed(), number: number)
    return true
  }

  /// Where `load program: ` or `Verifier output: ` begins.
  private static func summary(in text: Text) -> Int? {
    var search = 12
    while let colon = text.find(": ", from: search) {
      if text.hasPrefix("load program", at: colon - 12) { return colon - 12 }
      if colon >= 15, text.hasPrefix("Verifier output", at: colon - 15) { return colon - 15 }
      search = colon + 1
    }
    return nil
  }

  /// Takes libbpf's own lines, where the log came through it, and says whether it was one.
  private mutating func takeLoader(_ text: Text, number: Int) -> Bool {
    if text.hasPrefix("-- END ") {
      isOver = true
      return true
    }
    let isLibbpfs = text.hasPrefix("libbpf:")
    if text.hasPrefix("-- BEGIN ") || isLibbpfs && text.contains("-- BEGIN ") {
      isOver = false
      isVerifiers = true
      complaints.removeAll()
      unknown = nil
      return true
    }
    guard isLibbpfs else { return false }
    let words = text.dropFirst(7).trimmed()
    if words.hasPrefix("-- END ") {
      isOver = true
    } else if isPassedOn(words) {
      return take(words, number: number)
    } else if words.contains(": failed to load") || words.contains("failed to load object") {
      hasFailed = true
      if let errno = ErrorNumber.named(in: words) {
        if loadErrno == nil { loadErrno = errno }
        if bare == nil {
          bare =
            unexplained
            ?? LoaderRefusal.of(.loadProgram, errno: errno)?
            .rejection(message: words.prefix(400).string, line: number)
        }
      } else if unexplained == nil {
        unexplained = LoaderRefusal.of(.prepareObject, errno: 0)?
          .rejection(message: words.prefix(400).string, line: number)
      }
    } else {
      takeLibrary(words.prefix(400), number: number)
    }
    return true
  }

  /// Whether libbpf's name stands before a line of the verifier's.
  private func isPassedOn(_ words: Text) -> Bool {
    guard trace.last != nil, processed == nil, !isOver, !words.isEmpty else { return false }
    if report.isOpen || VerifierReport.begins(words) { return true }
    return LoadStep.named(in: words) == nil && VerifierMessages.entry(for: words.prefix(400)) != nil
  }

  /// `; *value += 1; @ null_map_value.bpf.c:31`, the place from 6.8.
  private mutating func takeSource(_ text: Text) {
    let rest = text.dropFirst(1).trimmed()
    // libbpf's marker for what it put in place of an instruction has no line.
    guard !rest.isEmpty, !rest.contains("@ :0"), !rest.hasPrefix("instruction poisoned") else {
      return
    }
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
    // Types: `[2] INT int size=4`.
    if text[0] == UInt8(ascii: "[") {
      let digits = text.dropFirst(1).prefix(8).upTo { !$0.isDigit }.count
      if digits > 0, text.hasPrefix("] ", at: digits + 1) { return true }
    }
    if text.hasPrefix("frame"), text.count > 6, text[5].isDigit || text[6].isDigit { return true }
    // btf_ctx_access() names the type of an argument that it has accepted.
    if text.hasPrefix("func '"), text.contains(" has btf_id ") { return true }
    // Statistics begin in the same way.
    if text.hasPrefix("stack depth "), text.contains(" exceeds ") { return false }
    return noise.contains { text.hasPrefix($0) }
      || InstructionLine.isState(text)
  }

  private static let noise: [StaticString] = [
    "processed ", "verification time", "stack depth ", "insns processed", "from ", "func#", "Func#",
    "Validating ", "last_idx ", "regs=", "parent ", "propagating ", "caller:",
    "callee:", "returning from callee", "to caller at", "reg type unsupported for arg#0 function",
    "cur state:", "old state:", "mark_precise", "Live regs", "subprog",
    "force_precise", "marking pointer arg", "Cannot find btf of tracepoint",
    "CO-RE relocating", "vmlinux_cand_cache", "module_cand_cache", "SCC ", "stack use/def",
    "Note, ", "load program: bad address (hit verifier bug", "Error: ", "Warning: ",
    "If it used to work", "Caused by:",
  ]

  private mutating func takeComplaint(_ line: Text, number: Int) -> Bool {
    let short = VerifierLogReader.withoutOmission(line.prefix(400))
    if let unknown, unknown.line + 1 == number, takeContinued(unknown, short) { return true }
    if let loaders = VerifierLogReader.placedByLibbpf(short) {
      var rejection = loaders.rejection(message: short.string, line: number)
      rejection.instruction = instruction
      rejection.sourceText = sourceText
      rejection.source = source
      library = LoaderWords.Found(rejection: rejection, weight: .cause)
      isLibbpfs = true
    } else if let (category, message) = VerifierMessages.entry(for: short) {
      guard complaints.count < 8, settled == nil || processed == nil else { return true }
      if isKernels, !isVerifiers, VerifierMessages.isVague(message) { return false }
      let complaint = Complaint(
        text: short.string, line: number, category: category, message: message,
        isAddition: VerifierMessages.isAddition(short),
        isVague: !isVerifiers && VerifierMessages.isVague(message))
      complaints.append(complaint)
      let isSummary = short.count < min(line.count, 400)
      if !complaint.isAddition, trace.last == nil || isSummary {
        if summary == nil, loadErrno != nil { summary = complaint }
        if mention == nil, !isVerifiers, !LineDress.isVerifiers(short) { mention = complaint }
      }
      // Without a mark of the verifier's a module loader may have said it.
      return isVerifiers
    } else {
      // The verifier prints nothing after its statistics.
      guard isVerifiers, unknown == nil, processed == nil, LoadStep.named(in: short) == nil,
        !short.contains("line(s) omitted)"), !VerifierLogReader.isPrompt(short)
      else { return false }
      unknown = Complaint(
        text: short.string, line: number, category: nil, message: nil, isAddition: false)
      return false
    }
    return true
  }

  /// `root@host:~#`
  private static func isPrompt(_ line: Text) -> Bool {
    let last = line.isEmpty ? 0 : line[line.count - 1]
    return (last == UInt8(ascii: "#") || last == UInt8(ascii: "$")) && line.contains("@")
      && line.contains(":") && !line.contains(" ")
  }

  /// A terminal or a form may have broken a complaint in two.
  private mutating func takeContinued(_ first: Complaint, _ rest: Text) -> Bool {
    let whole = first.text + " " + rest.string
    guard VerifierMessages.entry(for: rest) == nil,
      let (category, message) = whole.withText({ VerifierMessages.entry(for: $0) })
    else { return false }
    unknown = nil
    complaints.append(
      Complaint(
        text: whole, line: first.line, category: category, message: message, isAddition: false))
    return true
  }

  /// ebpf-go counts what its summary leaves out: `R7 invalid mem access 'scalar' (22 line(s) omitted)`.
  static func withoutOmission(_ text: Text) -> Text {
    guard let end = text.find(" line(s) omitted)") ?? text.find(" (truncated)") else { return text }
    var place = min(end, text.count - 1)
    while place > 0, !text.hasPrefix(" (", at: place) { place -= 1 }
    return place > 0 ? text.prefix(place) : text
  }
}

// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The instructions on the path that the verifier was walking when the log ended.
///
/// A log of level 2 shows all paths one after the other. At `from 7 to 9` the verifier takes up the
/// other side of the branch at 7: whatever came after that branch was another path, and is dropped
/// here. The last 2,048 instructions are kept, and for each register the last earlier one that set
/// it.
struct VerifierTrace: Sendable {
  struct Step: Sendable {
    var index: Int
    var frame: Int
    /// Serial number of the C line that the log showed last.
    var source: Int
    /// The instruction that came next.
    var next: Int?
    /// The branch's other side has been taken up: it is no longer pending.
    var isTakenUp = false
  }

  struct Source: Sendable {
    var text: String
    var place: SourcePlace?
  }

  private static let capacity = 2048
  private static let width = 96
  private static let sourceCapacity = 512

  private var steps: [Step] = []
  private var texts = [UInt8](repeating: 0, count: capacity * width)
  private var lengths = [UInt8](repeating: 0, count: capacity)
  /// Serial numbers of the first step that is kept, and of the one after the last.
  private(set) var first = 0
  private(set) var end = 0
  private var sources: [Source] = []
  private(set) var sourceCount = 0
  /// What set a register before the first step that is kept.
  private var earlier: [Int: (step: Step, text: String)] = [:]
  private(set) var state = VerifierState()
  private(set) var frame = 0
  /// Every instruction of the path from its start is kept.
  private(set) var isComplete = true
  /// The path is one that only a CPU that guesses wrong would take.
  private(set) var isSpeculative = false
  private var expected = Expected.nothing
  /// The frame of a call that has not been seen to succeed: its arguments may be what is refused.
  private var callInFrame: Int?
  /// The register or stack slot that the last instruction sets: what the log showed of it before holds no more,
  /// unless it is shown again.
  private var written: (register: Int, frame: Int)?

  /// What a line of registers that follows a line of text is about.
  private enum Expected: Sendable { case nothing, left, entered }

  // MARK: Reading

  mutating func take(_ line: InstructionLine) {
    expected = .nothing
    settle()
    if end > first {
      self[end - 1].next = line.index
    } else if line.index != 0 {
      isComplete = false
    }
    leaveOrEnter(before: line.index)
    append(line)
    if line.text.hasPrefix("(85) call ") || line.text.hasPrefix("(8d) callx ") {
      callInFrame = frame
    }
    written = VerifierTrace.target(of: line.text).map { ($0, frame) }
    if !line.state.isEmpty { takeState(line.state, replacing: false) }
  }

  /// Takes a C line; gives the next instructions their place.
  mutating func take(source text: String, place: SourcePlace?) {
    let source = Source(text: text, place: place)
    if sources.count < VerifierTrace.sourceCapacity {
      sources.append(source)
    } else {
      sources[sourceCount % VerifierTrace.sourceCapacity] = source
    }
    sourceCount += 1
  }

  /// Handles a line that shows a state or announces one; returns false for any other.
  mutating func takeState(of line: Text) -> Bool {
    if line[0].isDigit {
      // `12: R0=…`: before an instruction.
      let digits = line.upTo { !$0.isDigit }.count
      guard line.dropFirst(digits).hasPrefix(":") else { return false }
      takeState(line.dropFirst(digits + 1), replacing: false)
    } else if line.hasPrefix("from ") {
      return takeUp(line)
    } else if line.hasPrefix("caller:") || line.hasPrefix("returning from callee:") {
      expected = .left
    } else if line.hasPrefix("callee:") || line.hasPrefix("to caller at ") {
      expected = .entered
    } else if InstructionLine.isState(line), line.contains("=") {
      if expected != .left { takeState(line, replacing: expected == .entered) }
      expected = .nothing
    } else {
      return false
    }
    return true
  }

  /// `from 7 to 9: R0=…`, `from 7 to 9 (speculative execution): …`
  private mutating func takeUp(_ line: Text) -> Bool {
    guard let branch = line.dropFirst(5).leadingNumber(),
      let target = line.after(" to ")?.leadingNumber(), let colon = line.find(":")
    else { return false }
    isSpeculative = line.prefix(colon).contains("speculative")
    var serial = end - 1
    while serial >= first, self[serial].index != branch || self[serial].isTakenUp { serial -= 1 }
    if serial >= first {
      end = serial + 1
      self[serial].isTakenUp = true
      self[serial].next = target
      frame = self[serial].frame
    } else {
      first = end
      earlier.removeAll()
      isComplete = false
    }
    let rest = line.dropFirst(colon + 1)
    if !rest.trimmed().hasPrefix("safe") { takeState(rest, replacing: true) }
    return true
  }

  /// `frame1: R1=…`; the outermost frame is not named.
  private mutating func takeState(_ text: Text, replacing: Bool) {
    let words = text.trimmed()
    guard words.hasPrefix("R") || words.hasPrefix("f") else { return }
    settleCall()
    var frame = 0
    var rest = words
    if words.hasPrefix("frame"), let number = words.dropFirst(5).leadingNumber() {
      frame = min(number, VerifierState.frames - 1)
      rest = words.after(":") ?? words
    }
    self.frame = frame
    let shown = state.take(rest, frame: frame, replacing: replacing)
    if let written, written.frame == frame,
      written.register > 10 || replacing || shown & 1 << UInt16(written.register) != 0
    {
      self.written = nil
    }
  }

  /// The kernel prints the frames at a call and at a return; if that part of the log is missing,
  /// the instruction before shows it.
  private mutating func leaveOrEnter(before index: Int) {
    guard end > first, self[end - 1].frame == frame else { return }
    let last = self[end - 1]
    let text = text(of: end - 1)
    if text.hasPrefix("(95) exit"), frame > 0 {
      state.clear(frame: frame)
      frame -= 1
    } else if text.hasPrefix("(85) call pc"), index != last.index + 1,
      frame + 1 < VerifierState.frames
    {
      frame += 1
      state.clear(frame: frame)
    }
  }

  /// What the last instruction has overwritten, and the log did not show again, is not known any more.
  mutating func settle() {
    settleCall()
    settleWrite()
  }

  private mutating func settleCall() {
    if let callInFrame { state.clearCallerSaved(frame: callInFrame) }
    callInFrame = nil
  }

  private mutating func settleWrite() {
    if let written { state.clear(written.register, frame: written.frame) }
    written = nil
  }

  /// `(b7) r1 = 0` sets R1, `(7b) *(u64 *)(r10 -8) = r1` the slot after the registers for fp-8.
  private static func target(of text: Text) -> Int? {
    if text.hasPrefix("*(", at: 5), let offset = text.after(" *)(r10 -")?.leadingNumber() {
      return VerifierState.slot(below: offset)
    }
    guard text.count > 8, text[5] == UInt8(ascii: "r") || text[5] == UInt8(ascii: "w"),
      text[6].isDigit, text[7] == 0x20
    else { return nil }
    return Int(text[6] &- 0x30)
  }

  private mutating func append(_ line: InstructionLine) {
    if end - first == VerifierTrace.capacity { forgetFirst() }
    let slot = end % VerifierTrace.capacity
    let step = Step(index: line.index, frame: frame, source: sourceCount)
    if steps.count <= slot { steps.append(step) } else { steps[slot] = step }
    let text = line.text.prefix(VerifierTrace.width)
    lengths[slot] = UInt8(text.count)
    for offset in 0..<text.count { texts[slot * VerifierTrace.width + offset] = text[offset] }
    end += 1
  }

  private mutating func forgetFirst() {
    isComplete = false
    let step = self[first]
    let slot = first % VerifierTrace.capacity * VerifierTrace.width
    // `(b7) r1 = 0`: only what names a register first can set it.
    let letter = texts[slot + 5]
    if letter == UInt8(ascii: "r") || letter == UInt8(ascii: "w") {
      let register = Int(texts[slot + 6] &- 0x30)
      if register < 10 { earlier[step.frame * 16 + register] = (step, text(of: first)) }
    } else if letter == UInt8(ascii: "c") {
      earlier[step.frame * 16] = (step, text(of: first))
    }
    first += 1
  }

  // MARK: Looking back

  subscript(serial: Int) -> Step {
    get { steps[serial % VerifierTrace.capacity] }
    set { steps[serial % VerifierTrace.capacity] = newValue }
  }

  /// The instruction as the verifier prints it, with its code: `(b7) r1 = 0`.
  func text(of serial: Int) -> String {
    let slot = serial % VerifierTrace.capacity
    let start = slot * VerifierTrace.width
    return texts[start..<start + Int(lengths[slot])].withUnsafeBufferPointer { buffer in
      buffer.baseAddress.map { Text(start: $0, count: buffer.count).string } ?? ""
    }
  }

  func earlier(_ register: Int, frame: Int) -> (step: Step, text: String)? {
    earlier[frame * 16 + register]
  }

  /// The C line of a step; nil if none was shown before it, or too long ago.
  func source(of step: Step) -> Source? {
    guard step.source > 0, step.source > sourceCount - VerifierTrace.sourceCapacity else {
      return nil
    }
    return sources[(step.source - 1) % VerifierTrace.sourceCapacity]
  }

  var last: Step? { end > first ? self[end - 1] : nil }
}

/// `12: (79) r1 = *(u64 *)(r10 -8)       ; R1_w=…`: borrowed from the line.
struct InstructionLine {
  var index: Int
  /// With its code, without the state after it.
  var text: Text
  /// The registers' state after the instruction, from 5.18.
  var state: Text

  init?(_ line: Text) {
    // libbpf's text in place of an instruction: `3: <invalid kfunc call>`.
    if let mark = line.prefix(12).find(": <"), line.hasPrefix("invalid ", at: mark + 3),
      let index = line.leadingNumber()
    {
      self.index = index
      text = line.dropFirst(mark + 2)
      state = line.prefix(0)
      return
    }
    guard line[0].isDigit, let index = line.leadingNumber(), let colon = line.prefix(12).find(": (")
    else { return nil }
    guard colon < 10, line.count > colon + 7, line[colon + 3].isHexDigit,
      line[colon + 4].isHexDigit, line[colon + 5] == UInt8(ascii: ")")
    else { return nil }
    let rest = line.dropFirst(colon + 2)
    self.index = index
    let end = rest.find(" ;") ?? rest.count
    let instruction = rest.prefix(end)
    // After a jump the verifier may print where it continues: `goto pc-8 2: R0=…`.
    if let jump = instruction.find(" goto pc"),
      case let behind = instruction.dropFirst(jump + 8).upTo({ $0 == UInt8(ascii: " ") }).count,
      let target = instruction.dropFirst(jump + 8 + behind).after(": ")
    {
      text = instruction.prefix(jump + 8 + behind)
      state = InstructionLine.isState(target) ? target.trimmed() : rest.prefix(0)
    } else {
      text = instruction.trimmedRight()
      // The C line may be there as well.
      let comment = rest.dropFirst(end).after(";")?.trimmed() ?? rest.prefix(0)
      state = InstructionLine.isState(comment) ? comment : rest.prefix(0)
    }
  }

  /// `R1_w=…`, `frame1: R1=…`, `fp-8=…`
  static func isState(_ text: Text) -> Bool {
    if text.hasPrefix("frame"), text.count > 5, text[5].isDigit { return true }
    if text.hasPrefix("fp-") { return true }
    guard text.hasPrefix("R"), text.count > 2, text[1].isDigit else { return false }
    let name = text.prefix(16).upTo { $0 == UInt8(ascii: "=") || $0.isBlank }
    return name.count < text.count && text[name.count] == UInt8(ascii: "=")
  }
}

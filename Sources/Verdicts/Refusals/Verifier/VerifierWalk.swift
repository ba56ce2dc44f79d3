// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The way through a program to where the verifier's log ends: each instruction with what was known
/// after it, and which instruction each value comes from.
public struct VerifierWalk: Sendable {
  /// A register or a slot of the stack.
  public struct Value: Sendable, Equatable {
    /// By the verifier's names: `R0`, `fp-8`.
    public var name: String
    /// As the verifier prints it; empty if the log doesn't show it.
    public var state: String
    /// The same in words; nil if its name is enough.
    public var meaning: String? { RegisterState.words(state) }
    /// Which of ``steps`` wrote it; nil if none did.
    public var from: Int?
  }

  public struct Step: Sendable, Equatable {
    /// The instruction's number in the program.
    public var instruction: Int
    /// With its code: `(79) r1 = *(u64 *)(r0 +0)`.
    public var text: String
    /// The C line that it comes from, as the log prints it; empty if it prints none.
    public var source: String
    /// Where that is, from Linux 6.8.
    public var place: SourcePlace?
    /// The depth of the call that ``known`` is about.
    public var frame: Int
    /// What was known after it; of a refused instruction, before it.
    public var known: [Value] = []
    /// The depth of the call that it belongs to.
    fileprivate var own: Int
    fileprivate var serial: Int
  }

  public private(set) var steps: [Step]
  /// Whether the first step is the first of the program.
  public let isComplete: Bool
  /// What the verifier said after the last instruction.
  public private(set) var complaints: [String]

  /// Reads the log in `bytes`: of one that was cut, only what came after the cut.
  public init(_ bytes: [UInt8]) {
    var (reading, lines, splitter) = (Reading(), RefusalLines(), LineSplitter())
    func take(_ line: Text, _ number: Int) {
      lines.take(line, number: number) { reading.take($0, number: $1) }
    }
    splitter.feed(bytes, take)
    splitter.finish(take)
    lines.finish { reading.take($0, number: $1) }
    reading.note()
    steps = reading.steps
    isComplete = reading.reader.trace.isComplete
    complaints = reading.reader.complaints.map(\.text)
    if complaints.isEmpty, let unknown = reading.reader.unknown { complaints = [unknown.text] }
    addOrigins()
  }

  private struct Reading {
    var reader = VerifierLogReader()
    var steps: [Step] = []

    mutating func take(_ text: Text, number: Int) {
      guard !text.isEmpty else { return }
      if InstructionLine(text) != nil {
        reader.trace.settle()
        note()
      }
      let end = reader.trace.end
      _ = reader.take(text, number: number)
      if reader.trace.end == end + 1, let step = reader.trace.last {
        steps.append(
          Step(
            instruction: step.index, text: reader.trace.text(of: end),
            source: reader.sourceText ?? "", place: reader.source, frame: step.frame,
            own: step.frame, serial: end))
      } else if let last = steps.last, last.serial >= reader.trace.end {
        // The other side of a branch is taken up, or another program's log begins.
        steps.removeAll { $0.serial >= reader.trace.end }
      }
      if let first = steps.first, first.serial < reader.trace.first {
        steps.removeAll { $0.serial < reader.trace.first }
      }
    }

    /// What is known now was left by the last step.
    mutating func note() {
      guard !steps.isEmpty else { return }
      let frame = reader.trace.frame
      steps[steps.count - 1].frame = frame
      steps[steps.count - 1].known = reader.trace.state.all(frame: frame).map {
        Value(name: $0.name, state: $0.state)
      }
    }
  }

  // MARK: - Where values come from

  private mutating func addOrigins() {
    var origins = [[String: Int]](repeating: [:], count: VerifierState.frames)
    for index in steps.indices {
      // What is refused has written nothing.
      if complaints.isEmpty || index < steps.count - 1 { write(index, &origins) }
      let step = steps[index]
      var unseen = origins[step.frame]
      for place in step.known.indices {
        let name = step.known[place].name
        steps[index].known[place].from = unseen.removeValue(forKey: name)
      }
      steps[index].known += unseen.map { Value(name: $0.key, state: "", from: $0.value) }
      steps[index].known.sort { VerifierWalk.rank($0.name) < VerifierWalk.rank($1.name) }
    }
  }

  private func write(_ index: Int, _ origins: inout [[String: Int]]) {
    let step = steps[index]
    let frame = step.own
    let action = InstructionText(step.text).action
    switch action {
    case .set(let register, _), .change(let register, _): origins[frame]["R\(register)"] = index
    case .store(let offset, _): origins[frame]["fp-\((offset + 7) / 8 * 8)"] = index
    case .enter where frame + 1 < VerifierState.frames:
      origins[frame + 1] = origins[frame].filter { VerifierWalk.arguments.contains($0.key) }
      call(index, &origins[frame])
    case .enter, .call: call(index, &origins[frame])
    case .exit where frame > 0: origins[frame - 1]["R0"] = origins[frame]["R0"]
    case .exit, .branch, .other: break
    }
    guard index > 0, step.frame == frame, VerifierWalk.mayStore(action) else { return }
    // Through a pointer to the stack, by the instruction or by what it calls.
    for value in step.known where value.name.hasPrefix("fp") {
      let before = steps[index - 1].known.first { $0.name == value.name }
      if before?.state != value.state { origins[frame][value.name] = index }
    }
  }

  private static let arguments: Set<String> = ["R1", "R2", "R3", "R4", "R5"]

  private func call(_ index: Int, _ origins: inout [String: Int]) {
    for name in VerifierWalk.arguments { origins[name] = nil }
    origins["R0"] = index
  }

  private static func mayStore(_ action: InstructionText.Action) -> Bool {
    switch action {
    case .call, .other: true
    default: false
    }
  }

  /// R0 to R10, then the stack from its top.
  private static func rank(_ name: String) -> Int {
    (name.hasPrefix("R") ? 0 : 16) + (Int(name.drop { !$0.isNumber }) ?? 0)
  }
}

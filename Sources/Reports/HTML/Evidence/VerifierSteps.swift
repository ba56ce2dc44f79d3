// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// The verifier's log as its path through the program: instructions, each followed by the
/// registers, and the C line they come from.
struct VerifierSteps {
  struct Step {
    /// The line of the log, counted from 1.
    var line: Int
    var instruction: String
    var state: String
    var source: String
    /// The line of the source that this is, if it is known.
    var sourceLine: Int?
  }

  /// More don't help anybody who steps through them.
  private static let longest = 60

  private(set) var steps: [Step] = []
  /// Steps that came before those.
  private(set) var omitted = 0
  /// What was said after the last instruction.
  private(set) var complaint: [String] = []

  init(_ lines: [String], source index: SourceIndex? = nil) {
    var source = ""
    var sourceLine: Int?
    var all: [Step] = []
    for (number, line) in lines.enumerated() {
      if line.hasPrefix(";") {
        // An empty one: the instruction belongs to the line before it.
        let text = line.dropFirst().drop(while: \.isWhitespace)
        guard !text.isEmpty else { continue }
        source = expandTabs(text)
        sourceLine = index?.line(of: source, after: sourceLine ?? 1)
      } else if var step = VerifierSteps.step(line, number: number + 1, source: source) {
        step.sourceLine = sourceLine
        // The state at the start comes as an instruction without text.
        if step.instruction.isEmpty {
          guard !all.isEmpty else { continue }
          all[all.count - 1].state = step.state
        } else {
          all.append(step)
        }
        complaint = []
      } else if !all.isEmpty, !line.isEmpty {
        complaint.append(line)
      }
    }
    complaint.removeAll { $0.hasPrefix("processed ") || $0.hasPrefix("verification time") }
    omitted = max(0, all.count - VerifierSteps.longest)
    steps = Array(all.suffix(VerifierSteps.longest))
  }

  /// `19: (79) r6 = *(u64 *)(r7 +0)   ; R6_w=scalar()`, or `19: R1=ctx() R10=fp0`.
  private static func step(_ line: String, number: Int, source: String) -> Step? {
    guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
      line[..<colon].allSatisfy(\.isNumber)
    else { return nil }
    let rest = line[line.index(after: colon)...].drop(while: \.isWhitespace)
    guard rest.hasPrefix("(") else {
      return rest.hasPrefix("R") || rest.hasPrefix("frame")
        ? Step(line: number, instruction: "", state: String(rest), source: source) : nil
    }
    let parts = rest.split(separator: ";", maxSplits: 1)
    var text = parts[0]
    while text.last?.isWhitespace == true { text.removeLast() }
    let state = parts.count > 1 ? parts[1].drop(while: \.isWhitespace) : ""
    return Step(
      line: number, instruction: "\(line[..<colon]): \(text)", state: String(state),
      source: source)
  }

  var view: [View] {
    var shown = ""
    return steps.enumerated().map { index, step in
      // A C line is many instructions: it is above the first of them.
      let isNew = step.source != shown
      shown = step.source
      return [
        "sourceLine": step.sourceLine.map { "\($0)" } ?? "",
        "number": index + 1, "instruction": step.instruction, "state": step.state,
        "source": isNew ? step.source : "", "isLast": index == steps.count - 1,
      ]
    }
  }
}

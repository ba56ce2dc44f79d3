// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// How the registers that a complaint is about came to what they hold: the assignments, and the
/// branches that could have made a difference.
struct VerifierPath {
  private(set) var steps: [Rejection.PathStep] = []
  /// The same in words.
  private(set) var sentences: [String] = []

  private let trace: VerifierTrace
  private var causes: [Int: String] = [:]
  /// Registers whose value was passed on to the one in question, and since which step.
  private var lineage: [Holder: Int] = [:]
  /// Nothing on the path sets a register that the complaint is about.
  private(set) var wasUnset = false
  /// A register that is a number by now, and what the log last showed in it.
  private(set) var stale: (register: Int, value: String)?

  private struct Holder: Hashable {
    var frame: Int
    var register: Int
  }

  private static let limit = 6

  /// - Parameters:
  ///   - trace: ends with the refused instruction.
  ///   - message: the verifier's message; `additions` are lines that only add to it.
  init(trace: VerifierTrace, message: String, additions: [String]) {
    self.trace = trace
    guard let last = trace.last else { return }
    let refused = InstructionText(trace.text(of: trace.end - 1))
    let subjects = VerifierSubjects(
      messages: [message] + additions, instruction: refused, frame: last.frame)
    for register in subjects.registers { follow(.register(register), last.frame, trace.end - 1) }
    for slot in subjects.slots { follow(.stack(slot), last.frame, trace.end - 1) }
    addEvents(subjects)
    if let lost = subjects.lost { addLoss(of: lost, last) }
    let branches = relevantBranches()
    for branch in branches { causes[branch] = way(branch) }
    let lastBranch = branches.isEmpty ? addLastBranch() : nil
    writeSteps()
    writeSentences(subjects, last, tested: !branches.isEmpty, lastBranch: lastBranch)
  }

  // MARK: Assignments

  /// Goes back from `serial` over what set `place` in `frame`, and over what that was computed
  /// from.
  private mutating func follow(_ place: InstructionText.Place, _ frame: Int, _ serial: Int) {
    var waiting = [(place, frame, serial)]
    while let (place, frame, serial) = waiting.popLast(), causes.count < VerifierPath.limit {
      if case .register(let number) = place {
        guard number < 10 else { continue }
        lineage[Holder(frame: frame, register: number)] = trace.first
      }
      guard let origin = origin(of: place, in: frame, before: serial) else {
        addEarlier(place, frame)
        continue
      }
      if let why = origin.why { causes[origin.serial] = why }
      if case .register(let number) = place {
        lineage[Holder(frame: frame, register: number)] = origin.serial
      }
      waiting += origin.next.reversed().map { ($0.place, $0.frame, origin.serial) }
    }
  }

  private struct Origin {
    var serial: Int
    var why: String?
    var next: [(place: InstructionText.Place, frame: Int)] = []
  }

  /// The last step before `serial` that gave `place` its value.
  private func origin(
    of place: InstructionText.Place, in frame: Int, before serial: Int
  ) -> Origin? {
    var at = serial - 1
    while at >= trace.first {
      let step = trace[at]
      let action = InstructionText(trace.text(of: at)).action
      if step.frame == frame {
        if let found = written(place, by: action, at: at, frame) { return found }
      } else if step.frame == frame + 1, action == .exit, place == .register(0) {
        return Origin(serial: at, next: [(.register(0), frame + 1)])
      } else if step.frame < frame {
        return handedOver(place, by: action, at: at, step.frame)
      }
      at -= 1
    }
    return nil
  }

  private func written(
    _ place: InstructionText.Place, by action: InstructionText.Action, at serial: Int,
    _ frame: Int
  ) -> Origin? {
    switch (place, action) {
    case (.register(let wanted), .set(let target, let from)) where target == wanted:
      let why =
        switch from {
        case .register(let other): "copies R\(other) to R\(wanted)"
        case .stack(let offset): "loads R\(wanted) from the stack (fp-\(offset))"
        case nil: "sets R\(wanted)"
        }
      return Origin(serial: serial, why: why, next: from.map { [($0, frame)] } ?? [])
    case (.register(let wanted), .change(let target, let other)) where target == wanted:
      let next = [wanted] + (other.map { [$0] } ?? [])
      return Origin(
        serial: serial, why: "changes R\(wanted)", next: next.map { (.register($0), frame) })
    case (.register(0), .call): return Origin(serial: serial, why: "returns its result in R0")
    case (.register(1...5), .call), (.register(1...5), .enter):
      return Origin(serial: serial, why: "destroys R1 to R5, as every call does")
    case (.stack(let wanted), .store(let offset, let from))
    where (offset + 7) / 8 == (wanted + 7) / 8:
      return Origin(
        serial: serial, why: "stores \(from.map { "R\($0)" } ?? "a constant") to fp-\(offset)",
        next: from.map { [(.register($0), frame)] } ?? [])
    default: return nil
    }
  }

  /// At the start of a function R1 to R5 are the caller's.
  private func handedOver(
    _ place: InstructionText.Place, by action: InstructionText.Action, at serial: Int, _ frame: Int
  ) -> Origin? {
    guard case .register(1...5) = place else { return nil }
    if action == .enter { return Origin(serial: serial, next: [(place, frame)]) }
    return Origin(serial: serial, why: "hands R1 to R5 to the callback")
  }

  private mutating func addEarlier(_ place: InstructionText.Place, _ frame: Int) {
    guard case .register(let number) = place else { return }
    if let (step, text) = trace.earlier(number, frame: frame) {
      add(step, text, "sets R\(number)")
    } else if trace.isComplete, number != 1 || frame > 0 {
      wasUnset = true
    }
  }

  // MARK: Branches and events

  /// The last branches that compare a register of the lineage after it got its value.
  private func relevantBranches() -> [Int] {
    var found: [Int] = []
    var serial = trace.end - 2
    while serial >= trace.first, found.count < 2 {
      if case .branch(let compared) = InstructionText(trace.text(of: serial)).action {
        let frame = trace[serial].frame
        if compared.contains(where: {
          lineage[Holder(frame: frame, register: $0)].map { $0 < serial } ?? false
        }) {
          found.append(serial)
        }
      }
      serial -= 1
    }
    return found
  }

  private mutating func addLastBranch() -> Int? {
    var serial = trace.end - 2
    while serial >= trace.first {
      if case .branch = InstructionText(trace.text(of: serial)).action {
        causes[serial] = "the last branch on this path, \(way(serial))"
        return serial
      }
      serial -= 1
    }
    return nil
  }

  private func way(_ serial: Int) -> String {
    let step = trace[serial]
    guard let next = step.next else { return "not decided yet" }
    return next == step.index + 1 ? "not taken" : "taken, to \(next)"
  }

  /// Where the subject of the complaint was acquired or entered.
  private mutating func addEvents(_ subjects: VerifierSubjects) {
    guard subjects.acquiredAt != nil || !subjects.calls.isEmpty else { return }
    var serial = trace.end - 2
    while serial >= trace.first {
      let text = trace.text(of: serial)
      if let index = subjects.acquiredAt, trace[serial].index == index {
        causes[serial] = "acquires the reference"
        return
      }
      if subjects.acquiredAt == nil, text.contains("call "),
        let call = subjects.calls.first(where: { text.contains($0) })
      {
        causes[serial] = call.contains("unlock") ? "leaves the region" : "enters the region"
        return
      }
      serial -= 1
    }
  }

  /// The message calls a register a number that the log last showed as a pointer: a call since then
  /// has given up what it pointed to (kernel/bpf/verifier.c release_reference,
  /// clear_all_pkt_pointers), and the log does not print that.
  private mutating func addLoss(of register: Int, _ last: VerifierTrace.Step) {
    guard let value = trace.state.register(register, frame: last.frame),
      !RegisterState.isNumber(value)
    else { return }
    stale = (register, value)
    var serial = trace.end - 2
    while serial >= trace.first {
      if case .call = InstructionText(trace.text(of: serial)).action {
        causes[serial] = "gives up what R\(register) pointed to"
        return
      }
      serial -= 1
    }
  }

  // MARK: Writing

  private mutating func writeSteps() {
    for serial in causes.keys.sorted() {
      add(trace[serial], trace.text(of: serial), causes[serial] ?? "")
    }
  }

  private mutating func add(_ step: VerifierTrace.Step, _ text: String, _ why: String) {
    steps.append(
      Rejection.PathStep(
        instruction: step.index, line: trace.source(of: step)?.place?.line, text: text, why: why))
  }

  private mutating func writeSentences(
    _ subjects: VerifierSubjects, _ last: VerifierTrace.Step, tested: Bool, lastBranch: Int?
  ) {
    for register in subjects.registers.prefix(3) {
      if let stale, stale.register == register {
        sentences.append(
          "At instruction \(last.index) R\(register) is only a number; the log last showed it as "
            + "`\(stale.value)`.")
      } else if let value = trace.state.register(register, frame: last.frame) {
        sentences.append(RegisterState.sentence(register, value, at: last.index))
      } else if wasUnset {
        sentences.append("At instruction \(last.index) nothing on this path has set R\(register).")
      }
    }
    for slot in subjects.slots {
      let value = trace.state.stack(slot, frame: last.frame)
      sentences.append(
        "The stack slot fp-\((slot + 7) / 8 * 8) holds "
          + (value.map { "`\($0)` (a ? is a byte never written)" } ?? "nothing yet") + ".")
    }
    for step in steps { sentences.append(VerifierPath.sentence(step)) }
    if !tested, subjects.mayBeTested, let register = subjects.registers.first(where: { $0 < 10 }),
      trace.isComplete,
      lineage[Holder(frame: last.frame, register: register)] != nil
    {
      sentences.append("No branch on this path tests R\(register).")
    }
    if trace.isSpeculative {
      sentences.append("Only a processor that guesses a branch wrong comes this way.")
    }
  }

  private static func sentence(_ step: Rejection.PathStep) -> String {
    let body = step.text.hasPrefix("(") ? String(step.text.dropFirst(5)) : step.text
    let place = step.line.map { ", line \($0)" } ?? ""
    let isBranch = step.why.contains("taken")
    let (start, verb) = isBranch ? ("The branch at", "was ") : ("Instruction", "")
    return "\(start) \(step.instruction) (`\(body)`\(place)) \(verb)\(step.why)."
  }
}

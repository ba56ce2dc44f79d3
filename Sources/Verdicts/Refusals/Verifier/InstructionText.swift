// SPDX-FileCopyrightText: 2026 The Panic Room authors
// SPDX-License-Identifier: Apache-2.0

/// What an instruction does, read from the verifier's text of it (kernel/bpf/disasm.c).
struct InstructionText: Equatable {
  enum Place: Hashable {
    case register(Int)
    /// Bytes below the frame pointer.
    case stack(Int)
  }

  enum Action: Equatable {
    /// The register gets a new value: from another place, or one that can't be traced further.
    case set(Int, from: Place?)
    /// The register is changed based on its value; `by` is the other operand, if that is a
    /// register.
    case change(Int, by: Int?)
    /// A register's value, or a constant, is stored to the stack.
    case store(Int, from: Int?)
    /// A helper, a kernel function.
    case call(String)
    /// One of the program's own functions.
    case enter
    case exit
    /// A conditional jump, and what it compares.
    case branch([Int])
    case other
  }

  var action: Action
  /// The registers that it reads through or reads, the memory operand's base first.
  var operands: [Int]

  /// - Parameter text: with or without the instruction's code: `(b7) r1 = 0`.
  init(_ text: String) {
    let body = text.hasPrefix("(") ? String(text.dropFirst(5)) : text
    let registers = InstructionText.registers(in: Substring(body))
    operands = registers
    action = .other
    if body.hasPrefix("call pc") {
      action = .enter
    } else if body.hasPrefix("call") {
      action = .call(String(body.dropFirst(body.hasPrefix("callx") ? 6 : 5)))
    } else if body == "exit" {
      (action, operands) = (.exit, [0])
    } else if body.hasPrefix("if ") {
      action = .branch(registers)
    } else if body.hasPrefix("may_goto") || body.hasPrefix("goto_or_nop") {
      action = .branch([])
    } else if let memory = InstructionText.memory(body.prefix { $0 != "=" }), body.hasPrefix("*(") {
      operands = [memory.base] + registers.dropFirst()
      if memory.base == 10, memory.offset < 0 {
        action = .store(-memory.offset, from: registers.dropFirst().first)
      }
    } else if let assigned = InstructionText.assigned(body, registers) {
      (action, operands) = assigned
    }
  }

  /// `r1 = r6`, `w1 += 4`, `r1 = *(u64 *)(r10 -8)`
  private static func assigned(_ body: String, _ registers: [Int]) -> (Action, [Int])? {
    guard let target = registers.first, body.hasPrefix("r") || body.hasPrefix("w"),
      let equals = body.firstIndex(of: "=")
    else { return nil }
    let others = Array(registers.dropFirst())
    let left = body[..<equals]
    let right = body[body.index(after: equals)...].drop { $0 == " " }
    // `r1 +`, `w2 s>>`: with an operator before the sign.
    guard left.last == " ", left.split(separator: " ").count == 1 else {
      return (.change(target, by: others.first), [target] + others)
    }
    if right.hasPrefix("*(") || right.hasPrefix("atomic") || right.hasPrefix("load_acquire") {
      guard let memory = memory(right) else { return (.set(target, from: nil), others) }
      let isFill = memory.base == 10 && memory.offset < 0 && right.hasPrefix("*(")
      return (.set(target, from: isFill ? .stack(-memory.offset) : nil), [memory.base])
    }
    // `r1 = -r1`, `r1 = be16 r1`, `r2 = (s8)r1`.
    if others.first == target { return (.change(target, by: nil), [target]) }
    return (.set(target, from: others.first.map { .register($0) }), others)
  }

  /// The base register and offset of `*(u64 *)(r10 -8)`.
  private static func memory(_ text: some StringProtocol) -> (base: Int, offset: Int)? {
    for part in text.split(separator: "(") where part.first == "r" {
      let digits = part.dropFirst().prefix { $0.isNumber }
      guard let base = Int(digits), base <= 11 else { continue }
      let rest = part.dropFirst(1 + digits.count).drop { $0 == " " || $0 == "+" }
      return (base, Int(rest.prefix { $0 == "-" || $0.isNumber }) ?? 0)
    }
    return nil
  }

  /// The registers in their order: `r0` to `r10`, `w0` to `w10`.
  private static func registers(in text: Substring) -> [Int] {
    var found: [Int] = []
    var previous: Character = " "
    var rest = text
    while let letter = rest.first {
      rest = rest.dropFirst()
      if letter == "r" || letter == "w", !previous.isLetter, !previous.isNumber, previous != "_" {
        let digits = rest.prefix { $0.isNumber }
        let behind = rest.dropFirst(digits.count).first
        if let number = Int(digits), number <= 10, behind.map({ !$0.isLetter && $0 != "_" }) ?? true
        {
          found.append(number)
        }
      }
      previous = letter
    }
    return found
  }
}
